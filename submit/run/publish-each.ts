import { COUNTERS, type CounterName, type MapperCounts } from '../../mapper/contract.js';
import { type AnyFailure, factsOf, isAnyFailure, isFailure, type LeftInput } from '../errors.js';
import type { LoadCounts } from '../load-plan.js';
import type { Publication, PublishedOutput } from '../sinks/sink.js';
import type { ScannedItem } from '../sources/source.js';
import { commitsEachInput } from './commits-each-input.js';
import { decideTask, type Task, type TaskFacts } from './decide.js';
import { twinsAmong } from './decide-load.js';
import { isBrokenInput } from './leave-out.js';
import type { Manifest } from './manifest.js';
import { publishStaged, type ReadyRun } from './publish-staged.js';
import type { Run } from './step.js';
import { checkScanned } from './steps/checks.js';
import type { StagedInput } from './steps/stage.js';
import type { Published } from './tell-run.js';

/** What a run has to do, and the inputs that it must not load because they have changed. */
export interface TaskOfInputs {
  readonly task: Task;
  readonly changed: readonly LeftInput[];
}

/** As `decideTask`; where each input has a commit point of its own, one that has changed stops only itself. */
export async function decideInputs(
  run: Run,
  published: PublishedOutput,
  scanned: readonly ScannedItem[],
  facts: TaskFacts,
): Promise<TaskOfInputs> {
  const changed: LeftInput[] = [];
  for (let items = scanned; ; ) {
    try {
      return { task: await decideTask(run, published, items, facts), changed };
    } catch (error) {
      if (!commitsEachInput(run.plan) || !isFailure(error, 'input-changed')) throw error;
      const { path } = error.details;
      const others = items.filter((item) => item.path !== path);
      if (others.length === items.length || others.length === 0) throw error;
      // Each of them is told by itself.
      const { others: _others, ...details } = error.details;
      changed.push({ path, why: { ...factsOf(error), code: 'input-changed', details } });
      items = others;
    }
  }
}

/**
 * Publishes one input after the other, each by a commit of its own. What is wrong with one leaves it out; what is wrong
 * with more than that, such as a database that does not answer, ends the run: what is committed stays so. Throws the first
 * failure if no input could be published.
 */
export async function publishEach(
  run: Run,
  ready: ReadyRun,
  { items, staged }: { readonly items: readonly ScannedItem[]; readonly staged: readonly StagedInput[] },
): Promise<Published> {
  const { journal, tell } = run;
  const done: Published[] = [];
  const failed: (LeftInput & { readonly failure: AnyFailure })[] = [];
  for (const [at, item] of items.entries()) {
    const { path } = item;
    const place = { path, nth: at + 1, of: items.length };
    tell({ event: 'input-started', ...place });
    const ofInput: Run = { ...run, firstJob: nextJobOf(run) };
    try {
      const sizes = checkScanned(run, [item]);
      const own = staged.slice(at, at + 1);
      const itemToPublish = { items: [item], toStage: own, staged: own, inputs: own, sizes };
      const published = await publishStaged(ofInput, { ...ready, left: [] }, itemToPublish);
      done.push(published);
      await journal.note({ entry: 'input', path, state: 'completed' }).catch(() => undefined);
      tell({ event: 'input-published', ...place, load: published.publication.load ?? null });
    } catch (error) {
      if (run.signal.aborted || !isAnyFailure(error) || !isOfOneInput(error)) throw error;
      const why = factsOf(error);
      failed.push({ path, why, failure: error });
      await journal.note({ entry: 'input', path, state: 'failed', failure: why }).catch(() => undefined);
      tell({ event: 'input-failed', ...place, failure: error });
    }
  }
  const [first, ...others] = done;
  if (first === undefined) throw failed[0]?.failure ?? new RangeError('There is no input to publish');
  const twins = twinsAmong(done.flatMap(({ manifest }) => manifest.inputs));
  if (twins.length > 0) tell({ event: 'same-content', groups: twins });
  const left = [...ready.left, ...failed.map(({ path, why }) => ({ path, why }))];
  const sum = others.reduce(both, first);
  const leftBefore = ready.left.map(({ path, why }) => ({ path, why: why.code }));
  return { ...sum, left, manifest: { ...sum.manifest, ...(leftBefore.length > 0 && { left: leftBefore }) } };
}

/** Jobs with smaller numbers are those of other inputs. */
function nextJobOf({ record: { jobs } }: Run): number {
  return 1 + Math.max(0, ...jobs.map(({ number }) => number));
}

/** Whether another input may well succeed where this one failed. */
function isOfOneInput(failure: AnyFailure): boolean {
  switch (failure.code) {
    case 'input-changed':
    case 'job-failed':
    case 'check-failed':
    case 'verification-failed':
    case 'load-keys':
    case 'loaded-before':
      return true;
    case 'database':
      return failure.details.problem === 'refused';
    default:
      return isBrokenInput(failure);
  }
}

/** What two inputs did, as if they were one. */
function both(one: Published, other: Published): Published {
  return {
    left: [],
    publishStartedMs: one.publishStartedMs,
    publication: bothPublications(one.publication, other.publication),
    manifest: bothManifests(one.manifest, other.manifest),
    // The parts of different inputs have the same names; the first lines are those of the first one.
    refused: one.refused,
  };
}

function bothPublications(one: Publication, other: Publication): Publication {
  const load = one.load !== undefined && other.load !== undefined ? bothLoads(one.load, other.load) : null;
  return {
    folder: one.folder,
    rejects: one.rejects ?? other.rejects,
    ...(load !== null && { load }),
  };
}

function bothLoads(one: LoadCounts, other: LoadCounts): LoadCounts {
  return {
    inserted: one.inserted + other.inserted,
    updated: one.updated + other.updated,
    ignored: one.ignored + other.ignored,
    duplicates: one.duplicates + other.duplicates,
    removed: one.removed + other.removed,
  };
}

function bothManifests(one: Manifest, other: Manifest): Manifest {
  return {
    ...one,
    inputs: [...one.inputs, ...other.inputs],
    parts: [...one.parts, ...other.parts],
    counts: bothCounts(one.counts, other.counts),
    checks: [...(one.checks ?? []), ...(other.checks ?? [])],
  };
}

function bothCounts(one: MapperCounts, other: MapperCounts): MapperCounts {
  const sum: MapperCounts = { ...one, invalid: { ...one.invalid } };
  for (const name of Object.keys(COUNTERS) as CounterName[]) sum[name] += other[name];
  for (const [column, amount] of Object.entries(other.invalid)) {
    sum.invalid[column] = (sum.invalid[column] ?? 0) + amount;
  }
  return sum;
}
