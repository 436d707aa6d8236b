import {
  COMBINED_PROPERTY,
  FIRST_INPUT_PROPERTY,
  INPUT_PLACES_PROPERTY,
  SECRETS_PROPERTY,
} from '../../../mapper/contract.js';
import { Failure } from '../../errors.js';
import type { ClusterSettings } from '../../hadoop/cluster/cluster-settings.js';
import type { JobInput, JobTag } from '../engine.js';

/** A streaming job; all paths are absolute in the cluster's file system. */
export interface StreamingJob {
  readonly runId: string;
  readonly jobName: string;
  readonly inputs: readonly Pick<JobInput, 'path' | 'sizeBytes' | 'maxPreambleBytes' | 'sections'>[];
  /** True if a record may span lines: no file is split then. */
  readonly wholeFiles: boolean;
  /** Input bytes per task; null: one HDFS block. */
  readonly splitSize: number | null;
  readonly mapperPath: string;
  /** Archive that contains `bin/node`; null if Node is installed on the nodes. */
  readonly nodeArchivePath: string | null;
  /** A file that every node must have before it runs anything of the job; null: none. */
  readonly permitPath?: string | null;
  readonly emit: JobTag['emit'];
  readonly outputPath: string;
  readonly compression: 'none' | 'gzip';
  /** File with `InputPlaces`, if there is one. */
  readonly inputPlaces?: string | null;
  /** Whether the permit holds the values of secrets. */
  readonly hasSecrets?: boolean;
  /** Whether only the user may read the output. */
  readonly isPrivate?: boolean;
}

/** The cluster settings that determine the arguments. */
export type StreamingSettings = Pick<
  ClusterSettings,
  | 'fs'
  | 'hadoop'
  | 'streamingJar'
  | 'queue'
  | 'tags'
  | 'properties'
  | 'taskMemory'
  | 'nodeMemory'
  | 'attempts'
  | 'node'
>;

const MAPPER_LINK = 'mapper.mjs';
const NODE_LINK = 'node-runtime';
const PERMIT_LINK = 'run.permit';
const PLACES_LINK = 'input-places.json';
const SECRETS_LINK = 'hadoop-elt-secrets.json';
const JAVA_MAX_LONG = '9223372036854775807';
const MIB = 1024 ** 2;
/** Enough for records of 64 MiB. Together with the task's JVM it fits into 1 GiB, Hadoop's default task memory. */
const DEFAULT_NODE_BYTES = 384 * MIB;
/** Streaming truncates longer environment variables. Linux allows 128 KiB each; the list of inputs may exceed that. */
const MAX_VARIABLE_CHARS = '20000';

/** Properties that the verification of a run depends on: no `-D` may change them. */
const RESERVED = new Set([
  'mapreduce.job.reduces',
  'mapred.reduce.tasks',
  'mapreduce.job.maps',
  'mapred.map.tasks',
  'mapreduce.job.tags',
  'stream.map.output',
  'stream.map.input',
  'stream.map.input.ignoreKey',
  'stream.non.zero.exit.is.failure',
  'mapreduce.input.fileinputformat.split.minsize',
  'mapred.min.split.size',
  'mapreduce.input.fileinputformat.inputdir',
  'mapreduce.map.failures.maxpercent',
  'mapreduce.output.fileoutputformat.outputdir',
  'mapreduce.output.fileoutputformat.compress',
  'mapreduce.output.fileoutputformat.compress.codec',
  'mapreduce.fileoutputcommitter.marksuccessfuljobs',
  'mapreduce.output.basename',
  'textinputformat.record.delimiter',
  FIRST_INPUT_PROPERTY,
  INPUT_PLACES_PROPERTY,
  COMBINED_PROPERTY,
  SECRETS_PROPERTY,
]);

/** The YARN tag of a run. YARN stores tags in lower case. */
export function tagOfRun(runId: string): string {
  return `hadoop-elt-${runId.toLowerCase()}`;
}

