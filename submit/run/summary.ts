import type { LeftInput } from '../errors.js';
import type { RefusedRecord } from '../load-plan.js';
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

/** Refused records that the first lines pass over; beyond, there are fewer lines. */
const MAX_PASSED_OVER = 200;

/** The first lines of the first part file that is not empty, without the records that were refused. */
export async function readFirstLines(
  { plan, ports }: Run,
  { folder }: Publication,
  { parts }: Manifest,
  refused: readonly RefusedRecord[],
): Promise<readonly string[]> {
  const at = parts.findIndex(({ lines }) => lines > 0);
  const first = parts[at];
  if (first === undefined) return [];
  const path = `${folder}/${first.name}`;
  const ofPart = new Set(refused.filter(({ part }) => part === first.name).map(({ record }) => record));
  if (ofPart.size === 0) return ports.parts.firstLines(path, FIRST_LINES);
  const lines = await ports.parts.firstLines(path, FIRST_LINES + Math.min(ofPart.size, MAX_PASSED_OVER));
  const header = plan.settings['output.header'].value;
  const headers = header === 'every-part' || (header === 'first-part' && at === 0) ? 1 : 0;
  return recordsOf(lines)
    .filter((_record, index) => !ofPart.has(index - headers))
    .flat()
    .slice(0, FIRST_LINES);
}

/** Lines of a part → its records: quotes inside quotes are doubled, so that a record has an even number of them. */
export function recordsOf(lines: readonly string[]): readonly (readonly string[])[] {
  const records: string[][] = [];
  let isOpen = false;
  for (const line of lines) {
    if (isOpen) records.at(-1)?.push(line);
    else records.push([line]);
    if (line.split('"').length % 2 === 0) isOpen = !isOpen;
  }
  return records;
}
