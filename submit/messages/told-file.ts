import { join } from 'node:path';
import type { FileSystem } from '../stores/file-system.js';
import { readText, replaceFile } from '../stores/file-tree.js';
import { NOTHING_TOLD, type Told } from './decide.js';

const MODE = 0o600;

function pathOf(stateDir: string, job: string): string {
  return join(stateDir, `told-${job}.json`);
}

/** What was told of a job; nothing if the file is missing or damaged. */
export async function readTold(files: FileSystem, stateDir: string, job: string): Promise<Told> {
  try {
    const told = JSON.parse((await readText(files, pathOf(stateDir, job))) ?? '{}') as Partial<Told>;
    return { ...NOTHING_TOLD, ...told };
  } catch {
    return NOTHING_TOLD;
  }
}

/** Remembers what was told. Throws `store`. */
export async function writeTold(files: FileSystem, stateDir: string, job: string, told: Told): Promise<void> {
  await replaceFile(files, pathOf(stateDir, job), Buffer.from(`${JSON.stringify(told)}\n`), MODE);
}
