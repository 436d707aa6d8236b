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
import { canReject } from '../can-reject.js';
import { bringsIntoTable } from '../commits-each-input.js';
import type { Progress, Run, Step } from '../step.js';
import { attach, nextNumber, noteJobOf } from './attach.js';
import { placesPath } from './combine.js';
import { examplesInRows } from './examples-in-rows.js';
import type { Excerpt } from './excerpts.js';
import { withFailedRecord } from './failed-record.js';
import { writeInputPlaces, writeKnownPlaces } from './input-places.js';
import { inputsOfRejects } from './inputs-of-rejects.js';
import { requireMapper } from './place-mapper.js';
import type { StagedInput } from './stage.js';

/** A successful job, and the folder of its part files. JSON. */
export interface FinishedJob {
  readonly job: JobResult;
  readonly folder: string;
  /** Present if the tasks of another job have written it. */
  readonly isBeside?: true;
  /** The paths of the inputs that it read, if they were not all: those without rejects are not read for them. */
  readonly read?: readonly string[];
  /** What else it read: files with the splits of an input that have rejects. */
  readonly excerpts?: readonly Excerpt[];
}

/** The job that wrote the records, and the one that wrote the rejects, if any. JSON. */
export interface FinishedJobs {
  readonly records: FinishedJob;
  readonly rejects: FinishedJob | null;
}

/** A job, and what its inputs are. */
export interface JobsToRun extends JobFiles {
  /** What the inputs are, in their order. */
  readonly items: readonly ScannedItem[];
  /** The same inputs as they were staged. */
  readonly staged: readonly Pick<StagedInput, 'path'>[];
}

/** What a job works with, besides the plan. */
export interface JobFiles {
  /** What the tasks read. */
  readonly inputs: readonly JobInput[];
  readonly mapperPath: string;
  readonly mapperSha256: string;
}

/**
 * Runs the job. Where the engine can, the same tasks write the rejects; otherwise a second job does, which runs only when
 * the first counted rejected records. A job of an earlier
 * try, in this process or a killed one, is followed if it runs or has succeeded: see `attachOrStart`.
 */
export const runJobStep: Step<JobsToRun, FinishedJobs> = {
  name: 'run',
  async perform(run, { items, staged, ...jobFiles }, progress) {
    const { runId, journal, signal, ports } = run;
    const staging = ports.sink.stagingFor(runId);
    const rejectPlacesPath = `${staging}/input-places${suffixOf(run.firstJob ?? 1)}.json`;
    const runOne = async (
      emit: JobRequest['emit'],
      inputPlaces: string | null = null,
      inputs: readonly JobInput[] = jobFiles.inputs,
    ) => {
      const requestOf = requestMaker(run, emit, { ...jobFiles, inputs, secretsPath, inputPlaces });
      try {
        const finished = await runToEnd(run, emit, requestOf, progress);
        // Tasks loaded the mapper by its path: one that was changed meanwhile may have run.
        await requireMapper(ports.engine.store, jobFiles.mapperPath, jobFiles.mapperSha256);
        return finished;
      } catch (error) {
        throw await withFailedRecord(error, { items, inputs: staged }, ports, signal);
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
      const inputsRead = { items, inputs: staged, read: jobFiles.inputs };
      const known = await writePlacesFor(run, { items, staged, ...jobFiles });
      const { folder, job: both } = await runOne('records', known);
      const { rejects: beside, ...told } = both;
      const job = { ...told, ...examplesInRows(told, items, staged) };
      const records = { job, folder };
      if (job.counts.recordsRejected === 0) return { records, rejects: null };
      if (beside !== undefined) {
        return { records, rejects: { job: beside, folder: besideOf(folder), isBeside: true } };
      }
      const { read, excerpts, inputs } = await inputsOfRejects(run, job, {
        items,
        inputs: jobFiles.inputs,
        placesPath: rejectPlacesPath,
      });
      const places = await writeInputPlaces(
        ports,
        rejectPlacesPath,
        { ...inputsRead, read: [...jobFiles.inputs, ...inputs], tasks: job.tasks },
        run.replay?.inputs,
      );
      const rejects = await runOne('rejects', places, inputs);
      return { records, rejects: { ...rejects, ...(read && { read }), ...(excerpts && { excerpts }) } };
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
    rejectTasks: rejects === null || rejects.isBeside ? 0 : rejects.job.tasks.length,
  }),
};

/** Whether the tasks that write the records write the rejects too. */
function writesBoth({ plan, ports: { engine } }: Run): boolean {
  return engine.writesRejects === true && canReject(plan);
}

/** Writes what the tasks must know of their inputs to write the records; null if that is nothing. */
export async function writePlacesFor(run: Run, { items, staged, inputs }: JobsToRun): Promise<string | null> {
  if (!writesBoth(run) && inputs.every(({ sections }) => sections === undefined)) return null;
  const { ports, runId, firstJob, replay } = run;
  const path = placesPath(ports.sink.stagingFor(runId), firstJob);
  return writeKnownPlaces(ports, path, { items, inputs: staged, read: inputs }, replay?.inputs);
}

/** The requests for a run's jobs of a kind, by their number. */
export function requestMaker(
  run: Run,
  emit: JobRequest['emit'],
  files: JobFiles & Pick<JobRequest, 'secretsPath' | 'inputPlaces'>,
): (number: number) => JobRequest {
  const { runId, plan, ports, journal } = run;
  const { secretsPath = null, inputPlaces = null } = files;
  const placed = { ...files, staging: ports.sink.stagingFor(runId) };
  const asksForBoth = emit === 'records' && writesBoth(run);
  return (number) => {
    const request = jobRequestOf(plan, { runId, emit }, placed, journal, number);
    const rejects = { outputPath: besideOf(request.outputPath), isPrivate: plan.hidesData };
    return { ...request, inputPlaces, secretsPath, ...(asksForBoth && { rejects }) };
  };
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
    inputs: inputs.map((input) => toJobInput(input)),
    mapperPath,
    mapperSha256,
    compression: settings['output.compression'].value,
    ...divisionOf(settings, inputs),
    parallel: settings['run.parallel'].value,
    isPrivate: tag.emit === 'rejects' && hidesData,
    // They are for pages that are made at once, when nobody waits.
    findsExamples: settings['scheduled.report'].value !== null,
    logFolder: join(logFolder, `${tag.emit}${suffixOf(number)}`),
  };
}

