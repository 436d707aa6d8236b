import { isAnyFailure } from '../errors.js';
import type { Check, CheckResult } from './check.js';

/** Runs checks one after the other, and tells of each as it ends. */
export async function runChecks(
  checks: readonly Check[],
  onResult: (result: CheckResult) => void,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const notWell = new Set<string>();
  for (const check of checks) {
    signal.throwIfAborted();
    const result = await runCheck(check, notWell);
    if (result.status === 'fail' || result.status === 'skipped') notWell.add(check.name);
    results.push(result);
    onResult(result);
  }
  return results;
}

async function runCheck({ name, needs, run }: Check, notWell: ReadonlySet<string>): Promise<CheckResult> {
  if (needs !== undefined && notWell.has(needs)) return { name, status: 'skipped', needs };
  try {
    return { name, ...(await run()) };
  } catch (error) {
    if (!isAnyFailure(error) || error.code === 'interrupted') throw error;
    return { name, status: 'fail', failure: error };
  }
}
