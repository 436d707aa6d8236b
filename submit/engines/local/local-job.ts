import pMap from 'p-map';
import type { MapperCounts } from '../../../mapper/contract.js';
import { sumCounts } from '../counts.js';
import { sumDigests } from '../digests.js';
import type { JobRequest, JobResult, TaskResult, TellJob } from '../engine.js';
import { type FoundExample, someExamples } from '../examples.js';
import { tellSafely } from '../tell-safely.js';
import type { LocalMachine } from './local-machine.js';
import { runTask } from './run-task.js';
import { type Split, splitInputs } from './splits.js';

/** A job whose tasks run on this machine. */
export interface LocalJob {
  /** Settles when the last task has ended, successfully or not. No task writes after that. */
  readonly ended: Promise<JobResult>;
  /** Replaces the listener for progress. */
  tellTo(tell: TellJob): void;
  /** Ends the tasks; `ended` then rejects with the reason. */
  stop(reason: unknown): void;
}

/** Starts the tasks of a job, `parallel` at a time. The output and log folders must exist. */
export function startLocalJob(machine: LocalMachine, job: JobRequest, tell: TellJob): LocalJob {
  const splits = splitInputs(job.inputs, job.splitSize);
  const stopping = new AbortController();
  let listener = tellSafely(tell);
  let done = 0;
  const tellProgress = () => listener({ kind: 'progress', done, total: splits.length, unit: 'tasks' });
  tellProgress();
  const ended = runTasks(machine, job, splits, stopping, () => {
    done += 1;
    tellProgress();
  });
  // Nobody may await it, and a rejection must not end the process.
  ended.catch(() => undefined);
  return {
    ended,
    tellTo(next) {
      listener = tellSafely(next);
      if (done > 0) tellProgress();
    },
    stop: (reason) => stopping.abort(reason),
  };
}

async function runTasks(
  machine: LocalMachine,
  job: JobRequest,
  splits: readonly Split[],
  stopping: AbortController,
  onTaskDone: () => void,
): Promise<JobResult> {
  const running = new Set<Promise<unknown>>();
  try {
    const results = await pMap(
      splits,
      async (split, taskNumber) => {
        const startedMs = Date.now();
        const ending = runTask(machine, job, split, taskNumber, stopping.signal);
        running.add(ending);
        const { task, counts, examples } = await ending.finally(() => running.delete(ending));
        onTaskDone();
        return { task: { ...task, times: { startedMs, endedMs: Date.now() } }, counts, examples };
      },
      { concurrency: job.parallel },
    );
    return summarise(results);
  } catch (error) {
    stopping.abort(error);
    // The caller removes the other tasks' output next, so they must have ended.
    await Promise.allSettled(running);
    throw error;
  }
}

function summarise(
  results: readonly { task: TaskResult; counts: MapperCounts; examples: readonly FoundExample[] }[],
): JobResult {
  const examples = someExamples(results.flatMap((one) => one.examples));
  return {
    tasks: results.map(({ task }) => task),
    counts: sumCounts(results.map(({ counts }) => counts)),
    digests: sumDigests(results.flatMap(({ task }) => task.digests ?? [])),
    framework: null,
    ...(examples.length > 0 && { examples }),
  };
}
