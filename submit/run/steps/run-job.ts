import { join } from 'node:path';
import {
  type JobHandle,
  type JobInput,
  type JobRequest,
  type JobResult,
  type JobTag,
  type TellJob,
  toJobInput,
} from '../../engines/engine.js';
import type { JobPlan } from '../../job/plan.js';
import type { ScannedItem } from '../../sources/source.js';
import type { Progress, Run, Step } from '../step.js';
import { attach, nextNumber, noteJobOf } from './attach.js';
import { withFailedRecord } from './failed-record.js';
import { writeInputPlaces } from './input-places.js';
import { requireMapper } from './place-mapper.js';

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

/** What a job works with, besides the plan. */
export interface JobFiles {
  readonly inputs: readonly JobInput[];
  readonly mapperPath: string;
  readonly mapperSha256: string;
}

/**
 * Runs the job. A second job, for the rejects, runs only when the first counted rejected records. A job of an earlier
 * try, in this process or a killed one, is followed if it runs or has succeeded: see `attachOrStart`.
 */
export const runJobStep: Step<JobsToRun, FinishedJobs> = {
  name: 'run',
  async perform(run, { items, ...jobFiles }, progress) {
    const { runId, journal, signal, ports } = run;
    const staging = ports.sink.stagingFor(runId);
    const runOne = async (emit: JobRequest['emit'], inputPlaces: string | null = null) => {
      const requestOf = requestMaker(run, emit, { ...jobFiles, secretsPath, inputPlaces });
      try {
        const finished = await runToEnd(run, emit, requestOf, progress);
        // Tasks loaded the mapper by its path: one that was changed meanwhile may have run.
        await requireMapper(ports.engine.store, jobFiles.mapperPath, jobFiles.mapperSha256);
        return finished;
      } catch (error) {
        throw await withFailedRecord(error, { items, inputs: jobFiles.inputs }, ports, signal);
      }
    };
    const { secrets = null } = run;
    const secretsPath = secrets === null ? null : await secrets.write(journal.folder);
    try {
      return await runBoth();
    } finally {
      await secrets?.remove(journal.folder);
    }

    async function runBoth(): Promise<FinishedJobs> {
      const records = await runOne('records');
      if (records.job.counts.recordsRejected === 0) return { records, rejects: null };
      const places = await writeInputPlaces(
        ports,
        `${staging}/input-places.json`,
        { items, inputs: jobFiles.inputs, tasks: records.job.tasks },
        run.replay?.inputs,
      );
      const rejects = await runOne('rejects', places);
      return { records, rejects };
    }
  },
  /** All part files are where the job has left them; whether they are right is for the verify step to say. */
  async stillHolds({ ports: { engine } }, _input, { records, rejects }) {
    for (const { folder, job } of [records, ...(rejects === null ? [] : [rejects])]) {
      if ((await engine.store.stat(folder)) === undefined) return false;
      const names = new Set((await engine.store.list(folder)).map(({ name }) => name));
      if (!job.tasks.every(({ part }) => names.has(part))) return false;
    }
    return true;
  },
  summarise: (_run, { records, rejects }) => ({
    step: 'run',
    tasks: records.job.tasks.length,
    rejectTasks: rejects?.job.tasks.length ?? 0,
  }),
};

/** The requests for a run's jobs of a kind, by their number. */
export function requestMaker(
  { runId, plan, ports: { sink }, journal }: Run,
  emit: JobRequest['emit'],
  files: JobFiles & Pick<JobRequest, 'secretsPath' | 'inputPlaces'>,
): (number: number) => JobRequest {
  const { secretsPath = null, inputPlaces = null } = files;
  const placed = { ...files, staging: sink.stagingFor(runId) };
  return (number) => ({
    ...jobRequestOf(plan, { runId, emit }, placed, journal, number),
    inputPlaces,
    secretsPath,
  });
}

