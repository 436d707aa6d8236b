import type { JobInput } from '../engines/engine.js';
import {
  type AnyFailure,
  type FailureFacts,
  factsOf,
  isAnyFailure,
  isFailure,
  type LeftInput,
} from '../errors.js';
import type { MakeBundle } from '../job/bundle.js';
import type { JobPlan } from '../job/plan.js';
import type { PublishedOutput } from '../sinks/sink.js';
import type { PassedOver, ScannedItem, SourceItem } from '../sources/source.js';
import { afterwards, tellAfterwards } from './afterwards.js';
import { causeOf, clearAfterFailure, clearLeftOvers, leftOversOf, removeTemporaries } from './clear-up.js';
import { bringsIntoTable, commitsEachInput } from './commits-each-input.js';
import { decideMapper, firstYearOf } from './decide.js';
import type { RunNews } from './events.js';
import { chooseInputs, type FoundInputs, protectPlaces } from './find-inputs.js';
import { firstSignal } from './first-signal.js';
import { journalHeadOf } from './journal-head.js';
import { requireSome } from './leave-out.js';
import { checkLoader, loadPublished } from './load.js';
import type { Paused, PausePoint } from './pause.js';
import type { HeldLock, JournalEnd, Ports, SecretsFile } from './ports.js';
import { decideInputs, publishEach } from './publish-each.js';
import { publishStaged } from './publish-staged.js';
import { publishedColumnsOf } from './published-columns.js';
import type { ReadyReplay } from './ready-replay.js';
import { clearReplay, endWithNothing, prepareReplay, type ReplayRequest } from './replay.js';
import { newRunId } from './run-id.js';
import { emptyRecord } from './run-record.js';
import { performStep, type Run } from './step.js';
import { checkStep } from './steps/check.js';
import { checkScanned } from './steps/checks.js';
import { combineStep, planCombining, type TaskInput } from './steps/combine.js';
import { mapperStep } from './steps/place-mapper.js';
import { scanStep } from './steps/scan.js';
import { areManyInPlace, inputsToStage, planStaging, stageStep } from './steps/stage.js';
import {
  type Published,
  tellerOf,
  tellOfDrift,
  tellOfReplaced,
  tellOfReplay,
  tellOfSheets,
  tellOfSkipped,
  tellOfTask,
  tellPublished,
} from './tell-run.js';
import { basisOf, findUnfinished, type UnfinishedRun } from './unfinished.js';
import { type Arrivals, findReadyInputs } from './wait-for-inputs.js';

/** What a run needs besides plan and ports. */
export interface RunOptions {
  readonly makeBundle: MakeBundle;
  /** Version of this program. */
  readonly version: string;
  /** Aborted to stop the run; the reason is an `interrupted` failure. */
  readonly signal: AbortSignal;
  /** The secrets that the mapper needs; by default none. */
  readonly secrets?: SecretsFile | null;
  /** How long to wait for another run that holds the output's lock; by default not at all. */
  readonly waitMs?: number;
  /** True to clear an unfinished run of the job instead of continuing it. */
  readonly fresh?: boolean;
  /** Pauses the run once this step is done, for another process to continue it; by default it goes on to its end. */
  readonly until?: PausePoint;
  /** What a scheduler calls the run, whose steps it starts one by one. */
  readonly label?: string;
  /** Present if the run starts because files have arrived. */
  readonly arrivals?: Arrivals;
  /** Present to run the rejects of an earlier run again, in place of the job's inputs. */
  readonly replay?: ReplayRequest;
}