/** The YARN tag of one job of a run: the records job has the run's tag, the other jobs have tags of their own. */
export function tagOfJob({ runId, emit }: JobTag): string {
  return emit === 'records' ? tagOfRun(runId) : `${tagOfRun(runId)}-${emit}`;
}

/**
 * A job → the arguments of the hadoop command: `jar`, the streaming jar, the generic options, then streaming's own
 * options. The command fails if generic options do not come first. Throws `usage` for a reserved property. Pure.
 */
export function streamingArguments(
  job: StreamingJob,
  settings: StreamingSettings,
  streamingJar: string,
  more: Readonly<Record<string, string>> = {},
): string[] {
  refuseReservedProperties(settings.properties.value);
  const properties = { ...ownProperties(job, settings), ...more, ...settings.properties.value };
  const places = placesFor(job);
  const mapper = nodeCommand(settings, job.nodeArchivePath, MAPPER_LINK);
  if (job.emit === 'rejects') mapper.push('--emit', 'rejects');
  return [
    'jar',
    streamingJar,
    ...Object.entries(properties).flatMap(([name, value]) => ['-D', `${name}=${value}`]),
    ...shippedFiles(
      settings,
      [
        { path: job.mapperPath, link: MAPPER_LINK },
        ...(job.permitPath
          ? [{ path: job.permitPath, link: job.hasSecrets === true ? SECRETS_LINK : PERMIT_LINK }]
          : []),
        ...(places === null ? [] : [{ path: places, link: PLACES_LINK }]),
      ],
      job.nodeArchivePath,
    ),
    '-mapper',
    mapper.join(' '),
    ...job.inputs.flatMap(({ path }) => ['-input', escapeInputPath(uriOf(settings, path))]),
    '-output',
    uriOf(settings, job.outputPath),
  ];
}

/** The file for `-files`, or null if it can't be shipped: rejects then have fewer line numbers. */
function placesFor({ inputPlaces = null }: Pick<StreamingJob, 'inputPlaces'>): string | null {
  return inputPlaces !== null && canBeShipped(inputPlaces) ? inputPlaces : null;
}

/**
 * Whether a path has no characters that Hadoop takes for something else in `-files`: it splits at commas, and decodes a path
 * twice (GenericOptionsParser, JobResourceUploader; 3.3.5).
 */
export function canBeShipped(path: string): boolean {
  return /^[A-Za-z0-9._/=@-]+$/.test(path);
}

/** A path as the hadoop command takes it: with the address of its file system. */
export function uriOf({ fs }: Pick<StreamingSettings, 'fs'>, path: string): string {
  return `${fs.value ?? ''}${path}`;
}

/** The words that run a program by Node in a task. */
export function nodeCommand(
  { node, nodeMemory }: Pick<StreamingSettings, 'node' | 'nodeMemory'>,
  nodeArchivePath: string | null,
  program: string,
): string[] {
  const nodeMib = Math.round((nodeMemory.value ?? DEFAULT_NODE_BYTES) / MIB);
  const path = nodeArchivePath === null ? node.value : `${NODE_LINK}/bin/node`;
  return [path, `--max-old-space-size=${nodeMib}`, program];
}

/** The options that ship files to the tasks, each under the name `link`, and Node with them. */
export function shippedFiles(
  settings: Pick<StreamingSettings, 'fs'>,
  files: readonly { readonly path: string; readonly link: string }[],
  nodeArchivePath: string | null,
): string[] {
  const archive =
    nodeArchivePath === null
      ? []
      : ['-archives', `${encodeURI(uriOf(settings, nodeArchivePath))}#${NODE_LINK}`];
  const shipped = files.map(({ path, link }) => `${encodeURI(uriOf(settings, path))}#${link}`);
  return ['-files', shipped.join(','), ...archive];
}

/** Throws `usage` for a reserved property. Pure. */
export function refuseReservedProperties(properties: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(properties)) {
    if (!RESERVED.has(name)) continue;
    throw new Failure('usage', {
      problem: `hadoop-elt sets this property itself: ${name}; remove it from -D or properties`,
    });
  }
}