/** The request to the engine, for the run's job of this number. Pure. */
export function jobRequestOf(
  { settings, hidesData }: JobPlan,
  tag: Pick<JobRequest, 'runId' | 'emit'>,
  { inputs, mapperPath, mapperSha256, staging }: JobFiles & { readonly staging: string },
  { logFolder }: { readonly logFolder: string },
  number = 1,
): JobRequest {
  return {
    ...jobToStop(tag, number, staging),
    jobName: settings.name.value,
    inputs: inputs.map(toJobInput),
    mapperPath,
    mapperSha256,
    compression: settings['output.compression'].value,
    splitSize: settings['run.splitSize'].value,
    splitSizeIsChosen: settings['run.splitSize'].origin.from !== 'default',
    parallel: settings['run.parallel'].value,
    isPrivate: tag.emit === 'rejects' && hidesData,
    logFolder: join(logFolder, `${tag.emit}${suffixOf(number)}`),
  };
}

/**
 * What identifies a run's job of a kind and number, and where it writes. Each has a tag and folders of its own: what an
 * earlier one still does can't get into the output of this one. Pure.
 */
export function jobToStop<Emit extends JobTag['emit']>(
  { runId, emit }: { readonly runId: string; readonly emit: Emit },
  number: number,
  staging: string,
): { readonly runId: string; readonly emit: Emit; readonly outputPath: string } {
  const suffix = suffixOf(number);
  return { runId: `${runId}${suffix}`, emit, outputPath: `${staging}/${emit}${suffix}` };
}

function suffixOf(number: number): string {
  return number === 1 ? '' : `-${number}`;
}

async function runToEnd(
  run: Run,
  emit: JobRequest['emit'],
  requestOf: (number: number) => JobRequest,
  progress: Progress,
): Promise<FinishedJob> {
  const news = jobNewsOf(run, emit, progress);
  try {
    const { handle, request } = await beginJob(run, emit, requestOf, news);
    const job = await run.ports.engine.follow(handle, request, news.tell, run.signal);
    return { job, folder: request.outputPath };
  } finally {
    await news.noted();
  }
}

/** Passes on the news of a job. */
export interface JobListener {
  /** The number of the job. */
  number: number;
  readonly tell: TellJob;
  /** Waits until the journal has the ids of its applications. */
  noted(): Promise<void>;
}

/** The listener for a run's job of a kind. */
export function jobNewsOf(run: Run, emit: JobRequest['emit'], progress: Progress): JobListener {
  const noting: Promise<void>[] = [];
  const listener: JobListener = {
    number: 1,
    tell(news) {
      switch (news.kind) {
        case 'progress':
          return progress(news.done, news.total, news.unit);
        case 'tracking': {
          const { applicationId, trackingUrl } = news;
          // The id is a help for the next attempt, not a part of this one: the job goes on when it can't be noted.
          if (applicationId !== null) {
            const { number } = listener;
            noting.push(noteJobOf(run, { emit, number, applicationId }).catch(() => undefined));
          }
          return run.tell({ event: 'job-started', emit, applicationId, trackingUrl });
        }
        case 'unanswered':
          return run.tell({ event: 'job-unanswered', cause: news.cause });
        case 'log-incomplete':
          return run.tell({ event: 'log-incomplete', path: news.path, cause: news.cause });
      }
    },
    async noted() {
      await Promise.all(noting);
    },
  };
  return listener;
}

/** Finds the job of an earlier try, or starts one. */
export async function beginJob(
  run: Run,
  emit: JobRequest['emit'],
  requestOf: (number: number) => JobRequest,
  news: JobListener,
): Promise<{ readonly handle: JobHandle; readonly request: JobRequest }> {
  const { ports, signal } = run;
  const attached = await attach(run, emit, requestOf);
  const number = attached?.number ?? nextNumber(run, emit);
  news.number = number;
  const request = requestOf(number);
  if (attached !== null) {
    const { handle } = attached;
    run.tell({ event: 'job-found', emit, applicationId: handle.applicationId });
    return { handle, request };
  }
  // Noted first: whoever continues this run must know of a command that may still submit.
  await noteJobOf(run, { emit, number, applicationId: null });
  return { handle: await ports.engine.start(request, news.tell, signal), request };
}
