import type { FoundInputs } from '../run/find-inputs.js';

/** What a watch remembers between its looks at the inputs. */
export interface Remembered {
  /** The files that the last good run took. Only what is there is remembered, so that it does not grow. */
  readonly taken: ReadonlySet<string>;
  /** Null unless the last run failed. */
  readonly failed: FailedTry | null;
}

export interface FailedTry {
  readonly files: ReadonlySet<string>;
  /** What the job file looked like. */
  readonly stamp: string;
  /** How many runs have failed, one after the other. */
  readonly times: number;
  /** When the next one is due; monotonic. */
  readonly retryMs: number;
}

/** Nothing was taken yet. */
export const NOTHING_TAKEN: Remembered = { taken: new Set(), failed: null };

/** What a run would take or stumble over, as it is now: a file that grows or changes is another one. */
export function filesOf({ items, broken, subfolders }: FoundInputs): ReadonlySet<string> {
  return new Set([
    ...items.map((item) => JSON.stringify([item.source, item.path, item.sizeBytes, item.modifiedMs])),
    ...broken.map(({ path }) => `broken ${path}`),
    ...subfolders.map((path) => `subfolder ${path}`),
  ]);
}

/** In how many milliseconds a run is due; null if no file has arrived since the last good one. */
export function dueIn(
  { taken, failed }: Remembered,
  files: ReadonlySet<string>,
  stamp: string,
  nowMs: number,
): number | null {
  if (!hasOthers(files, taken)) return null;
  if (failed === null || failed.stamp !== stamp || hasOthers(files, failed.files)) return 0;
  return Math.max(0, failed.retryMs - nowMs);
}

function hasOthers(files: ReadonlySet<string>, known: ReadonlySet<string>): boolean {
  for (const file of files) if (!known.has(file)) return true;
  return false;
}

const MAX_PAUSE_MS = 15 * 60_000;

/** The pause after so many failures in a row: twice the one before, up to a quarter of an hour. */
export function pauseAfter(times: number, everyMs: number): number {
  return Math.max(everyMs, Math.min(everyMs * 2 ** Math.min(times, 30), MAX_PAUSE_MS));
}
