import { type AnyFailure, isAnyFailure } from '../errors.js';
import type { JobPlan } from '../job/plan.js';
import type { ColumnsOfRun, Loader, PublishedFolder, PublishedOutput } from '../sinks/sink.js';
import { afterwards } from './afterwards.js';
import { leftOversOf } from './clear-up.js';
import type { RunNews } from './events.js';
import type { Ports } from './ports.js';
import { mayPass, withRetries } from './retry.js';
import { newRunId } from './run-id.js';
import type { Run } from './step.js';

/** What a load needs of a run. */
type LoadingRun = Pick<Run, 'runId' | 'plan' | 'ports' | 'signal' | 'tell'> & {
  readonly journal: Pick<Run['journal'], 'note' | 'recordStep'>;
};

/**
 * Throws what would keep the load from succeeding, before anything is made. A server that does not answer now keeps nothing
 * from being published: it may answer later.
 */
export async function checkLoader({ loader }: Pick<Ports, 'loader'>, columns: ColumnsOfRun): Promise<void> {
  try {
    await loader?.check(columns);
  } catch (error) {
    if (!isAnyFailure(error) || !mayPass(error)) throw error;
  }
}

/**
 * Loads what is published into the table of the job, if it has one beside its output. Returns the failure of the load: the
 * output stays published, and `hadoop-elt load` or the next run loads it.
 */
export async function loadPublished(run: LoadingRun): Promise<AnyFailure | null> {
  const { ports, plan, signal, tell } = run;
  const { loader, sink } = ports;
  if (loader === null) return null;
  try {
    const published = await sink.published(plan.settings.verify.value, signal);
    await performLoad(run, loader, foldersOf(published));
    return null;
  } catch (error) {
    const failure: unknown = signal.aborted ? signal.reason : error;
    if (!isAnyFailure(failure)) throw failure;
    tell({ event: 'load-failed', failure });
    return failure;
  }
}

async function performLoad(
  run: LoadingRun,
  loader: Loader,
  published: readonly PublishedFolder[],
): Promise<void> {
  const { runId, ports, tell } = run;
  const { now } = ports.clock;
  const startedMs = now();
  tell({ event: 'step-started', step: 'load' });
  const load = await withRetries(run, 'load', () => loader.load(runId, published));
  const endedMs = now();
  await afterwards(run, 'journal', () =>
    run.journal.recordStep({ step: 'load', startedMs, endedMs, output: load }),
  );
  const durationMs = endedMs - startedMs;
  tell({ event: 'step-done', step: 'load', durationMs, result: { step: 'load', table: loader.uri, load } });
}

function foldersOf({ manifests, folders }: PublishedOutput): readonly PublishedFolder[] {
  return manifests.map((manifest, index) => ({ manifest, folder: folders[index] ?? '' }));
}

/** How a load ended that was asked for by itself. */
export type LoadOutcome =
  | { readonly state: 'loaded' }
  /** `isPublished`: something is published, and could not be loaded. */
  | { readonly state: 'failed'; readonly failure: AnyFailure; readonly isPublished: boolean };

/** Loads what a job has published, under the output's lock. Throws only bugs. */
export async function loadJob(
  plan: JobPlan,
  ports: Ports,
  { signal, waitMs }: { readonly signal: AbortSignal; readonly waitMs: number },
): Promise<LoadOutcome> {
  const { clock, lock: outputLock, source } = ports;
  const runId = newRunId(clock.now());
  const tell = (news: RunNews) => ports.emit({ time: new Date(clock.now()).toISOString(), runId, ...news });
  try {
    const lock = await outputLock.take(runId, { waitMs, signal, tell });
    // What killed runs have left is for the next run.
    const leftOvers = [...lock.leftOvers];
    try {
      const others = await leftOversOf(ports, lock, runId);
      if (others.length > leftOvers.length) leftOvers.push(...others.slice(leftOvers.length));
      const journal: LoadingRun['journal'] = {
        note: async () => undefined,
        recordStep: async ({ output }) => output,
      };
      const failure = await loadPublished({ runId, plan, ports, signal, tell, journal });
      return failure === null ? { state: 'loaded' } : { state: 'failed', failure, isPublished: true };
    } finally {
      await lock.release(leftOvers).catch(() => undefined);
    }
  } catch (error) {
    const failure: unknown = signal.aborted ? signal.reason : error;
    if (!isAnyFailure(failure)) throw failure;
    tell({ event: 'run-failed', failure });
    return { state: 'failed', failure, isPublished: false };
  } finally {
    await source.close().catch(() => undefined);
  }
}
