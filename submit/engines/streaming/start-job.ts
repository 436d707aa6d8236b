import { join } from 'node:path';
import { maskerOf, maskWords } from '../../config/secrets.js';
import { readText } from '../../stores/file-tree.js';
import { localFailure } from '../../stores/system-failure.js';
import type { JobRequest, JobTag, TellJob } from '../engine.js';
import { createLog, makeFolders } from '../machine-files.js';
import { quoteForShell } from '../programs.js';
import { tellSafely } from '../tell-safely.js';
import { type CommandLog, openCommandLog } from './command-log.js';
import type { HadoopCluster } from './hadoop-cluster.js';
import { type RunningCommand, startCommand } from './hadoop-command.js';
import { HadoopLog } from './hadoop-log.js';
import { grantPermit, takePermitQuietly } from './permit.js';

/** A job and the hadoop command that this process started for it. */
export interface AttachedJob {
  readonly command: RunningCommand;
  readonly log: HadoopLog;
  /** Replaces the listener for job news. */
  tellTo(tell: TellJob): void;
}

/** A job, and the words of the command that runs it. */
export interface CommandedJob extends Pick<JobRequest, 'logFolder'> {
  readonly words: readonly string[];
  readonly hasReducers?: boolean;
  /** The job whose permit the command names; without one it needs none. */
  readonly permit?: JobTag & Pick<JobRequest, 'secretsPath'>;
}

/** Path on this machine of the log of a job's hadoop command. */
export function logPathOf({ logFolder }: Pick<JobRequest, 'logFolder'>): string {
  return join(logFolder, 'hadoop.log');
}

/** Starts a job's command, after every step on this machine that may fail. */
export async function startJob(
  cluster: HadoopCluster,
  job: CommandedJob,
  tell: TellJob,
  signal: AbortSignal,
): Promise<AttachedJob> {
  const { files, programs } = cluster;
  const { words } = job;
  await makeFolders(files, job.logFolder);
  await writeCommand(cluster, join(job.logFolder, 'command.txt'), maskWords(words));
  await cluster.nodeArchive?.send(job.permit?.runId);
  signal.throwIfAborted();
  const log = new HadoopLog();
  let listener = tellSafely(tell);
  listener({ kind: 'progress', done: 0, total: 100, unit: '%' });
  const mask = maskerOf(cluster.settings.properties.value);
  const onLine = (text: string) => {
    const line = mask(text);
    const news = log.push(line);
    if (news?.kind === 'progress') {
      const { mapPercent, reducePercent } = news;
      const done = job.hasReducers === true ? Math.floor((mapPercent + reducePercent) / 2) : mapPercent;
      listener({ kind: 'progress', done, total: 100, unit: '%' });
    }
    if (news?.kind === 'tracking') {
      const { applicationId } = log.facts();
      listener({ kind: 'tracking', applicationId, trackingUrl: news.url });
    }
  };
  const commandLog = await openCommandLog(files, logPathOf(job));
  let command: RunningCommand;
  try {
    if (job.permit !== undefined)
      await grantPermit(cluster, job.permit, await secretsOf(cluster, job.permit));
    signal.throwIfAborted();
    command = startCommand(programs, words, cluster.commandEnv, masked(commandLog, mask), onLine);
  } catch (error) {
    await commandLog.close();
    if (job.permit !== undefined) await takePermitQuietly(cluster, job.permit);
    throw error;
  }
  return {
    command,
    log,
    tellTo(next) {
      listener = tellSafely(next);
    },
  };
}

async function secretsOf(
  { files }: HadoopCluster,
  { secretsPath }: Pick<JobRequest, 'secretsPath'>,
): Promise<string | null> {
  return secretsPath ? ((await readText(files, secretsPath)) ?? null) : null;
}

function masked(log: CommandLog, mask: (text: string) => string): CommandLog {
  return { write: (line) => log.write(mask(line)), close: () => log.close() };
}

async function writeCommand({ files }: HadoopCluster, path: string, words: readonly string[]): Promise<void> {
  const file = await createLog(files, path);
  try {
    await file.write(Buffer.from(`${quoteForShell(words)}\n`));
  } catch (error) {
    throw localFailure('write', path, error);
  } finally {
    await file.close().catch(() => undefined);
  }
}
