import { resolve } from 'node:path';
import type { Override } from '../config/setting.js';
import { SIZE_FORM } from '../config/sizes.js';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { type ParsedJobFile, parseJobFile } from '../job/job-file.js';
import { type JobPlan, planJob } from '../job/plan.js';
import { OVERRIDES, type OverrideKey, type Overrides } from '../job/settings.js';
import { readText } from '../stores/file-tree.js';
import { attempt, isSystemError } from '../stores/system-failure.js';
import type { Arguments, OptionDefinitions } from './define-command.js';

/** The flags that override settings of a job file. */
export const OVERRIDE_OPTIONS = {
  input: {
    type: 'texts',
    value: 'PATH',
    group: 'Job',
    describe: 'Path or glob of input',
    default: 'input.files of the job',
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
    describe: 'Folder of runs, logs and locks',
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
    choices: ['create', 'replace', 'append'],
    describe: 'What happens to an output that is there',
    default: 'output.mode of the job, else create',
  },
} as const satisfies OptionDefinitions;

/** Reads a job file and plans it, overrides from flags and environment included. */
export async function loadPlan(context: Context, jobFile: string, args: Arguments): Promise<JobPlan> {
  return planOf(context, await loadJobFile(context, jobFile), args, null);
}

/** Reads a job file. */
export async function loadJobFile(context: Context, jobFile: string): Promise<ParsedJobFile> {
  return parseJobFile(jobFile, await readJobFile(jobFile, resolve(context.cwd, jobFile), context));
}

/** Plans a job file, overrides included; `hdfs` is null on the local engine. */
export function planOf(
  context: Context,
  job: ParsedJobFile,
  args: Arguments,
  hdfs: { readonly home: string; readonly fs: string } | null,
): JobPlan {
  return planJob(job, overridesOf(context, args), {
    jobFile: resolve(context.cwd, job.path),
    cwd: context.cwd,
    cpuCount: context.cpuCount,
    hdfsHome: hdfs?.home ?? null,
    ...(hdfs === null ? {} : { fs: hdfs.fs }),
  });
}

async function readJobFile(shown: string, path: string, context: Context): Promise<string> {
  const read = await readConfigFile(context, path);
  if ('text' in read) return read.text;
  const nearby = await jobFilesIn(context, context.cwd).catch(() => []);
  throw new Failure(
    'job-file-unreadable',
    { path: shown, cause: read.cause },
    nearby.length === 0 ? {} : { hint: `Job files in this folder: ${nearby.join(', ')}` },
  );
}

/** Text of a job file or cluster file, or why there is none. */
export async function readConfigFile(
  { machine }: Pick<Context, 'machine'>,
  path: string,
): Promise<{ readonly text: string } | { readonly cause: string }> {
  try {
    const text = await readText(machine.files, path);
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

/** Flag beats environment. */
function overridesOf(context: Context, args: Arguments): Overrides {
  const overrides: Partial<Record<OverrideKey, Override>> = {};
  for (const [key, { flag, variable }] of Object.entries(OVERRIDES)) {
    const typed = args[flag];
    const inherited = context.env[variable];
    if (typeof typed === 'string' || Array.isArray(typed)) {
      const texts = (typeof typed === 'string' ? [typed] : typed) as readonly string[];
      overrides[key as OverrideKey] = { texts, origin: { from: 'flag', name: `--${flag}` } };
    } else if (inherited !== undefined && inherited !== '') {
      overrides[key as OverrideKey] = { texts: [inherited], origin: { from: 'environment', name: variable } };
    }
  }
  return overrides;
}
