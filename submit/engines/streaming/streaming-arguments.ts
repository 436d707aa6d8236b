import { Failure } from '../../errors.js';
import type { ClusterSettings } from '../../hadoop/cluster/cluster-settings.js';

/** A streaming job with all paths decided; paths are absolute in the cluster's file system. */
export interface StreamingJob {
  readonly runId: string;
  readonly jobName: string;
  readonly inputs: readonly { readonly path: string; readonly sizeBytes: number }[];
  /** True where a record may span lines: then no file is split. */
  readonly wholeFiles: boolean;
  /** Bytes of input for a task; null: a block. */
  readonly splitSize: number | null;
  readonly mapperPath: string;
  /** Archive with `bin/node` in it, or null: the nodes have Node. */
  readonly nodeArchivePath: string | null;
  readonly emit: 'records' | 'rejects';
  readonly outputPath: string;
  readonly compression: 'none' | 'gzip';
}

/** The settings of a cluster that decide the arguments. */
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
const JAVA_MAX_LONG = '9223372036854775807';
const MIB = 1024 ** 2;
/** Room for records of 64 MiB; with Java beside it, it fits into a task of 1 GiB, Hadoop's default. */
const DEFAULT_NODE_BYTES = 384 * MIB;
/** Environment variables longer than this are cut: Linux takes 128 KiB for one, and the inputs are one. */
const MAX_VARIABLE_CHARS = '20000';

/** What the proof of a run stands on, so that no `-D` may change it. */
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
]);

/** The tag by which a run is found in YARN, which keeps tags in lower case. */
export function tagOfRun(runId: string): string {
  return `hadoop-elt-${runId.toLowerCase()}`;
}

/** The tag of one job of a run: that of the run for its records, another one for its rejects. */
export function tagOfJob({ runId, emit }: Pick<StreamingJob, 'runId' | 'emit'>): string {
  return emit === 'records' ? tagOfRun(runId) : `${tagOfRun(runId)}-rejects`;
}

/**
 * A job → the words that follow the hadoop command: `jar`, the streaming jar, generic options first (the command
 * fails otherwise), then streaming's own. Throws `usage` for a property that the proof of a run stands on. Pure.
 */
export function streamingArguments(
  job: StreamingJob,
  settings: StreamingSettings,
  streamingJar: string,
): string[] {
  refuseReservedProperties(settings.properties.value);
  const uri = (path: string) => `${settings.fs.value ?? ''}${path}`;
  const properties = { ...ownProperties(job, settings), ...settings.properties.value };
  const nodeMib = Math.round((settings.nodeMemory.value ?? DEFAULT_NODE_BYTES) / MIB);
  const node = job.nodeArchivePath === null ? settings.node.value : `${NODE_LINK}/bin/node`;
  const mapper = [node, `--max-old-space-size=${nodeMib}`, MAPPER_LINK];
  if (job.emit === 'rejects') mapper.push('--emit', 'rejects');
  return [
    'jar',
    streamingJar,
    ...Object.entries(properties).flatMap(([name, value]) => ['-D', `${name}=${value}`]),
    '-files',
    `${encodeURI(uri(job.mapperPath))}#${MAPPER_LINK}`,
    ...(job.nodeArchivePath === null
      ? []
      : ['-archives', `${encodeURI(uri(job.nodeArchivePath))}#${NODE_LINK}`]),
    '-mapper',
    mapper.join(' '),
    ...job.inputs.flatMap(({ path }) => ['-input', escapeInputPath(uri(path))]),
    '-output',
    uri(job.outputPath),
  ];
}

/** Throws `usage` for a property that the proof of a run stands on. Pure. */
export function refuseReservedProperties(properties: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(properties)) {
    if (!RESERVED.has(name)) continue;
    throw new Failure('usage', {
      problem: `The property ${name} is hadoop-elt's own to set: counts and order of a run stand on it`,
    });
  }
}

function ownProperties(job: StreamingJob, settings: StreamingSettings): Record<string, string> {
  const { queue, tags, taskMemory, attempts } = settings;
  return {
    'mapreduce.job.name': job.emit === 'records' ? job.jobName : `${job.jobName} rejects`,
    ...(queue.value === null ? {} : { 'mapreduce.job.queuename': queue.value }),
    'mapreduce.job.tags': [tagOfJob(job), ...tags.value].join(','),
    'mapreduce.job.reduces': '0',
    // The mapper's line is the whole record: without this a tab is added to its end.
    'stream.map.output': 'keyonlytext',
    'stream.jobconf.truncate.limit': MAX_VARIABLE_CHARS,
    ...splitProperties(job),
    // A second copy of a task that is slow for its data alone only takes a slot from the others.
    'mapreduce.map.speculative': 'false',
    ...(attempts.value === null ? {} : { 'mapreduce.map.maxattempts': String(attempts.value) }),
    ...(taskMemory.value === null
      ? {}
      : { 'mapreduce.map.memory.mb': String(Math.ceil(taskMemory.value / MIB)) }),
    'mapreduce.fileoutputcommitter.marksuccessfuljobs': 'true',
    ...(job.compression === 'gzip'
      ? {
          'mapreduce.output.fileoutputformat.compress': 'true',
          'mapreduce.output.fileoutputformat.compress.codec': 'org.apache.hadoop.io.compress.GzipCodec',
        }
      : { 'mapreduce.output.fileoutputformat.compress': 'false' }),
  };
}

/**
 * FileInputFormat (old API, Hadoop 3.3) cuts files by max(minimum, min(total / maps, block)). One map makes that the
 * block; a minimum makes it bigger, more maps make it smaller. One setting holds for all files of a job, so where one
 * file must stay whole, all do.
 */
function splitProperties({ wholeFiles, splitSize, inputs }: StreamingJob): Record<string, string> {
  const total = inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const maps = splitSize === null || wholeFiles ? 1 : Math.max(1, Math.ceil(total / splitSize));
  const minimum = wholeFiles ? JAVA_MAX_LONG : splitSize === null ? '1' : String(splitSize);
  return {
    'mapreduce.job.maps': String(maps),
    'mapreduce.input.fileinputformat.split.minsize': minimum,
  };
}

/** Inputs are globs, and a comma ends one unless it is in braces (FileInputFormat.getPathStrings, Globber; 3.3). */
export function escapeInputPath(path: string): string {
  return path.replaceAll(/[\\*?[\]{}^]/g, '\\$&').replaceAll(',', '{\\,}');
}