/** How a run ended. */
export type RunOutcome =
  | {
      readonly state: 'published' | 'nothing-to-do' | 'paused';
      readonly left: readonly LeftInput[];
      /** Why what is published could not be loaded into the job's table; absent: it was, or there is none. */
      readonly loadFailure?: AnyFailure;
      /** Present if an input could not be fetched, and a copy of an earlier time was read. */
      readonly usedLastCopy?: boolean;
    }
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
    const found =
      options.replay === undefined
        ? await findReadyInputs(plan, ports, { signal: options.signal, tell, arrivals: options.arrivals })
        : NO_INPUTS;
    for (const { path, lastCopy } of found.items) {
      if (lastCopy !== undefined) tell({ event: 'last-copy-used', path, ...lastCopy });
    }
    await protectPlaces(plan, ports, found);
    const { items, left } = chooseInputs(plan, ports.source, found);
    // Rejects are read once the output is locked.
    if (options.replay === undefined) requireSome(items, left);
    const outcome = await runLocked(plan, ports, options, { ...found, runId, startedMs, items, left, tell });
    const usedLastCopy = items.some(({ lastCopy }) => lastCopy !== undefined);
    return outcome.state !== 'failed' && usedLastCopy ? { ...outcome, usedLastCopy } : outcome;
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

const NO_INPUTS: FoundInputs = {
  items: [],
  unmatched: [],
  folders: [],
  passedOver: [],
  subfolders: [],
  broken: [],
};

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
    const replay =
      options.replay === undefined
        ? null
        : await prepareReplay(plan, ports, options.replay, leftOvers, { signal, tell: beginning.tell });
    if (replay?.state === 'nothing') {
      await endWithNothing(ports, options.replay, replay, leftOvers, beginning.tell);
      await lock.release(leftOvers);
      return { state: 'nothing-to-do', left: [] };
    }
    const toDo = replay === null ? { plan, items: beginning.items } : replay;
    const basis = basisOf(toDo.plan, ports, options.version, toDo.items);
    const found = options.fresh === true ? null : await findUnfinished(ports, leftOvers, basis);
    // Where each input is committed by itself, only the table knows which of them are: the inputs are decided anew.
    const mayGoOn = !commitsEachInput(toDo.plan) || found?.record.jobs.length === 0;
    const unfinished = mayGoOn ? found : null;
    if (unfinished !== null) leftOvers.splice(leftOvers.indexOf(unfinished.runId), 1);
    const runId = unfinished?.runId ?? beginning.runId;
    const tell = tellerOf(ports, runId);
    outcome = await runJournaled(
      toDo.plan,
      ports,
      { ...options, signal: firstSignal(signal, lock.lost) },
      { ...beginning, items: toDo.items, runId, tell, basis, unfinished, lock, replay },
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
  { makeBundle, version, signal, secrets = null, replay: replayed, until, label }: RunOptions,
  beginning: Locked,
  leftOvers: string[],
): Promise<RunOutcome> {
  const { runId, startedMs, tell, passedOver, lock, replay } = beginning;
  const { engine, sink, clock } = ports;
  const job = plan.settings.name.value;
  const record = beginning.unfinished?.record ?? emptyRecord();
  const { attempt } = record;
  const labelled = label === undefined ? {} : { label };
  const head = attempt === 1 ? { ...journalHeadOf(plan, ports, beginning), ...labelled } : null;
  const journal =
    head !== null
      ? await ports.journals.open(head)
      : await ports.journals.reopen(runId, { attempt, startedMs, ...labelled });
  const run: Run = { runId, plan, ports, journal, lock, record, replay, secrets, signal, version, tell };
  const end = (ending: JournalEnd) => journal.end(ending);
  const { date } = plan.settings;
  const day = date === undefined ? {} : { date: date.value };
  tell({ event: 'run-started', job, engine: engine.name, ...day, runFolder: journal.folder });
  if (attempt > 1) tell({ event: 'run-continued', attempt });
  if (passedOver.length > 0) tell({ event: 'inputs-passed-over', passedOver });
  if (replay !== null) tellOfReplay(tell, replay, engine);
  let published: Published;
  let hasConverted: boolean;
  try {
    await clearLeftOvers(run, leftOvers);
    if (attempt > 1) await removeTemporaries(ports, runId);
    const result = await untilPublished(run, makeBundle, beginning, until);
    if ('pausedAfter' in result) {
      const { pausedAfter, left } = result;
      // The lock names it, so that the next process continues it.
      leftOvers.unshift(runId);
      await end({ state: 'paused', after: pausedAfter, endedMs: clock.now() });
      tell({ event: 'run-paused', after: pausedAfter });
      return { state: 'paused', left };
    }
    if (!('publication' in result)) {
      await sink.clear(runId);
      if (attempt > 1 || result.hasConverted) await ports.journals.removeConverted(runId);
      const loaded = await loadedOf(run);
      await end({ state: 'nothing-to-do', endedMs: clock.now(), ...endFacts(beginning, result, loaded) });
      return { state: 'nothing-to-do', left: result.left, ...loaded };
    }
    published = result;
    hasConverted = result.hasConverted;
  } catch (thrown) {
    const error = await causeOf(run, thrown);
    // A run that stays in the lock is continued by the next one, or cleared.
    const isKept = !(await clearAfterFailure(run, error));
    if (isKept) leftOvers.unshift(runId);
    // A run that has taken over may read the same rejects.
    else if (replayed !== undefined && !isFailure(error, 'locked'))
      await clearReplay(ports, replayed).catch(() => undefined);
    const failed = isAnyFailure(error) ? { failure: error.code, cause: factsOf(error) } : { failure: 'bug' };
    const kept = isKept ? { isKept } : {};
    await end({ state: 'failed', ...failed, ...kept, endedMs: clock.now() }).catch(() => undefined);
    throw error;
  }
  await afterwards(run, 'sync', () => sink.settle(published.publication));
  await tellPublished(run, published, startedMs);
  const loaded = await loadedOf(run);
  const isCleared = await afterwards(run, 'clear-up', async () => {
    await sink.clear(runId);
    // A file whose upload was tried again may have come to be after it was removed.
    await removeTemporaries(ports, runId, head === null ? undefined : [{ entry: 'run', ...head }]);
    if (hasConverted) await ports.journals.removeConverted(runId);
  });
  const isClosed = await afterwards(run, 'journal', () =>
    end({ state: 'published', endedMs: clock.now(), ...endFacts(beginning, published, loaded) }),
  );
  if (replayed !== undefined) await afterwards(run, 'clear-up', () => clearReplay(ports, replayed));
  // The lock names the run, so that the next one removes its staging folder and ends its journal.
  if (!isCleared || !isClosed) leftOvers.unshift(runId);
  return { state: 'published', left: published.left, ...loaded };
}

