import { mapBounded } from '../../map-bounded.js';
import { sumCounts } from '../counts.js';
import { sumDigests } from '../digests.js';
import type { JobRequest, JobResult, TellJob } from '../engine.js';
import { someExamples } from '../examples.js';
import { tellSafely } from '../tell-safely.js';
import { groupSplits, type TaskSplits } from './group-splits.js';
import type { LocalMachine } from './local-machine.js';
import { runTask, type TaskOutcome, type WrittenPart } from './run-task.js';

/** A job whose tasks run on this machine. */
export interface LocalJob {
  /** Settles when the process of a task has been started, or the job has ended. */
  readonly begun: Promise<void>;
  /** Settles when the last task has ended, successfully or not. No task writes after that. */
  readonly ended: Promise<JobResult>;
  /** Replaces the listener for progress. */
  tellTo(tell: TellJob): void;
  /** Ends the tasks; `ended` then rejects with the reason. */
  stop(reason: unknown): void;
}

/** Starts the tasks of a job, `parallel` at a time. The output and log folders must exist. */
export function startLocalJob(machine: LocalMachine, job: JobRequest, tell: TellJob): LocalJob {
  const tasks = groupSplits(job);
  const stopping = new AbortController();
  let listener = tellSafely(tell);
  let done = 0;
  const tellProgress = () => listener({ kind: 'progress', done, total: tasks.length, unit: 'tasks' });
  tellProgress();
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const onTaskDone = () => {
    done += 1;
    tellProgress();
  };
  const ended = runTasks(machine, job, tasks, stopping, { onTaskBegun: begin, onTaskDone });
  // Nobody may await it, and a rejection must not end the process.
  ended.then(begin, begin);
  return {
    begun,
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
  tasks: readonly TaskSplits[],
  stopping: AbortController,
  { onTaskBegun, onTaskDone }: { onTaskBegun(): void; onTaskDone(): void },
): Promise<JobResult> {
  const running = new Set<Promise<unknown>>();
  try {
    const results = await mapBounded(
      tasks,
      async (splits, taskNumber) => {
        const startedMs = Date.now();
        const ending = runTask(machine, job, splits, taskNumber, stopping.signal, onTaskBegun);
        running.add(ending);
        const { task, ...others } = await ending.finally(() => running.delete(ending));
        onTaskDone();
        return { task: { ...task, times: { startedMs, endedMs: Date.now() } }, ...others };
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

function summarise(results: readonly TaskOutcome[]): JobResult {
  const rejects = results.flatMap(({ rejects: own }) => own ?? []);
  const examples = someExamples(results.flatMap((one) => one.examples));
  return {
    ...resultOf(results),
    ...(examples.length > 0 && { examples }),
    // A mapper that writes none beside the records leaves them to a job of their own.
    ...(rejects.length > 0 && rejects.length === results.length && { rejects: resultOf(rejects) }),
  };
}

function resultOf(results: readonly WrittenPart[]): JobResult {
  return {
    tasks: results.map(({ task }) => task),
    counts: sumCounts(results.map(({ counts }) => counts)),
    digests: sumDigests(results.flatMap(({ task }) => task.digests ?? [])),
    framework: null,
  };
}
