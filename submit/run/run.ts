import { type AnyFailure, isAnyFailure, type LeftInput } from '../errors.js';
import type { MakeBundle } from '../job/bundle.js';
import type { JobPlan } from '../job/plan.js';
import type { Publication, PublishedOutput } from '../sinks/sink.js';
import type { PassedOver, ScannedItem, SourceItem } from '../sources/source.js';
import { causeOf, clearAfterFailure, clearLeftOvers, leftOversOf, removeTemporaries } from './clear-up.js';
import {
  type DecidedMapper,
  decideMapper,
  decideTask,
  fingerprintOf,
  publishedColumnsOf,
  replacedColumns,
  type Task,
} from './decide.js';
import { twinsAmong } from './decide-load.js';
import type { AfterPublish, RunNews } from './events.js';
import { chooseInputs, findInputs, protectPlaces } from './find-inputs.js';
import { requireSome } from './leave-out.js';
import type { Manifest } from './manifest.js';
import type { HeldLock, JournalEnd, JournalHead, Ports } from './ports.js';
import { newRunId } from './run-id.js';
import { emptyRecord } from './run-record.js';
import { performStep, type Run } from './step.js';
import { checkStep } from './steps/check.js';
import { checkScanned, performChecks } from './steps/checks.js';
import { mapperFolderOf, mapperStep } from './steps/place-mapper.js';
import { publish } from './steps/publish.js';
import { type FinishedJobs, runJobStep } from './steps/run-job.js';
import { scanStep } from './steps/scan.js';
import { planStaging, stageStep, stagingFolders } from './steps/stage.js';
import { verifyStep } from './steps/verify.js';
import { readFirstLines, summarise } from './summary.js';
import { basisOf, findUnfinished, type UnfinishedRun } from './unfinished.js';

/** What a run needs besides plan and ports. */
export interface RunOptions {
  readonly makeBundle: MakeBundle;
  /** Version of this program. */
  readonly version: string;
  /** Aborted to stop the run; the reason is an `interrupted` failure. */
  readonly signal: AbortSignal;
  /** How long to wait for another run that holds the output's lock; by default not at all. */
  readonly waitMs?: number;
  /** True to clear an unfinished run of the job instead of continuing it. */
  readonly fresh?: boolean;
}

/** How a run ended. */
export type RunOutcome =
  | { readonly state: 'published' | 'nothing-to-do'; readonly left: readonly LeftInput[] }
  | { readonly state: 'failed'; readonly failure: AnyFailure };

/**
 * Runs a job from first check to publish. Nothing is visible at the output before the commit point in `publish`: until
 * then any failure or signal ends in `failed`, and the staging folder is removed. After it the run counts as published,
 * and later errors are reported as `failed-after-publish`. Throws only bugs.
 */
