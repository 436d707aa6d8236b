import type { Machine } from '../context.js';
import { nodePrograms } from '../engines/node-programs.js';
import { createHttp } from '../hadoop/http.js';
import { nodeFileSystem } from '../stores/local/node-file-system.js';

/** The machine that this program runs on. */
export const realMachine: Machine = {
  files: nodeFileSystem,
  programs: nodePrograms,
  http: createHttp(),
  clock: { now: Date.now },
};
