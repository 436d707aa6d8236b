import type { InputPatterns } from '../job/settings.js';
import { localStore } from '../stores/local/local-store.js';
import type { FileStatus } from '../stores/store.js';
import { expandGlob, type PassedOver } from './expand-glob.js';

/** What a job's input patterns name on this machine. */
export interface ExpandedInputs {
  /** Each file once, in the order of the patterns, then by path. */
  readonly files: readonly FileStatus[];
  /** The patterns that named no file. */
  readonly unmatched: readonly string[];
  /** What the patterns met and none of them reads. */
  readonly passedOver: readonly PassedOver[];
}

/**
 * Paths and globs, relative to `base`, → files. Globs are Hadoop's, as told at `expandGlob`; here alone `**` also
 * stands for subfolders at any depth.
 */
export async function expandInputs({ base, patterns }: InputPatterns): Promise<ExpandedInputs> {
  const files = new Map<string, FileStatus>();
  const unmatched: string[] = [];
  const passedOver = new Map<string, PassedOver>();
  const folders = new Set<string>();
  for (const pattern of patterns) {
    const found = await expandGlob(localStore, pattern, { base, doubleStar: true });
    if (found.files.length === 0) unmatched.push(pattern);
    for (const file of found.files) files.set(file.path, file);
    for (const folder of found.folders) folders.add(folder);
    for (const one of found.passedOver) passedOver.set(one.path, one);
  }
  const unread = [...passedOver.values()].filter(({ path }) => !files.has(path) && !folders.has(path));
  return { files: [...files.values()], unmatched, passedOver: unread };
}