/** Loads what is published into the job's table. */
async function loadedOf(run: Run): Promise<{ readonly loadFailure?: AnyFailure }> {
  const failure = await loadPublished(run);
  return failure === null ? {} : { loadFailure: failure };
}

/** What the history is to know of a run that went well: why its exit code is not 0. */
function endFacts(
  { items }: Pick<Beginning, 'items'>,
  { left }: { readonly left: readonly LeftInput[] },
  { loadFailure }: { readonly loadFailure?: AnyFailure },
): { readonly isIncomplete?: true; readonly loadFailure?: FailureFacts } {
  const isIncomplete = left.length > 0 || items.some(({ lastCopy }) => lastCopy !== undefined);
  return {
    ...(isIncomplete && { isIncomplete }),
    ...(loadFailure && { loadFailure: factsOf(loadFailure) }),
  };
}

/** A run that had nothing to do. */
interface NothingDone {
  readonly left: readonly LeftInput[];
}

/** Whether the scan has converted inputs, and so may have written text. */
interface Converting {
  readonly hasConverted: boolean;
}

/** What a run knows once it holds the lock. */
interface Locked extends Beginning {
  readonly lock: HeldLock;
  readonly basis: string;
  /** The run that this one continues; null if it is a new one. */
  readonly unfinished: UnfinishedRun | null;
  readonly replay: ReadyReplay | null;
}

