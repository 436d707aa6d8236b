import { isFailure } from '../../errors.js';
import type { JobSettings } from '../../job/settings.js';
import type { ScannedItem, Source } from '../../sources/source.js';
import { readingOptionsOf } from './scan.js';

/**
 * The first of the inputs whose lines are not those of its scan any more; null if there is none. Reads the inputs again,
 * to name the one that changed where only sums over all are known.
 */
export async function findChangedInput(
  source: Source,
  items: readonly ScannedItem[],
  settings: JobSettings,
): Promise<string | null> {
  for (const item of items) {
    if (item.linesDigest !== null && (await hasChanged(source, item, settings))) return item.path;
  }
  return null;
}

async function hasChanged(source: Source, item: ScannedItem, settings: JobSettings): Promise<boolean> {
  try {
    const now = await source.scan(item, readingOptionsOf(settings), () => undefined);
    return now.linesDigest !== item.linesDigest;
  } catch (error) {
    if (isFailure(error, 'store')) return error.details.problem === 'not-found';
    throw error;
  }
}
