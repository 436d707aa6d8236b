import type { FileStatus, Store } from '../stores/store.js';
import { expandGlob } from './expand-glob.js';

/** A path or glob in a store → its files, by path: those of `expandGlob`. */
export async function expandInStore(store: Store, pattern: string): Promise<readonly FileStatus[]> {
  return (await expandGlob(store, pattern)).files;
}
