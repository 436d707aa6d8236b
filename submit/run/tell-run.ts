import type { LeftInput } from '../errors.js';
import type { RefusedRecord } from '../load-plan.js';
import type { Publication, PublishedOutput } from '../sinks/sink.js';
import type { ScannedItem } from '../sources/source.js';
import { afterwards } from './afterwards.js';
import type { DecidedMapper, Task } from './decide.js';
import type { RunNews } from './events.js';
import type { Manifest } from './manifest.js';
import type { Ports } from './ports.js';
import { replacedColumns } from './published-columns.js';
import type { ReadyReplay } from './ready-replay.js';
import type { Run } from './step.js';
import { readFirstLines, summarise } from './summary.js';

/** Reports the news of a run, with time and run id. */
export function tellerOf({ clock, emit }: Ports, runId: string): (news: RunNews) => void {
  return (news) => emit({ time: new Date(clock.now()).toISOString(), runId, ...news });
}

/** Tells what a decision means for what is published, and for inputs that are not loaded. */
export function tellOfTask({ ports: { sink }, tell }: Run, task: Task): void {
  const { alreadyLoaded, byOtherRules } = task;
  const output = sink.uri;
  if (alreadyLoaded.length > 0) tell({ event: 'already-loaded', inputs: alreadyLoaded });
  if (byOtherRules.length > 0) tell({ event: 'rules-changed', output, runIds: byOtherRules });
  if (task.kind === 'run' && task.replaces.length > 0) {
    tell({ event: 'reloading', output, runIds: task.replaces });
  }
}

/** Tells of inputs whose lines are all skipped: a wrong `csv.skipLines` must not look like data without records. */
export function tellOfSkipped({ plan, tell }: Run, scanned: readonly ScannedItem[]): void {
  const skipLines = plan.settings['csv.skipLines'].value;
  const skipped = scanned.filter(({ lines }) => lines !== null && lines > 0 && lines <= skipLines);
  if (skipped.length === 0) return;
  tell({ event: 'inputs-skipped-whole', paths: skipped.map(({ path }) => path), skipLines });
}

/** Tells of bytes that mean nothing in the encoding of the job. */
export function tellOfReplaced({ plan, tell }: Run, scanned: readonly ScannedItem[]): void {
  const encoding = plan.settings['csv.encoding'].value?.label;
  const replaced = scanned.filter(({ replacements = 0 }) => replacements > 0);
  if (replaced.length === 0 || encoding === undefined) return;
  const characters = replaced.reduce((sum, { replacements = 0 }) => sum + replacements, 0);
  tell({ event: 'characters-replaced', paths: replaced.map(({ path }) => path), characters, encoding });
}

/** Tells of what the text of workbooks does not show. */
export function tellOfSheets({ tell }: Run, scanned: readonly ScannedItem[]): void {
  const sheets = scanned.flatMap(({ path, converted }) => {
    if (converted?.sheet === undefined) return [];
    const { rows: _all, ...sheet } = converted.sheet;
    return sheet.blankRows + sheet.uncomputed > 0 ? [{ path, ...sheet }] : [];
  });
  if (sheets.length > 0) tell({ event: 'sheets-read', sheets });
}

/** Tells of columns that are missing or new, in inputs or against what is replaced. */
export function tellOfDrift(
  { plan, tell }: Run,
  published: PublishedOutput,
  { drifted, names }: DecidedMapper,
): void {
  const onDrift = plan.settings['records.onDrift'].value;
  if (drifted) {
    const { planned, inputs } = drifted;
    tell({ event: 'columns-drifted', against: planned, onDrift, inputs });
  }
  const replaced = replacedColumns(plan, published, names);
  if (replaced !== null) {
    tell({ event: 'columns-replaced', against: replaced.planned, drift: replaced.drift });
  }
}

/** Tells whose rejects a run runs again. */
export function tellOfReplay(
  tell: (news: RunNews) => void,
  { replays, folder }: ReadyReplay,
  { store }: Ports['engine'],
): void {
  tell({ event: 'replaying', of: replays.runId, rejects: replays.rejects, folder: store.uri(folder) });
}

/** A run that has passed its commit point. */
export interface Published {
  readonly left: readonly LeftInput[];
  readonly publication: Publication;
  readonly manifest: Manifest;
  /** Records of the parts that the sink did not take. */
  readonly refused: readonly RefusedRecord[];
  readonly publishStartedMs: number;
}

/** Records and reports the end of the publish step, then the run's summary. */
export async function tellPublished(
  run: Run,
  { publication, manifest, refused, left, publishStartedMs }: Published,
  startedMs: number,
): Promise<void> {
  const { journal, ports, tell } = run;
  const { now } = ports.clock;
  const endedMs = now();
  await afterwards(run, 'journal', () =>
    journal.recordStep({
      step: 'publish',
      startedMs: publishStartedMs,
      endedMs,
      output: { ...publication, manifest: summaryOf(manifest) },
    }),
  );
  // A table has no folder of its own.
  const output = publication.load === undefined ? ports.engine.store.uri(publication.folder) : ports.sink.uri;
  const durationMs = endedMs - publishStartedMs;
  tell({ event: 'step-done', step: 'publish', durationMs, result: { step: 'publish', output } });
  let firstLines: readonly string[] = [];
  await afterwards(run, 'summary', async () => {
    firstLines = await readFirstLines(run, publication, manifest, refused);
  });
  const { store } = ports.engine;
  tell({
    event: 'run-published',
    summary: summarise(store, output, publication, manifest, left, firstLines, now() - startedMs),
  });
}

/** What the history needs of a manifest, which lies in the output and may be gone. */
function summaryOf({ inputs, left, checks, counts, digests, mapperSha256, parts }: Manifest) {
  const bytes = parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { inputs, left, checks, counts, digests, mapperSha256, parts: parts.length, bytes };
}
