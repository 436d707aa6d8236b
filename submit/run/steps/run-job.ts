import { join } from 'node:path';
import type { JobInput, JobRequest, JobResult, TellJob } from '../../engines/engine.js';
import { performStep, type RunState } from '../step.js';

/** A job that ended well, and the folder of its part files. */
export interface FinishedJob {
  readonly job: JobResult;
  readonly folder: string;
}

/** The job that wrote the records, and the one that wrote the rejects, if there are any. */
export interface FinishedJobs {
  readonly records: FinishedJob;
  readonly rejects: FinishedJob | null;
}

/** The run step. The second job runs only when the first counted rejected records. */
export function runJobs(
  state: RunState,
  inputs: readonly JobInput[],
  mapperPath: string,
): Promise<FinishedJobs> {
  return performStep(state, 'run', async (progress) => {
    const { settings } = state.plan;
    const runJob = async (emit: 'records' | 'rejects'): Promise<FinishedJob> => {
      const folder = `${state.staging}/${emit}`;
      const { engine } = state;
      const { signal } = state.context;
      const request: JobRequest = {
        runId: state.runId,
        jobName: settings.name.value,
        inputs,
        mapperPath,
        emit,
        outputPath: folder,
        compression: settings['output.compression'].value,
        splitSize: settings['run.splitSize'].value,
        splitSizeIsChosen: settings['run.splitSize'].origin.from !== 'default',
        parallel: settings['run.parallel'].value,
        logFolder: join(state.journal.logFolder, emit),
      };
      const tell: TellJob = (news) => {
        if (news.kind === 'progress') progress(news.done, news.total, news.unit);
        if (news.kind === 'tracking') {
          const { applicationId, trackingUrl } = news;
          state.report({ event: 'job-started', emit, applicationId, trackingUrl });
        }
      };
      const job = await engine.follow(await engine.start(request, tell, signal), request, tell, signal);
      return { job, folder };
    };
    const records = await runJob('records');
    const rejects = records.job.counts.recordsRejected > 0 ? await runJob('rejects') : null;
    return {
      value: { records, rejects },
      result: { step: 'run', tasks: records.job.tasks.length, rejectTasks: rejects?.job.tasks.length ?? 0 },
    };
  });
}