export async function runJob(plan: JobPlan, ports: Ports, options: RunOptions): Promise<RunOutcome> {
  const startedMs = ports.clock.now();
  const runId = newRunId(startedMs);
  const tell = tellerOf(ports, runId);
  try {
    const found = await findInputs(plan.settings['input.files'].value, ports.source, {
      recursive: plan.settings['input.recursive'].value,
    });
    await protectPlaces(plan, ports, found);
    const { items, left } = chooseInputs(plan, ports.source, found);
    requireSome(items, left);
    return await runLocked(plan, ports, options, { ...found, runId, startedMs, items, left, tell });
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

function tellerOf({ clock, emit }: Ports, runId: string): (news: RunNews) => void {
  return (news) => emit({ time: new Date(clock.now()).toISOString(), runId, ...news });
}

/** What a run knows from its start. */
interface Beginning {
  readonly runId: string;
  readonly startedMs: number;
  readonly items: readonly SourceItem[];
  /** Inputs that are known to be missing or broken before the scan. */
  readonly left: readonly LeftInput[];
  readonly passedOver: readonly PassedOver[];
  readonly tell: (news: RunNews) => void;
}

/**
 * Runs under the output's lock. Continues the killed run that had the same to do, under its run id. The others are cleared
 * first; those that cannot be stay recorded in the lock.
 */
async function runLocked(
  plan: JobPlan,
  ports: Ports,
  options: RunOptions,
  beginning: Beginning,
): Promise<RunOutcome> {
  const { signal, waitMs = 0 } = options;
  const lock = await ports.lock.take(beginning.runId, { waitMs, signal, tell: beginning.tell });
  let leftOvers = [...lock.leftOvers];
  let outcome: RunOutcome;
  try {
    leftOvers = await leftOversOf(ports, lock, beginning.runId);
    const basis = basisOf(plan, ports, options.version, beginning.items);
    const unfinished = options.fresh === true ? null : await findUnfinished(ports, leftOvers, basis);
    if (unfinished !== null) leftOvers.splice(leftOvers.indexOf(unfinished.runId), 1);
    const runId = unfinished?.runId ?? beginning.runId;
    const tell = tellerOf(ports, runId);
    outcome = await runJournaled(
      plan,
      ports,
      { ...options, signal: firstOf(signal, lock.lost) },
      { ...beginning, runId, tell, basis, unfinished, lock },
      leftOvers,
    );
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
  beginning: Locked,
  leftOvers: string[],
): Promise<RunOutcome> {
  const { runId, startedMs, tell, passedOver, lock } = beginning;
  const { engine, sink, clock } = ports;
  const job = plan.settings.name.value;
  const record = beginning.unfinished?.record ?? emptyRecord();
  const { attempt } = record;
  const journal =
    attempt === 1
      ? await ports.journals.open(headOf(plan, ports, beginning))
      : await ports.journals.reopen(runId, { attempt, startedMs });
  const run: Run = { runId, plan, ports, journal, lock, record, signal, version, tell };
  const end = (ending: JournalEnd) => journal.end(ending);
  tell({ event: 'run-started', job, engine: engine.name, runFolder: journal.folder });
  if (attempt > 1) tell({ event: 'run-continued', attempt });
  if (passedOver.length > 0) tell({ event: 'inputs-passed-over', passedOver });
  let published: Published;
  try {
    await clearLeftOvers(run, leftOvers);
    if (attempt > 1) await removeTemporaries(ports, runId);
    const result = await untilPublished(run, makeBundle, beginning);
    if (!('publication' in result)) {
      await sink.clear(runId);
      await end({ state: 'nothing-to-do', endedMs: clock.now() });
      return { state: 'nothing-to-do', left: result.left };
    }
    published = result;
  } catch (thrown) {
    const error = await causeOf(run, thrown);
    // A run that stays in the lock is continued by the next one, or cleared.
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
  return { state: 'published', left: published.left };
}

/** A run that had nothing to do. */
interface NothingDone {
  readonly left: readonly LeftInput[];
}

/** What a run knows once it holds the lock. */
interface Locked extends Beginning {
  readonly lock: HeldLock;
  readonly basis: string;
  /** The run that this one continues; null if it is a new one. */
  readonly unfinished: UnfinishedRun | null;
}

function headOf(plan: JobPlan, { engine, sink, source }: Ports, beginning: Locked): JournalHead {
  const { runId, basis, items, startedMs } = beginning;
  return {
    runId,
    job: plan.settings.name.value,
    jobFile: plan.jobFile,
    engine: engine.name,
    output: sink.uri,
    startedMs,
    basis,
    temporaryFolders: [
      ...stagingFolders(plan, source, engine.store, items),
      engine.sharedFolder,
      mapperFolderOf(engine),
    ],
  };
}

/** A run that has passed its commit point. */
interface Published {
  readonly left: readonly LeftInput[];
  readonly publication: Publication;
  readonly manifest: Manifest;
  readonly publishStartedMs: number;
}

/** All steps up to and including the commit point. */
async function untilPublished(
  run: Run,
  makeBundle: MakeBundle,
  { items: found, left: leftBefore, passedOver }: Beginning,
): Promise<Published | NothingDone> {
  const { plan, ports, tell } = run;
  const { published, adopts } = await performStep(run, checkStep, found);
  const { items: scanned, left: leftByScan } = await performStep(run, scanStep, found);
  const left = [...leftBefore, ...leftByScan];
  if (left.length > 0) tell({ event: 'inputs-left-out', left });
  const staged = planStaging(plan, ports.source, ports.engine.store, scanned);
  const mapper = decideMapper(plan, makeBundle, scanned, {
    pathsInStore: new Map(staged.map(({ item, path }) => [item.path, path])),
    published: publishedColumnsOf(plan, published),
  });
  const task = await decideTask(run, published, scanned, mapper.mapperPlan);
  tellOfTask(run, task);
  if (task.kind === 'nothing') {
    if (adopts) await adopt(run, published);
    tell({ event: 'nothing-to-do', reason: task.reason, output: ports.sink.uri, left });
    return { left };
  }
  tellOfDrift(run, published, mapper);
  const { items, replaces } = task;
  const sizes = checkScanned(run, items);
  const inputs = await performStep(run, stageStep, items);
  const { path: mapperPath } = await performStep(run, mapperStep, mapper.bundle);
  const mapperSha256 = mapper.bundle.sha256;
  const jobs = await performStep(run, runJobStep, { items, inputs, mapperPath, mapperSha256 });
  const namesAreKnown = mapper.names !== null;
  const { parts } = await performStep(run, verifyStep, { items, staged: inputs, jobs, namesAreKnown });
  const layout = { delimiter: mapper.mapperPlan.csv.delimiter, columns: mapper.names };
  const toCheck = {
    columns: mapper.checkedColumns,
    layout,
    records: jobs.records,
    parts,
    published,
    replaces,
  };
  const checks = [...sizes, ...(await performChecks(run, toCheck))];
  const manifest = await manifestOf(run, mapper, { items, left, passedOver }, jobs, {
    parts,
    layout,
    checks,
  });
  const twins = twinsAmong(manifest.inputs);
  if (twins.length > 0) tell({ event: 'same-content', groups: twins });
  const publishStartedMs = ports.clock.now();
  tell({ event: 'step-started', step: 'publish' });
  const folders = { records: jobs.records.folder, rejects: jobs.rejects?.folder ?? null };
  if (adopts) await adopt(run, published);
  const publication = await publish(run, folders, manifest, replaces);
  return { publication, manifest, left, publishStartedMs };
}

/** What became of the inputs. */
interface InputsOfRun {
  readonly items: readonly ScannedItem[];
  readonly left: readonly LeftInput[];
  readonly passedOver: readonly PassedOver[];
}

/** Tells what a decision means for what is published, and for inputs that are not loaded. */
function tellOfTask({ ports: { sink }, tell }: Run, task: Task): void {
  const { alreadyLoaded, byOtherRules } = task;
  const output = sink.uri;
  if (alreadyLoaded.length > 0) tell({ event: 'already-loaded', inputs: alreadyLoaded });
  if (byOtherRules.length > 0) tell({ event: 'rules-changed', output, runIds: byOtherRules });
  if (task.kind === 'run' && task.replaces.length > 0) {
    tell({ event: 'reloading', output, runIds: task.replaces });
  }
}

/** Tells of columns that are missing or new, in inputs or against what is replaced. */
function tellOfDrift(
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
  if (replaced !== null)
    tell({ event: 'columns-replaced', against: replaced.planned, drift: replaced.drift });
}

/** Makes the output that is there the first batch. */
async function adopt({ runId, ports: { sink }, tell }: Run, { manifests }: PublishedOutput): Promise<void> {
  await sink.adopt(runId);
  tell({ event: 'output-adopted', output: sink.uri, runIds: manifests.map((one) => one.runId) });
}

async function manifestOf(
  { runId, plan, ports: { source, engine, clock }, version }: Run,
  { mapperPlan, bundle, names }: DecidedMapper,
  { items, left, passedOver }: InputsOfRun,
  { records }: FinishedJobs,
  found: Pick<Manifest, 'parts' | 'layout' | 'checks'>,
): Promise<Manifest> {
  return {
    formatVersion: 2,
    runId,
    job: plan.settings.name.value,
    engine: engine.name,
    version,
    publishedAt: new Date(clock.now()).toISOString(),
    fingerprint: fingerprintOf(plan, mapperPlan),
    mapperSha256: bundle.sha256,
    inputs: await Promise.all(
      items.map(async (item) => {
        const { path, sizeBytes, lines, records: count, linesDigest } = item;
        return { path, sizeBytes, lines, records: count, linesDigest, sha256: await source.digest(item) };
      }),
    ),
    ...(left.length > 0 && { left: left.map(({ path, why }) => ({ path, why: why.code })) }),
    ...(passedOver.length > 0 && { passedOver }),
    counts: records.job.counts,
    inputColumns: names,
    digests: {
      ...records.job.digests,
      readBy: items.every(({ linesDigest }) => linesDigest !== null) ? 'scan and mappers' : 'mappers alone',
    },
    ...found,
  };
}

/** Records and reports the end of the publish step, then the run's summary. */
async function tellPublished(
  run: Run,
  { publication, manifest, left, publishStartedMs }: Published,
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
    summary: summarise(store, publication, manifest, left, firstLines, now() - startedMs),
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

/** A signal that is aborted by the first of some others. `AbortSignal.any` may be collected too early (Node 20). */
function firstOf(...signals: readonly AbortSignal[]): AbortSignal {
  const first = new AbortController();
  for (const signal of signals) {
    const pass = () => first.abort(signal.reason);
    if (signal.aborted) pass();
    else signal.addEventListener('abort', pass, { once: true });
  }
  return first.signal;
}
