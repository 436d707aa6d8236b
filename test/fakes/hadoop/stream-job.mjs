import { setTimeout as sleep } from 'node:timers/promises';
import { createHdfsClient } from '../yarn/hdfs-client.mjs';
import { LaunchError } from '../yarn/input-paths.mjs';
import { submitJob } from './job-submitter.mjs';
import { log } from './log.mjs';
import { monitorJob } from './monitor.mjs';
import { genericOptions, streamingOptions, UsageError } from './options.mjs';
import { Paths } from './paths.mjs';
import { findResources, UncaughtException } from './resources.mjs';
import { createRpc } from './rpc.mjs';
import { STREAMING_OPTIONS } from './usage.mjs';

/** StreamJob's exit codes (3.3.5). */
const EXIT = { done: 0, failed: 1, io: 5 };

/** One second in Hadoop. */
const RETRY_MS = 200;

/** Runs a streaming job; returns the exit code. @param {{ yarn: string, hdfs: string, user: string }} cluster */
export async function runStreaming(words, cluster) {
  const rpc = createRpc(cluster.yarn);
  const begun = await begin(rpc, cluster.user);
  if (begun.replay !== undefined) return replay(begun.replay);
  await goWrong(begun.fault);
  const { fs } = await rpc.cluster();
  const job = {
    ...genericOptions(words),
    rpc,
    hdfs: createHdfsClient(cluster.hdfs),
    paths: new Paths({ fs, user: cluster.user }),
    applicationId: begun.id,
    fault: begun.fault,
    jobId: begun.id.replace('application', 'job'),
  };
  job.staging = `/tmp/hadoop-yarn/staging/${cluster.user}/.staging/${job.jobId}`;
  try {
    job.resources = await findResources(job, job.paths, job.hdfs, job.staging);
    job.options = streamingOptions(job.rest);
  } catch (error) {
    return refuse(error);
  }
  return launch(job);
}

async function begin(rpc, user) {
  for (let tries = 0; ; tries += 1) {
    const answer = await rpc.beginSubmission(user);
    if (!answer.isDown) return answer;
    log(
      'INFO',
      'ipc.Client',
      `Retrying connect to server: resourcemanager/127.0.0.1:8032. Already tried ${tries} time(s); retry policy is RetryUpToMaximumCountWithFixedSleep(maxRetries=10, sleepTime=1000 MILLISECONDS)`,
    );
    await sleep(RETRY_MS);
  }
}

function replay({ lines, exitCode }) {
  for (const line of lines) process.stderr.write(`${line}\n`);
  return exitCode;
}

async function goWrong(fault) {
  if (fault?.do === 'slow') await sleep(fault.ms);
  if (fault?.do === 'hang') await sleep(2 ** 30);
  if (fault?.do === 'die') process.kill(process.pid, 'SIGKILL');
}

function refuse(error) {
  if (error instanceof UncaughtException) {
    process.stderr.write(`Exception in thread "main" ${error.message}\n`);
    return EXIT.failed;
  }
  if (!(error instanceof UsageError)) throw error;
  if (error.showsUsage) {
    log('ERROR', 'streaming.StreamJob', error.message);
    process.stdout.write(STREAMING_OPTIONS);
  } else process.stderr.write(`${error.message}\n`);
  process.stderr.write('Try -help for more information\nStreaming Command Failed!\n');
  return EXIT.failed;
}

async function launch(job) {
  const { options, applicationId, jobId } = job;
  process.stdout.write(`packageJobJar: [/tmp/hadoop-unjar1/] [] /tmp/streamjob1.jar tmpDir=null\n`);
  for (let times = 0; times < 2; times += 1) {
    log(
      'INFO',
      'client.DefaultNoHARMFailoverProxyProvider',
      'Connecting to ResourceManager at resourcemanager/127.0.0.1:8032',
    );
  }
  try {
    await submitJob(job);
  } catch (error) {
    if (!(error instanceof LaunchError)) return refuse(error);
    log('ERROR', 'streaming.StreamJob', `Error Launching job : ${error.message}`);
    process.stderr.write('Streaming Command Failed!\n');
    return EXIT.io;
  }
  log('INFO', 'impl.YarnClientImpl', `Submitted application ${applicationId}`);
  const url = `http://resourcemanager:8088/proxy/${applicationId}/`;
  log('INFO', 'mapreduce.Job', `The url to track the job: ${url}`);
  log('INFO', 'mapreduce.Job', `Running job: ${jobId}`);
  if (await monitorJob(job)) {
    log('INFO', 'streaming.StreamJob', `Output directory: ${options['-output']}`);
    return EXIT.done;
  }
  log('ERROR', 'streaming.StreamJob', 'Job not successful!');
  process.stderr.write('Streaming Command Failed!\n');
  return EXIT.failed;
}
