import type { JobPlan } from '../job/plan.js';
import { isScheduledSetting } from '../job/sections/scheduled.js';
import type { SourceItem } from '../sources/source.js';
import type { Ports } from './ports.js';
import { type RunRecord, recordOf } from './run-record.js';
import { digestOf } from './step.js';
import { jobRequestOf } from './steps/run-job.js';

/** A run that a killed or disconnected process left, and that this process continues. */
export interface UnfinishedRun {
  readonly runId: string;
  readonly record: RunRecord;
}

/** Settings that decide how a run works, but not what it publishes. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'stateDir',
  'input.waitFor',
  'run.parallel',
  'run.retries.times',
  'run.retries.delay',
  'run.keepRuns',
]);

/**
 * SHA-256 of all that decides what a run does: settings, columns, mapper, engine and its command, output, this version
 * of the program, and the inputs as they were found. Only a run with the same basis is continued.
 */
export function basisOf(
  plan: JobPlan,
  { engine, sink }: Pick<Ports, 'engine' | 'sink'>,
  version: string,
  items: readonly SourceItem[],
): string {
  const settings = Object.entries(plan.settings)
    .filter(([key]) => !WITHOUT_EFFECT.has(key) && !isScheduledSetting(key))
    .map(([key, { value }]) => [key, value]);
  const job = { inputs: [], mapperPath: '', mapperSha256: '', staging: '' };
  const request = jobRequestOf(plan, { runId: '', emit: 'records' }, job, { logFolder: '' });
  const inputs = items.map(({ source, path, sizeBytes, modifiedMs, identity }) => [
    source,
    path,
    sizeBytes,
    modifiedMs,
    identity,
  ]);
  const { columns, ownMapper } = plan;
  return digestOf([
    version,
    engine.name,
    engine.describe(request),
    sink.uri,
    settings,
    columns,
    ownMapper?.sha256 ?? null,
    inputs,
  ]);
}

/**
 * The latest of the killed runs that has not published and has the same basis; null if there is none. What of it can be
 * used is decided step by step.
 */
export async function findUnfinished(
  { journals, sink }: Pick<Ports, 'journals' | 'sink'>,
  leftOvers: readonly string[],
  basis: string,
): Promise<UnfinishedRun | null> {
  for (const runId of leftOvers) {
    const entries = await journals.read(runId);
    const head = entries.find((entry) => entry.entry === 'run');
    if (head?.entry !== 'run' || head.basis !== basis) continue;
    const record = recordOf(entries);
    // Nothing was done before the first step, and what is published needs no continuation.
    if (record.steps.size === 0 || (await sink.recover(runId)) !== null) continue;
    return { runId, record };
  }
  return null;
}
