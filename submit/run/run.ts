import { type AnyFailure, isAnyFailure } from '../errors.js';
import type { MakeBundle } from '../job/bundle.js';
import type { JobPlan } from '../job/plan.js';
import type { Publication } from '../sinks/sink.js';
import type { PassedOver, ScannedItem, SourceItem } from '../sources/source.js';
import { clearAfterFailure, clearLeftOvers } from './clear-up.js';
import { type DecidedMapper, decideMapper, decideTask, fingerprintOf } from './decide.js';
import type { AfterPublish, RunNews } from './events.js';
import { findInputs, placesOf, requireInputs } from './find-inputs.js';
import type { Manifest } from './manifest.js';
import type { JournalEnd, Ports } from './ports.js';
import { newRunId } from './run-id.js';
import { performStep, type Run } from './step.js';
import { checkStep } from './steps/check.js';
import { checkScanned, performChecks } from './steps/checks.js';
import { mapperStep } from './steps/place-mapper.js';
import { publish } from './steps/publish.js';
import { type FinishedJobs, runJobStep } from './steps/run-job.js';
import { scanStep } from './steps/scan.js';
import { stageStep } from './steps/stage.js';
import { verifyStep } from './steps/verify.js';
import { readFirstLines, summarise } from './summary.js';

/** What a run needs besides plan and ports. */
export interface RunOptions {
  readonly makeBundle: MakeBundle;
  /** Version of this program. */
  readonly version: string;
  /** Aborted to stop the run; the reason is an `interrupted` failure. */
  readonly signal: AbortSignal;
}

/** How a run ended. */
export type RunOutcome =
  | { readonly state: 'published' | 'nothing-to-do' }
  | { readonly state: 'failed'; readonly failure: AnyFailure };

/**
 * Runs a job from first check to publish. Nothing is visible at the output before the commit point in `publish`: until
 * then any failure or signal ends in `failed`, and the staging folder is removed. After it the run counts as published,
 * and later errors are reported as `failed-after-publish`. Throws only bugs.
 */
export async function runJob(plan: JobPlan, ports: Ports, options: RunOptions): Promise<RunOutcome> {
  const startedMs = ports.clock.now();
  const runId = newRunId(startedMs);
  const tell = (news: RunNews) =>
    ports.emit({ time: new Date(ports.clock.now()).toISOString(), runId, ...news });
  try {
    const found = await findInputs(plan.settings['input.files'].value, ports.source);
    const items = requireInputs(plan, ports.source, found);
    ports.sink.protect([
      ...ports.protectedPlaces,
      ...placesOf(plan, ports.source, ports.engine.store, found),
    ]);
    return await runLocked(plan, ports, options, { ...found, runId, startedMs, items, tell });
  } catch (error) {
    // An interruption makes running work fail with other errors; report the interruption, not those.
    const failure: unknown = options.signal.aborted ? options.signal.reason : error;
    if (!isAnyFailure(failure)) throw failure;
    tell({ event: 'run-failed', failure });
    return { state: 'failed', failure };
  } finally {
    await ports.source.close().catch(() => undefined);
  }
}

/** What a run knows from its start. */
interface Beginning {
  readonly runId: string;
  readonly startedMs: number;
  readonly items: readonly SourceItem[];
  readonly passedOver: readonly PassedOver[];
  readonly tell: (news: RunNews) => void;
}

/** Runs under the output's lock. Killed runs are cleared first; those that cannot be stay recorded in the lock. */
async function runLocked(
  plan: JobPlan,
  ports: Ports,
  options: RunOptions,
  beginning: Beginning,
): Promise<RunOutcome> {
  const lock = await ports.lock.take(beginning.runId);
  const leftOvers = [...lock.leftOvers];
  let outcome: RunOutcome;
  try {
    outcome = await runJournaled(plan, ports, options, beginning, leftOvers);
  } catch (error) {
    // The run's own failure matters more than a failed release.
    await lock.release(leftOvers).catch(() => undefined);
    throw error;
  }
  const unlock = () => lock.release(leftOvers);
  if (outcome.state !== 'published') {
    await unlock();
    return outcome;
  }
  await afterwards(beginning, 'unlock', unlock);
  // Checked last, so that every signal after the commit point is reported.
  if (options.signal.aborted) tellAfterwards(beginning, 'interrupt', options.signal.reason);
  return outcome;
}

