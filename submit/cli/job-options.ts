import { dirname, resolve } from 'node:path';
import { DAY_FORM, localDayAt } from '../config/days.js';
import { formatSize, SIZE_FORM } from '../config/sizes.js';
import type { Context } from '../context.js';
import { Failure, isFailure } from '../errors.js';
import { bundleMapper, type MakeBundle } from '../job/bundle.js';
import { type ParsedJobFile, parseJobFile } from '../job/job-file.js';
import { lookupFilesOf, type ReadFile } from '../job/lookup-tables.js';
import type { DescribedMapper } from '../job/own-mapper.js';
import { columnsWithoutCentury, defaultCentury, type JobPlan, planJob } from '../job/plan.js';
import { OUTPUT_MODES, VERIFY_CHOICES } from '../job/sections/output.js';
import { OVERRIDES, type Overrides } from '../job/settings.js';
import { formatCenturyWarning } from '../report/century-text.js';
import { escapeControls } from '../report/escape.js';
import { yearAt } from '../run/run-id.js';
import { factsAt, readText } from '../stores/file-tree.js';
import { attempt, isSystemError } from '../stores/system-failure.js';
import { hintForData } from './data-for-job.js';
import { type Arguments, flagOf, type OptionDefinitions } from './define-command.js';
import { overridesOf } from './overrides.js';
import { loadJobMapper } from './own-mapper.js';

/** The flags that override settings of a job file. */
export const OVERRIDE_OPTIONS = {
  input: {
    type: 'texts',
    value: 'PATH',
    group: 'Job',
    describe: 'Path or glob of input',
    default: 'input.files of the job',
  },
  date: {
    type: 'text',
    value: 'DAY',
    group: 'Job',
    describe: `The day of paths with {yyyy}, {MM}, {dd}: ${DAY_FORM}`,
    default: 'today',
  },
  'split-size': {
    type: 'text',
    value: 'SIZE',
    group: 'Job',
    describe: `Input of one task: ${SIZE_FORM}`,
    default: 'run.splitSize of the job, else 128MiB',
  },
  parallel: {
    type: 'text',
    value: 'COUNT',
    group: 'Job',
    describe: 'Tasks at once on the local engine',
    default: 'run.parallel of the job, else the number of processors',
  },
  'state-dir': {
    type: 'text',
    value: 'FOLDER',
    group: 'Job',
    describe: 'Folder of runs, logs and mappers',
    default: '.hadoop-elt beside the job file',
  },
  output: {
    type: 'text',
    value: 'FOLDER',
    group: 'Output',
    describe: 'Folder of the output',
    default: 'output.path of the job',
  },
  mode: {
    type: 'text',
    group: 'Output',
    choices: OUTPUT_MODES,
    describe: 'What happens to an output that is there',
    default: 'output.mode of the job, else create',
  },
  adopt: {
    type: 'flag',
    group: 'Output',
    describe: 'With append: make an output that create or replace published its first batch',
  },
  verify: {
    type: 'text',
    group: 'Output',
    choices: VERIFY_CHOICES,
    describe:
      'How to check that what is published is unchanged: by names, sizes and identity, or by reading it',
    default: 'quick',
  },
} as const satisfies OptionDefinitions;

/** The HDFS of a job, and the user's home folder in it. */
interface HdfsOfJob {
  readonly home: string;
  readonly fs: string;
}

/** A planned job, and the function that makes its mapper. */
export interface LoadedJob {
  readonly plan: JobPlan;
  readonly makeBundle: MakeBundle;
}

/** Reads a job file and plans it for the local engine, overrides from flags and environment included. */
export async function loadJob(context: Context, jobFile: string, args: Arguments): Promise<LoadedJob> {
  return prepareJob(context, await loadJobFile(context, jobFile), args, null);
}

/**
 * Plans a job file and loads the mapper that it names; `hdfs` is null on the local engine. Throws what `planOf` and
 * `loadJobMapper` throw.
 */
export async function prepareJob(
  context: Context,
  job: ParsedJobFile,
  args: Arguments,
  hdfs: HdfsOfJob | null,
): Promise<LoadedJob> {
  // Report errors of the job file before loading its mapper.
  const plan = planOf(context, job, args, hdfs);
  const open = columnsWithoutCentury(plan);
  if (open.length > 0) {
    const first = defaultCentury(yearAt(context.machine.clock.now()));
    context.stderr.write(escapeControls(formatCenturyWarning(open, first)));
  }
  const mapper = await loadJobMapper(context, job);
  return mapper === null
    ? { plan, makeBundle: (mapperPlan) => bundleMapper(context.mapper.bundleSource, mapperPlan) }
    : { plan: planOf(context, job, args, hdfs, mapper.described), makeBundle: mapper.makeBundle };
}

