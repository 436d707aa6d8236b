import { isFailure } from '../../errors.js';
import { isRunId } from '../../run/run-id.js';
import type { RenamingStore } from '../../stores/store.js';

/** What the name of a staging folder ends in that was taken away from its run. */
export const RETIRED = '.retired';

/** Any text that is no run id and no part of a path. */
const PROBE = 'RUN-ID';

/**
 * Ids of the runs that have a staging folder, taken away or not. `stagingFor` says where a run stages: the id is the last
 * part of that path.
 */
export async function runsStagedIn(
  store: RenamingStore,
  stagingFor: (runId: string) => string,
): Promise<readonly string[]> {
  const [, folder = '', prefix = ''] = /^(.*)[/\\](.*)RUN-ID$/s.exec(stagingFor(PROBE)) ?? [];
  const entries = await store.list(folder === '' ? '/' : folder).catch((error: unknown) => {
    if (isFailure(error, 'store') && error.details.problem === 'not-found') return [];
    throw error;
  });
  const ids = entries
    .filter(({ name, type }) => type === 'directory' && name.startsWith(prefix))
    .map(({ name }) => name.slice(prefix.length))
    .map((rest) => (rest.endsWith(RETIRED) ? rest.slice(0, -RETIRED.length) : rest))
    .filter(isRunId);
  return [...new Set(ids)].sort();
}
