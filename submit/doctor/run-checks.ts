import { isAnyFailure } from '../errors.js';
import type { Check, CheckResult } from './check.js';

/** Runs checks one after the other, and reports each result at once. */
export async function runChecks(
  checks: readonly Check[],
  onResult: (result: CheckResult) => void,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  /** For each check that failed or was skipped, by name: the check whose failure caused it. */
  const failedFor = new Map<string, Check>();
  for (const check of checks) {
    signal.throwIfAborted();
    const failed = check.needs?.map((name) => failedFor.get(name)).find((found) => found !== undefined);
    const result: CheckResult =
      failed === undefined
        ? await runCheck(check)
        : { name: check.name, status: 'skipped', needs: failed.name, why: failed.failedMeans };
    if (result.status === 'fail') failedFor.set(check.name, check);
    if (failed !== undefined) failedFor.set(check.name, failed);
    results.push(result);
    onResult(result);
  }
  return results;
}

async function runCheck({ name, run }: Check): Promise<CheckResult> {
  try {
    return { name, ...(await run()) };
  } catch (error) {
    if (!isAnyFailure(error) || error.code === 'interrupted') throw error;
    return { name, status: 'fail', failure: error };
  }
}
