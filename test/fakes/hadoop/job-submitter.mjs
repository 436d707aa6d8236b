import { setTimeout as sleep } from 'node:timers/promises';
import { filesOf, LaunchError, pathsIn } from '../yarn/input-paths.mjs';
import { JobConf } from '../yarn/job-conf.mjs';
import { splitsOf } from '../yarn/splits.mjs';
import { log } from './log.mjs';
import { checkNames } from './resources.mjs';

const LOGGER = 'mapreduce.JobSubmitter';

/** Checks a job and submits it to YARN, like JobSubmitter (3.3.5). Throws LaunchError, UncaughtException. */
export async function submitJob(job) {
  const { options, paths, hdfs, staging } = job;
  const output = paths.pathOf(options['-output']);
  if ((await hdfs.status(output)) !== undefined) {
    throw new LaunchError(`Output directory ${paths.qualify(output)} already exists`);
  }
  log('INFO', 'mapreduce.JobResourceUploader', `Disabling Erasure Coding for path: ${staging}`);
  try {
    await submitWithStaging(job, output);
  } catch (error) {
    log('INFO', LOGGER, `Cleaning up the staging area ${staging}`);
    await hdfs.remove(staging);
    throw error;
  }
}

async function submitWithStaging(
  { properties, options, resources, paths, hdfs, rpc, applicationId, jobId, fault },
  output,
) {
  const qualify = (path) => paths.qualify(path);
  checkNames(resources);
  const inputs = options['-input'].flatMap(pathsIn).map((name) => paths.pathOf(name));
  const conf = new JobConf({
    ...properties,
    'mapreduce.input.fileinputformat.inputdir': inputs.map(qualify).join(','),
    'mapreduce.output.fileoutputformat.outputdir': qualify(output),
    'stream.map.streamprocessor': encodeAsForm(options['-mapper'] ?? 'cat'),
    'stream.addenvironment': options['-cmdenv'].join(' '),
    ...(options['-numReduceTasks'] && { 'mapreduce.job.reduces': options['-numReduceTasks'] }),
    ...(options['-reducer'] === 'NONE' && { 'mapreduce.job.reduces': '0' }),
  });
  if (conf.number('mapreduce.job.reduces') !== 0) {
    if (options['-reducer'] === undefined) throw new Error('this fake has no identity reducer');
    conf.set('stream.reduce.streamprocessor', encodeAsForm(options['-reducer']));
  }
  const isRecursive = conf.flag('mapreduce.input.fileinputformat.input.dir.recursive');
  const files = await filesOf(hdfs, inputs, qualify, isRecursive);
  log('INFO', 'mapred.FileInputFormat', `Total input files to process : ${files.length}`);
  const splits = splitsOf(
    files.map((file) => ({ ...file, uri: qualify(file.path) })),
    {
      maps: conf.number('mapreduce.job.maps'),
      minimumBytes: conf.number('mapreduce.input.fileinputformat.split.minsize'),
    },
  );
  log('INFO', LOGGER, `number of splits:${splits.length}`);
  conf.set('mapreduce.job.maps', splits.length);
  log('INFO', LOGGER, `Submitting tokens for job: ${jobId}`);
  // All checks are done: only the resourcemanager is still to hear of the job.
  if (fault?.do === 'late') await sleep(fault.ms);
  const { refused } = await rpc.submit({
    id: applicationId,
    user: paths.user,
    properties: Object.fromEntries(conf.entries()),
    splits,
    resources,
  });
  if (refused === null) return;
  const said = `Failed to submit ${applicationId} to YARN : ${refused}`;
  throw new LaunchError(`org.apache.hadoop.yarn.exceptions.YarnException: ${said}`);
}

/** Encodes like Java's URLEncoder. */
function encodeAsForm(text) {
  const hex = (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text)
    .replaceAll(/[!'()~]/g, hex)
    .replaceAll('%20', '+');
}