/** Below this, a task costs more time to start than it saves. */
const MIN_TASK_BYTES = 16 * 1024 ** 2;
/** How the inputs are divided among tasks. Small inputs share one, but not so many that processors have nothing to do. */
function divisionOf(
  settings: JobPlan['settings'],
  inputs: readonly JobInput[],
): Pick<JobRequest, 'splitSize' | 'splitSizeIsChosen' | 'taskBytes'> {
  const partSize = settings['output.partSize'].value;
  const { value, origin } = settings['run.splitSize'];
  const bytes = inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const share = Math.max(MIN_TASK_BYTES, Math.ceil(bytes / settings['run.parallel'].value));
  // Nobody sees the parts of a table: one input too keeps all processors busy.
  const byTable = origin.from === 'default' && bringsIntoTable({ settings });
  const splitSize = partSize ?? (byTable ? Math.min(value, share) : value);
  const byDefault = inputs.length === 1 ? 0 : Math.min(splitSize, share);
  return {
    splitSize,
    splitSizeIsChosen: partSize !== null || origin.from !== 'default',
    taskBytes: settings['output.files'].value === 1 ? null : (partSize ?? byDefault),
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

/** The folder for the rejects that are written beside the records in a folder. */
function besideOf(folder: string): string {
  return `${folder}-rejects`;
}

function suffixOf(number: number): string {
  return number === 1 ? '' : `-${number}`;
}

/** `isNew`: no job of an earlier try does the same. */
export async function runToEnd(
  run: Run,
  emit: JobRequest['emit'],
  requestOf: (number: number) => JobRequest,
  progress: Progress,
  isNew = false,
): Promise<FinishedJob> {
  const news = jobNewsOf(run, emit, progress);
  try {
    const { handle, request } = await beginJob(run, emit, requestOf, news, isNew);
    run.onJobBegun?.();
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

/** Finds the job of an earlier try, unless it `isNew`, or starts one. */
export async function beginJob(
  run: Run,
  emit: JobRequest['emit'],
  requestOf: (number: number) => JobRequest,
  news: JobListener,
  isNew = false,
): Promise<{ readonly handle: JobHandle; readonly request: JobRequest }> {
  const { ports, signal } = run;
  const attached = isNew ? null : await attach(run, emit, requestOf);
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
