import { dirname } from 'node:path';
import { Failure } from '../../errors.js';
import type { Store } from '../../stores/store.js';
import { attempt } from '../../stores/system-failure.js';
import type { Engine, JobHandle, JobRequest, TellJob } from '../engine.js';
import { keyOfJob } from '../job-key.js';
import { makeFolders } from '../machine-files.js';
import { countDuplicates } from './count-duplicates.js';
import { groupSplits } from './group-splits.js';
import { type LocalJob, startLocalJob } from './local-job.js';
import type { LocalMachine } from './local-machine.js';

/**
 * Runs the mapper on this machine as Hadoop Streaming would on a cluster: one Node process and one part file per split,
 * with the mapreduce_* variables set. A task reads its range of the input and writes its part file directly; only
 * compressed data passes through this process. `find` always returns null, because jobs end with their process.
 */
export function createLocalEngine<S extends Store>(machine: LocalMachine<S>): Engine & { readonly store: S } {
  const { files, store, sharedFolder } = machine;
  /** Jobs that this process started, by tag. Ended jobs stay: a second `start` with their tag must not rerun them. */
  const jobs = new Map<string, Promise<LocalJob>>();

  const begin = async (job: JobRequest, tell: TellJob, signal: AbortSignal): Promise<LocalJob> => {
    await refuseLinkedMapper(machine, job);
    // One after the other, so that nothing is made any more once one has failed.
    await makeFolders(files, job.outputPath);
    if (job.rejects !== undefined) await makeFolders(files, job.rejects.outputPath);
    await makeFolders(files, job.logFolder);
    signal.throwIfAborted();
    return startLocalJob(machine, job, tell);
  };

  return {
    name: 'local',
    store,
    sharedFolder,
    writesRejects: true,
    async check() {
      // Node, the only requirement, runs this process.
    },
    describe: () => [],
    countTasks: (job) => groupSplits(job).length,
    async start(job, tell, signal) {
      signal.throwIfAborted();
      const key = keyOfJob(job);
      const started = jobs.get(key) ?? begin(job, tell, signal);
      jobs.set(key, started);
      try {
        await (await started).begun;
      } catch (error) {
        // No task was started, so the job may be tried again.
        jobs.delete(key);
        throw error;
      }
      return { runId: job.runId, emit: job.emit, applicationId: null };
    },
    find: async () => null,
    async follow(handle, _job, tell, signal) {
      const job = await jobs.get(keyOfJob(handle));
      if (job === undefined) throw new RangeError(`No job of run ${handle.runId} was started here`);
      job.tellTo(tell);
      const stop = () => job.stop(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      try {
        return await job.ended;
      } catch (error) {
        throw signal.aborted ? signal.reason : error;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    countDuplicates: (request, tell, signal) => countDuplicates({ files, store }, request, tell, signal),
    async stop(handle: JobHandle) {
      const job = await jobs.get(keyOfJob(handle));
      job?.stop(new Error('The job was stopped'));
      await job?.ended.catch(() => undefined);
    },
  };
}

/** A link in the shared folder may lead to another user's program. */
async function refuseLinkedMapper(
  { files, sharedFolder }: LocalMachine,
  { mapperPath }: JobRequest,
): Promise<void> {
  if (dirname(dirname(mapperPath)) !== sharedFolder) return;
  const there = await attempt('run', mapperPath, () => files.lstat(mapperPath));
  if (there.type === 'file') return;
  throw new Failure(
    'store',
    {
      scheme: 'file',
      operation: 'run',
      path: mapperPath,
      problem: 'unsafe',
      cause: 'it is not a regular file',
    },
    { hint: 'Remove it and run again: the run writes it anew' },
  );
}