/** All steps up to and including the commit point, or up to the one after which it is to pause. */
async function untilPublished(
  run: Run,
  makeBundle: MakeBundle,
  { items: found, left: leftBefore, passedOver }: Beginning,
  until: PausePoint | undefined,
): Promise<((Published | NothingDone) & Converting) | Paused> {
  const { plan, ports, tell } = run;
  const { published, adopts } = await performStep(run, checkStep, found);
  if (until === 'check') return { pausedAfter: until, left: leftBefore };
  const { items: scanned, left: leftByScan } = await performStep(run, scanStep, found);
  const left = [...leftBefore, ...leftByScan];
  const hasConverted = scanned.some(({ converted }) => converted !== undefined);
  if (left.length > 0) tell({ event: 'inputs-left-out', left });
  const empty = scanned.filter(({ sizeBytes }) => sizeBytes === 0).map(({ path }) => path);
  if (empty.length > 0) tell({ event: 'empty-inputs', paths: empty });
  tellOfSkipped(run, scanned);
  tellOfReplaced(run, scanned);
  tellOfSheets(run, scanned);
  const convertedFolder = ports.journals.convertedOf(run.runId);
  const places = planStaging(plan, ports.source, ports.engine.store, scanned, convertedFolder);
  const firstYear = firstYearOf(published.manifests, Number(run.runId.slice(0, 4)));
  const mapperFor = (inputs: readonly ScannedItem[]) =>
    decideMapper(plan, makeBundle, inputs, {
      pathsInStore: new Map(places.map(({ item, path }) => [item.path, path])),
      published: publishedColumnsOf(plan, published),
      firstYear,
    });
  const mapperForAll = () => mapperFor(scanned);
  const { task, changed } = await decideInputs(run, published, scanned, { firstYear, mapperForAll });
  if (changed.length > 0) tell({ event: 'inputs-left-out', left: changed });
  left.push(...changed);
  tellOfTask(run, task);
  if (task.kind === 'nothing') {
    if (adopts) await adopt(run, published);
    tell({ event: 'nothing-to-do', reason: task.reason, output: ports.sink.uri, left });
    return { left, hasConverted };
  }
  if (until === 'scan') return { pausedAfter: until, left };
  const { items, replaces } = task;
  if (bringsIntoTable(plan)) {
    const paths = items.map(({ path }) => path);
    await run.journal.note({ entry: 'inputs', paths, ...(commitsEachInput(plan) && { commitsEach: true }) });
  }
  // What is not loaded may have any columns.
  const mapper = mapperFor(items);
  const columns = { inputColumns: mapper.names, outputColumns: mapper.outputNames };
  await ports.sink.fits?.(columns);
  await checkLoader(ports, columns);
  tellOfDrift(run, published, mapper);
  const isEach = commitsEachInput(plan);
  const sizes = isEach ? [] : checkScanned(run, items);
  // The mapper needs no data: another process may be staging them.
  if (until === 'mapper') {
    await performStep(run, mapperStep, mapper.bundle);
    return { pausedAfter: until, left };
  }
  const combining = planCombining(run, items);
  const isBeside = until === undefined && !isEach && (combining?.holdsAll ?? areManyInPlace(run, items));
  const staged = isBeside ? null : await performStep(run, stageStep, items);
  const toStage: readonly JobInput[] = staged ?? combining?.inputs ?? inputsToStage(run, items);
  const inputs: readonly TaskInput[] =
    combining === null ? toStage : await performStep(run, combineStep, { items, staged: combining.inputs });
  if (until === 'upload') return { pausedAfter: until, left };
  const { path: mapperPath } = await performStep(run, mapperStep, mapper.bundle);
  const ready = {
    ...{ mapper, mapperPath, published, replaces, left, passedOver, firstYear },
    adopt: async () => (adopts ? adopt(run, published) : undefined),
  };
  // Inputs that no task waits for are staged beside the job.
  if (staged === null || !isEach) {
    const done = await publishStaged(run, ready, { items, toStage, staged, inputs, sizes }, until);
    return 'pausedAfter' in done ? done : { ...done, hasConverted };
  }
  // From here on each input is committed before the next one is mapped.
  if (until !== undefined) return { pausedAfter: until, left };
  return { ...(await publishEach(run, ready, { items, staged })), hasConverted };
}

/** Makes the output that is there the first batch. */
async function adopt({ runId, ports: { sink }, tell }: Run, { manifests }: PublishedOutput): Promise<void> {
  await sink.adopt(runId);
  tell({ event: 'output-adopted', output: sink.uri, runIds: manifests.map((one) => one.runId) });
}
