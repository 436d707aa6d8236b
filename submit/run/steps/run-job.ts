import { join } from 'node:path';
import {
  type Engine,
  type JobInput,
  type JobRequest,
  type JobResult,
  toJobInput,
} from '../../engines/engine.js';
import type { JobPlan } from '../../job/plan.js';
import type { ScannedItem } from '../../sources/source.js';
import type { Progress, Run, Step } from '../step.js';
import { withFailedRecord } from './failed-record.js';

/** A successful job, and the folder of its part files. JSON. */
export interface FinishedJob {
  readonly job: JobResult;
  readonly folder: string;
}

/** The job that wrote the records, and the one that wrote the rejects, if any. JSON. */
export interface FinishedJobs {
  readonly records: FinishedJob;
  readonly rejects: FinishedJob | null;
}

interface JobsToRun extends JobFiles {
  /** What the inputs are, in their order. */
  readonly items: readonly ScannedItem[];
}

interface JobFiles {
  readonly inputs: readonly JobInput[];
  readonly mapperPath: string;
}

/** Runs the job. A second job, for the rejects, runs only when the first counted rejected records. */
export const runJobStep: Step<JobsToRun, FinishedJobs> = {
  name: 'run',
  async perform(run, { items, inputs, mapperPath }, progress) {
    const { runId, plan, journal, signal, ports } = run;
    const staging = ports.sink.stagingFor(runId);
    const runOne = async (emit: JobRequest['emit']) => {
      const request = jobRequestOf(plan, { runId, emit }, { inputs, mapperPath, staging }, journal);
      try {
        return await runToEnd(run, request, progress);
      } catch (error) {
        throw await withFailedRecord(error, { items, inputs }, ports, signal);
      }
    };
    const records = await runOne('records');
    const rejects = records.job.counts.recordsRejected > 0 ? await runOne('rejects') : null;
    return { records, rejects };
  },
  summarise: (_run, { records, rejects }) => ({
    step: 'run',
    tasks: records.job.tasks.length,
    rejectTasks: rejects?.job.tasks.length ?? 0,
  }),
};

/** The request to the engine. Pure. */
export function jobRequestOf(
  { settings }: JobPlan,
  tag: Pick<JobRequest, 'runId' | 'emit'>,
  { inputs, mapperPath, staging }: JobFiles & { readonly staging: string },
  { logFolder }: { readonly logFolder: string },
): JobRequest {
  return {
    ...tag,
    jobName: settings.name.value,
    inputs: inputs.map(toJobInput),
    mapperPath,
    outputPath: `${staging}/${tag.emit}`,
    compression: settings['output.compression'].value,
    splitSize: settings['run.splitSize'].value,
    splitSizeIsChosen: settings['run.splitSize'].origin.from !== 'default',
    parallel: settings['run.parallel'].value,
    logFolder: join(logFolder, tag.emit),
  };
}

async function runToEnd(run: Run, request: JobRequest, progress: Progress): Promise<FinishedJob> {
  const { engine } = run.ports;
  const tell: Parameters<Engine['start']>[1] = (news) => {
    switch (news.kind) {
      case 'progress':
        return progress(news.done, news.total, news.unit);
      case 'tracking': {
        const { applicationId, trackingUrl } = news;
        return run.tell({ event: 'job-started', emit: request.emit, applicationId, trackingUrl });
      }
      case 'log-incomplete':
        return run.tell({ event: 'log-incomplete', path: news.path, cause: news.cause });
    }
  };
  const handle = await engine.start(request, tell, run.signal);
  const job = await engine.follow(handle, request, tell, run.signal);
  return { job, folder: request.outputPath };
}