async function runJournaled(
  plan: JobPlan,
  ports: Ports,
  { makeBundle, version, signal }: RunOptions,
  beginning: Beginning,
  leftOvers: string[],
): Promise<RunOutcome> {
  const { runId, startedMs, tell, items, passedOver } = beginning;
  const { engine, sink, clock } = ports;
  const job = plan.settings.name.value;
  const head = { runId, job, jobFile: plan.jobFile, engine: engine.name, output: sink.uri, startedMs };
  const journal = await ports.journals.open(head);
  const run: Run = { runId, plan, ports, journal, signal, version, tell };
  const end = (ending: JournalEnd) => journal.end(ending);
  tell({ event: 'run-started', job, engine: engine.name, runFolder: journal.folder });
  if (passedOver.length > 0) tell({ event: 'inputs-passed-over', passedOver });
  let published: Published | null;
  try {
    await clearLeftOvers(run, leftOvers);
    published = await untilPublished(run, makeBundle, items);
    if (published === null) {
      await sink.clear(runId);
      await end({ state: 'nothing-to-do', endedMs: clock.now() });
      return { state: 'nothing-to-do' };
    }
  } catch (error) {
    if (!(await clearAfterFailure(run, error))) leftOvers.unshift(runId);
    const failure = isAnyFailure(error) ? error.code : 'bug';
    await end({ state: 'failed', failure, endedMs: clock.now() }).catch(() => undefined);
    throw error;
  }
  await afterwards(run, 'sync', () => sink.settle(published.publication));
  await tellPublished(run, published, startedMs);
  // The lock names a staging folder that stays behind, so that the next run removes it.
  if (!(await afterwards(run, 'clear-up', () => sink.clear(runId)))) leftOvers.unshift(runId);
  await afterwards(run, 'journal', () => end({ state: 'published', endedMs: clock.now() }));
  return { state: 'published' };
}

/** A run that has passed its commit point. */
interface Published {
  readonly publication: Publication;
  readonly manifest: Manifest;
  readonly publishStartedMs: number;
}

/** All steps up to and including the commit point. Null when there was nothing to do. */
async function untilPublished(
  run: Run,
  makeBundle: MakeBundle,
  found: readonly SourceItem[],
): Promise<Published | null> {
  const { plan, ports, tell } = run;
  const { published } = await performStep(run, checkStep, found);
  const scanned = await performStep(run, scanStep, found);
  const mapper = decideMapper(plan, makeBundle, scanned);
  const task = await decideTask(run, published, scanned, mapper.mapperPlan);
  if (task.kind === 'nothing') {
    tell({ event: 'nothing-to-do', reason: task.reason, output: ports.sink.uri });
    return null;
  }
  const { items } = task;
  const sizes = checkScanned(run, items);
  const inputs = await performStep(run, stageStep, items);
  const { path: mapperPath } = await performStep(run, mapperStep, mapper.bundle);
  const jobs = await performStep(run, runJobStep, { items, inputs, mapperPath });
  const { parts } = await performStep(run, verifyStep, { items, staged: inputs, jobs });
  const layout = { delimiter: mapper.mapperPlan.csv.delimiter, columns: mapper.names };
  const toCheck = { columns: mapper.checkedColumns, layout, records: jobs.records, parts, published };
  const checks = [...sizes, ...(await performChecks(run, toCheck))];
  const manifest = await manifestOf(run, mapper, items, jobs, { parts, layout, checks });
  const publishStartedMs = ports.clock.now();
  tell({ event: 'step-started', step: 'publish' });
  const folders = { records: jobs.records.folder, rejects: jobs.rejects?.folder ?? null };
  const publication = await publish(run, folders, manifest);
  return { publication, manifest, publishStartedMs };
}

async function manifestOf(
  { runId, plan, ports: { source, engine, clock }, version }: Run,
  { mapperPlan, bundle }: DecidedMapper,
  items: readonly ScannedItem[],
  { records }: FinishedJobs,
  found: Pick<Manifest, 'parts' | 'layout' | 'checks'>,
): Promise<Manifest> {
  return {
    formatVersion: 1,
    runId,
    job: plan.settings.name.value,
    engine: engine.name,
    version,
    publishedAt: new Date(clock.now()).toISOString(),
    fingerprint: await fingerprintOf(plan, mapperPlan, source, items),
    mapperSha256: bundle.sha256,
    inputs: await Promise.all(
      items.map(async (item) => {
        const { path, sizeBytes, lines, records: count } = item;
        return { path, sizeBytes, lines, records: count, sha256: await source.digest(item) };
      }),
    ),
    counts: records.job.counts,
    ...found,
  };
}

/** Records and reports the end of the publish step, then the run's summary. */
async function tellPublished(
  run: Run,
  { publication, manifest, publishStartedMs }: Published,
  startedMs: number,
): Promise<void> {
  const { journal, ports, tell } = run;
  const { now } = ports.clock;
  const endedMs = now();
  await afterwards(run, 'journal', () =>
    journal.recordStep({ step: 'publish', startedMs: publishStartedMs, endedMs, output: publication }),
  );
  const output = ports.engine.store.uri(publication.folder);
  const durationMs = endedMs - publishStartedMs;
  tell({ event: 'step-done', step: 'publish', durationMs, result: { step: 'publish', output } });
  let firstLines: readonly string[] = [];
  await afterwards(run, 'summary', async () => {
    firstLines = await readFirstLines(run, publication, manifest);
  });
  const { store } = ports.engine;
  tell({
    event: 'run-published',
    summary: summarise(store, publication, manifest, firstLines, now() - startedMs),
  });
}

/** Runs an action after the commit point. A failure is reported but not thrown; the result is then false. */
async function afterwards(
  run: Pick<Run, 'tell'>,
  what: AfterPublish,
  action: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    tellAfterwards(run, what, error);
    return false;
  }
}

function tellAfterwards({ tell }: Pick<Run, 'tell'>, what: AfterPublish, error: unknown): void {
  tell({ event: 'failed-after-publish', what, failure: isAnyFailure(error) ? error : null });
}