/** The properties of a job without reducers, by what the job and the cluster file say. */
export function ownProperties(
  job: Pick<
    StreamingJob,
    | 'runId'
    | 'emit'
    | 'jobName'
    | 'inputs'
    | 'inputPlaces'
    | 'hasSecrets'
    | 'isPrivate'
    | 'wholeFiles'
    | 'splitSize'
    | 'compression'
  >,
  settings: StreamingSettings,
): Record<string, string> {
  const { queue, tags, taskMemory, attempts } = settings;
  return {
    'mapreduce.job.name': job.emit === 'records' ? job.jobName : `${job.jobName} ${job.emit}`,
    ...(queue.value === null ? {} : { 'mapreduce.job.queuename': queue.value }),
    'mapreduce.job.tags': [tagOfJob(job), ...tags.value].join(','),
    'mapreduce.job.reduces': '0',
    // The mapper's line is the whole record. Without this setting, streaming appends a tab to it.
    'stream.map.output': 'keyonlytext',
    'stream.jobconf.truncate.limit': MAX_VARIABLE_CHARS,
    [FIRST_INPUT_PROPERTY]: `${settings.fs.value ?? ''}${job.inputs[0]?.path ?? ''}`,
    ...(placesFor(job) === null ? {} : { [INPUT_PLACES_PROPERTY]: PLACES_LINK }),
    ...(job.inputs.some(({ sections }) => sections !== undefined) ? { [COMBINED_PROPERTY]: '1' } : {}),
    ...(job.hasSecrets === true ? { [SECRETS_PROPERTY]: SECRETS_LINK } : {}),
    ...(job.isPrivate === true ? { 'fs.permissions.umask-mode': '077' } : {}),
    ...splitProperties(job),
    // A mapper is slow because of its data: a speculative attempt would be as slow and occupy a container.
    'mapreduce.map.speculative': 'false',
    ...(attempts.value === null ? {} : { 'mapreduce.map.maxattempts': String(attempts.value) }),
    ...(taskMemory.value === null
      ? {}
      : { 'mapreduce.map.memory.mb': String(Math.ceil(taskMemory.value / MIB)) }),
    'mapreduce.fileoutputcommitter.marksuccessfuljobs': 'true',
    // How often the command asks for the job's end: by default each second.
    'mapreduce.client.progressmonitor.pollinterval': '200',
    ...(job.compression === 'gzip'
      ? {
          'mapreduce.output.fileoutputformat.compress': 'true',
          'mapreduce.output.fileoutputformat.compress.codec': 'org.apache.hadoop.io.compress.GzipCodec',
        }
      : { 'mapreduce.output.fileoutputformat.compress': 'false' }),
  };
}

/**
 * FileInputFormat (old API, Hadoop 3.3) uses a split size of max(minimum, min(total / maps, block)). With one map that
 * is the block size; a minimum raises it, more maps lower it. The setting applies to all files of a job: if one file
 * must not be split, none is.
 */
function splitProperties({
  wholeFiles,
  splitSize,
  inputs,
}: Pick<StreamingJob, 'wholeFiles' | 'splitSize' | 'inputs'>): Record<string, string> {
  const total = inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const maps = splitSize === null || wholeFiles ? 1 : Math.max(1, Math.ceil(total / splitSize));
  // Lines that are skipped are not told from records in a later split.
  const preamble = Math.max(1, ...inputs.map(({ maxPreambleBytes = 1 }) => maxPreambleBytes));
  const minimum = wholeFiles ? JAVA_MAX_LONG : String(Math.max(splitSize ?? 1, preamble));
  return {
    'mapreduce.job.maps': String(maps),
    'mapreduce.input.fileinputformat.split.minsize': minimum,
  };
}

/** `-input` takes globs; a comma outside braces separates them (FileInputFormat.getPathStrings, Globber; 3.3). */
export function escapeInputPath(path: string): string {
  return path.replaceAll(/[\\*?[\]{}^]/g, '\\$&').replaceAll(',', '{\\,}');
}