/** Reads a job file. */
export async function loadJobFile(context: Context, jobFile: string): Promise<ParsedJobFile> {
  const path = resolve(context.cwd, jobFile);
  const job = parseNamedJobFile(jobFile, await readJobFile(jobFile, path, context));
  const files = new Map<string, ReadFile>();
  for (const file of lookupFilesOf(job, dirname(path))) files.set(file, await readLookupFile(context, file));
  return { ...job, files };
}

function parseNamedJobFile(path: string, text: string): ParsedJobFile {
  try {
    return parseJobFile(path, text);
  } catch (error) {
    const hint = isFailure(error, 'job-file-invalid') ? hintForData(path, text) : null;
    if (hint === null || !isFailure(error, 'job-file-invalid')) throw error;
    throw new Failure('job-file-invalid', error.details, { hint, cause: error });
  }
}

/** It becomes part of the mapper, which every task loads. */
const MAX_LOOKUP_BYTES = 16 * 1024 ** 2;

/** The text of a lookup's file, or why there is none. */
function readLookupFile(context: Pick<Context, 'machine'>, path: string): Promise<ReadFile> {
  return readConfigFile(context, path, MAX_LOOKUP_BYTES);
}

/**
 * Plans a job file with its overrides. `hdfs` is null on the local engine, `ownMapper` null until the mapper that the file
 * names is loaded.
 */
export function planOf(
  context: Context,
  job: ParsedJobFile,
  args: Arguments,
  hdfs: HdfsOfJob | null,
  ownMapper: DescribedMapper | null = null,
): JobPlan {
  return planJob(job, jobOverridesOf(context, args), {
    jobFile: resolve(context.cwd, job.path),
    cwd: context.cwd,
    cpuCount: context.cpuCount,
    today: localDayAt(context.machine.clock.now()),
    hdfsHome: hdfs?.home ?? null,
    ...(hdfs === null ? {} : { fs: hdfs.fs }),
    ownMapper,
  });
}

/** A day of several is named by the flag that was given. */
function jobOverridesOf(context: Context, args: Arguments): Overrides {
  const overrides = overridesOf(OVERRIDES, context, args);
  const { date } = overrides;
  if (date === undefined || args.from === undefined) return overrides;
  return { ...overrides, date: { ...date, origin: { from: 'flag', name: flagOf('from') } } };
}

async function readJobFile(shown: string, path: string, context: Context): Promise<string> {
  const read = await readConfigFile(context, path);
  if ('text' in read) return read.text;
  const nearby = await jobFilesIn(context, context.cwd).catch(() => []);
  const there = await factsAt(context.machine.files, path).catch(() => undefined);
  const hints = [
    ...(there?.type === 'file' ? [hintForData(shown, null)] : []),
    ...(nearby.length === 0 ? [] : [`Job files in this folder: ${nearby.join(', ')}`]),
  ].filter((hint) => hint !== null);
  throw new Failure(
    'job-file-unreadable',
    { path: shown, cause: read.cause },
    hints.length === 0 ? {} : { hint: hints.join('\n  ') },
  );
}

/** Far more than anybody writes by hand. */
const MAX_CONFIG_BYTES = 1024 ** 2;

/** Text of a job file or cluster file, or why there is none. */
export async function readConfigFile(
  { machine }: Pick<Context, 'machine'>,
  path: string,
  maxBytes = MAX_CONFIG_BYTES,
): Promise<{ readonly text: string } | { readonly cause: string }> {
  try {
    const facts = await factsAt(machine.files, path);
    if (facts === undefined) return { cause: 'there is no such file' };
    // To open a pipe would wait for its writer.
    if (facts.type === 'other') return { cause: 'it is a pipe, a socket or a device, no file' };
    if (facts.sizeBytes > maxBytes) {
      return {
        cause: `it has ${formatSize(facts.sizeBytes)}; at most ${formatSize(maxBytes)} are accepted`,
      };
    }
    const text = await readText(machine.files, path, maxBytes);
    return text === undefined ? { cause: 'there is no such file' } : { text };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { cause: error.message };
  }
}

/** Names of the job files in a folder, in order. */
export async function jobFilesIn({ machine }: Pick<Context, 'machine'>, folder: string): Promise<string[]> {
  const names = await attempt('list', folder, () => machine.files.readdir(folder));
  return names.filter((name) => name.endsWith('.elt.yaml')).sort();
}
