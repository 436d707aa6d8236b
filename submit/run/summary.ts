import type { LeftInput } from '../errors.js';
import type { Publication } from '../sinks/sink.js';
import type { Store } from '../stores/store.js';
import type { RunSummary } from './events.js';
import type { Manifest } from './manifest.js';
import type { Run } from './step.js';

const FIRST_LINES = 5;

/** The summary of a published run. */
export function summarise(
  store: Store,
  output: string,
  { rejects, load }: Publication,
  { runId, job, inputs, parts, counts, checks = [], replays }: Manifest,
  left: readonly LeftInput[],
  firstLines: readonly string[],
  durationMs: number,
): RunSummary {
  return {
    runId,
    job,
    output,
    inputFiles: inputs.length,
    inputBytes: inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    outputFiles: parts.length,
    outputBytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    counts,
    checks,
    rejects: rejects === null ? null : store.uri(rejects),
    ...(replays !== undefined && { replays: { runId: replays.runId, rejects: replays.rejects } }),
    ...(load !== undefined && { load }),
    left,
    firstLines,
    durationMs,
  };
}

/** The first lines of the first part file that is not empty. */
export async function readFirstLines(
  { ports }: Run,
  { folder }: Publication,
  { parts }: Manifest,
): Promise<readonly string[]> {
  const first = parts.find(({ lines }) => lines > 0);
  return first === undefined ? [] : ports.parts.firstLines(`${folder}/${first.name}`, FIRST_LINES);
}
