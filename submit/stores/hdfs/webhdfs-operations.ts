import { hdfsChecksumOf } from '../../hadoop/checksum/hdfs-checksum.js';
import { isSameFile } from '../store.js';
import type { Datanodes } from './datanodes.js';
import type { Namenode, Operation } from './namenode.js';
import type { Transfer } from './transfer.js';
import { WebHdfsProblem } from './webhdfs-problem.js';
import { retrying, type WebHdfsRetryPolicy } from './webhdfs-retry.js';
import type { HdfsFileStatus } from './webhdfs-status.js';
import { entriesOf, statusOf } from './webhdfs-status.js';

/** What the WebHDFS operations share. Every operation throws `WebHdfsProblem`. */
export interface WebHdfsParts {
  readonly namenode: Namenode;
  readonly datanodes: Datanodes;
  readonly transfer: Transfer;
  readonly retry: WebHdfsRetryPolicy;
  /** Block size of new files: HDFS's checksum depends on it. */
  readonly blockSizeBytes: () => Promise<number>;
  readonly replication: number | undefined;
}

/** Bytes and files below a path. A quota is null if there is none. */
export interface ContentSummary {
  readonly files: number;
  readonly folders: number;
  readonly sizeBytes: number;
  /** Including all replicas. */
  readonly spaceBytes: number;
  /** Maximum number of files and folders. */
  readonly nameQuota: number | null;
  /** Maximum number of bytes, including all replicas. */
  readonly spaceQuotaBytes: number | null;
}

export async function findStatus(
  { namenode }: WebHdfsParts,
  path: string,
): Promise<HdfsFileStatus | undefined> {
  try {
    const answer = await namenode.ask({ method: 'GET', name: 'GETFILESTATUS', path });
    return statusOf(path, answer?.FileStatus);
  } catch (error) {
    // Looks at the exception, not the status: a server that is no namenode answers 404 as well.
    const { problem } = error as WebHdfsProblem;
    if (problem === 'not-found' || problem === 'not-a-directory') return undefined;
    throw error;
  }
}

/** Like `findStatus`, but throws `not-found` if nothing exists. */
export async function knownStatus(parts: WebHdfsParts, path: string): Promise<HdfsFileStatus> {
  const status = await findStatus(parts, path);
  if (status !== undefined) return status;
  throw new WebHdfsProblem('not-found', `${path} does not exist`);
}

export async function listFolder(parts: WebHdfsParts, path: string): Promise<readonly HdfsFileStatus[]> {
  // LISTSTATUS of a file would return the file itself.
  if ((await knownStatus(parts, path)).type === 'file') {
    throw new WebHdfsProblem('not-a-directory', 'it is a file');
  }
  return entriesOf(path, await parts.namenode.ask({ method: 'GET', name: 'LISTSTATUS', path }));
}

export async function makeFolder({ namenode }: WebHdfsParts, path: string): Promise<void> {
  const answer = await namenode.ask({ method: 'PUT', name: 'MKDIRS', path }).catch((error) => {
    if (!(error instanceof WebHdfsProblem) || error.problem !== 'exists') throw error;
    throw new WebHdfsProblem('not-a-directory', 'it is a file', { cause: error });
  });
  if (answer?.boolean !== true) throw new WebHdfsProblem('other', 'the namenode did not create it');
}

/** How often a rename is repeated after a lost answer. */
const LOST_ANSWERS = 3;

/** What is known about a file before its rename: at least one of the two. */
export interface KnownFile {
  readonly status?: HdfsFileStatus | undefined;
  /** As from `checksumOf`. */
  readonly checksum?: string | undefined;
}

/**
 * Renames atomically, by one edit in the namenode. `new` throws `exists` instead of overwriting or moving into a
 * folder; `replace` overwrites a file. `known`: what is known of `from`, to save a request.
 */
export async function rename(
  parts: WebHdfsParts,
  from: string,
  to: string,
  mode: 'new' | 'replace',
  known?: KnownFile,
): Promise<void> {
  const before = await factsOf(parts, known ?? { status: await knownStatus(parts, from) }, to);
  // Without renameoptions, the namenode refuses with 200 and `false`, and moves into existing folders (Hadoop 3.3).
  const parameters = { destination: to, renameoptions: mode === 'new' ? 'NONE' : 'OVERWRITE' };
  let lost = 0;
  let lastLost: WebHdfsProblem | undefined;
  for (;;) {
    try {
      const name = 'RENAME';
      await parts.namenode.ask({ method: 'PUT', name, path: from, parameters, repeatable: false });
      return;
    } catch (error) {
      if (!(error instanceof WebHdfsProblem)) throw error;
      if (error.mayBeDone) {
        lost += 1;
        lastLost = error;
      }
      // After a refusal nothing has changed, unless an earlier request with a lost answer succeeded.
      if (lastLost === undefined && (mode === 'replace' || error.problem !== 'other')) throw error;
      const there = await findStatus(parts, to);
      if (lastLost !== undefined && there !== undefined) {
        const outcome = await outcomeOf(parts, before, from, there);
        if (outcome === 'done') return;
        if (outcome === 'unknown') throw uncertain(lastLost, to);
      }
      // The namenode has other exceptions for a file over a folder, or a folder over a file.
      if (there !== undefined && mode === 'new') {
        throw new WebHdfsProblem('exists', `something is there already: ${to}`, { cause: error });
      }
      if (!error.mayBeDone || lost > LOST_ANSWERS) throw error;
    }
  }
}

function uncertain(lost: WebHdfsProblem, to: string): WebHdfsProblem {
  const message = `${lost.message}; it is unknown whether the rename was done: ${to} exists, but the server reports no file ids`;
  return new WebHdfsProblem(lost.problem, message, { mayBeDone: true, cause: lost });
}

interface FactsBefore extends KnownFile {
  /** Whether something existed at the new path; only checked for folders. */
  readonly wasTaken: boolean;
}

/** The facts that later show whether a rename was done. Asks for nothing more if the server reports file ids. */
async function factsOf(parts: WebHdfsParts, known: KnownFile, to: string): Promise<FactsBefore> {
  const { status } = known;
  if (status === undefined || status.identity !== null) return { ...known, wasTaken: false };
  if (status.type === 'directory') {
    return { status, wasTaken: (await findStatus(parts, to)) !== undefined };
  }
  return { status, checksum: known.checksum ?? (await checksumOrNone(parts, status.path)), wasTaken: false };
}

/**
 * Whether a rename with a lost answer was done. Without file ids, it was done if the old path is gone and the new path
 * has what a rename keeps: type, size, time, and for a file its checksum. A folder also needs a new path that was free
 * before. Of a file that was written right before, only its checksum is known.
 */
async function outcomeOf(
  parts: WebHdfsParts,
  { status, checksum, wasTaken }: FactsBefore,
  from: string,
  there: HdfsFileStatus,
): Promise<'done' | 'not-done' | 'unknown'> {
  if (typeof status?.identity === 'string' && there.identity !== null) {
    return isSameFile(status.identity, there.identity) ? 'done' : 'not-done';
  }
  if ((await findStatus(parts, from)) !== undefined) return 'not-done';
  if (status === undefined) {
    const sum = there.type === 'file' ? await checksumOrNone(parts, there.path) : null;
    if (sum === undefined) return 'unknown';
    return sum === checksum ? 'done' : 'not-done';
  }
  const { type, sizeBytes, modifiedMs } = status;
  // A rename keeps the modification time; only the parent folders get a new one.
  if (there.type !== type || there.sizeBytes !== sizeBytes || there.modifiedMs !== modifiedMs)
    return 'unknown';
  if (type === 'directory') return wasTaken ? 'unknown' : 'done';
  const isSame = checksum !== undefined && checksum === (await checksumOrNone(parts, there.path));
  return isSame ? 'done' : 'unknown';
}

async function checksumOrNone(parts: WebHdfsParts, path: string): Promise<string | undefined> {
  try {
    return await checksumOf(parts, path);
  } catch (error) {
    // Some gateways do not support the operation.
    if (error instanceof WebHdfsProblem) return undefined;
    throw error;
  }
}

export async function remove({ namenode }: WebHdfsParts, path: string): Promise<boolean> {
  const operation: Operation = { method: 'DELETE', name: 'DELETE', path, parameters: { recursive: true } };
  try {
    const answer = await namenode.ask({ ...operation, repeatable: false });
    return answer?.boolean === true;
  } catch (error) {
    if (!isLost(error)) throw error;
    // The request with the lost answer may have removed it.
    await namenode.ask(operation);
    return true;
  }
}

/** Removes a folder if it is empty. False if it has entries; true if it does not exist. */
export async function removeEmpty({ namenode }: WebHdfsParts, path: string): Promise<boolean> {
  try {
    await namenode.ask({ method: 'DELETE', name: 'DELETE', path, parameters: { recursive: false } });
    return true;
  } catch (error) {
    // FSDirDeleteOp of Hadoop 3.3.
    if (error instanceof WebHdfsProblem && error.exception === 'PathIsNotEmptyDirectoryException')
      return false;
    throw error;
  }
}

export function checksumOf(parts: WebHdfsParts, path: string): Promise<string> {
  return retrying(parts.retry, async () => {
    const chunks: Uint8Array[] = [];
    const location = await locate(parts, { method: 'GET', name: 'GETFILECHECKSUM', path });
    await atDatanode(parts, location, async (url) => {
      for await (const chunk of parts.transfer.receive(url)) chunks.push(chunk);
    });
    try {
      const answer = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      return hdfsChecksumOf(answer.FileChecksum);
    } catch (cause) {
      throw new WebHdfsProblem('other', 'the datanode answered without a checksum', { cause });
    }
  });
}

export async function summaryOf({ namenode }: WebHdfsParts, path: string): Promise<ContentSummary> {
  const answer = await namenode.ask({ method: 'GET', name: 'GETCONTENTSUMMARY', path });
  const summary = answer?.ContentSummary as Readonly<Record<string, number>> | undefined;
  if (summary === undefined) throw new WebHdfsProblem('other', 'the server answered without a summary');
  const quota = (value: number | undefined) => (value === undefined || value < 0 ? null : value);
  return {
    files: summary.fileCount ?? 0,
    folders: summary.directoryCount ?? 0,
    sizeBytes: summary.length ?? 0,
    spaceBytes: summary.spaceConsumed ?? 0,
    nameQuota: quota(summary.quota),
    spaceQuotaBytes: quota(summary.spaceQuota),
  };
}

export async function homeFolder({ namenode }: WebHdfsParts): Promise<string> {
  const answer = await namenode.ask({ method: 'GET', name: 'GETHOMEDIRECTORY', path: '/' });
  if (typeof answer?.Path === 'string') return answer.Path;
  throw new WebHdfsProblem('other', 'the server named no home folder');
}

export async function checkAccess({ namenode }: WebHdfsParts, path: string, access: string): Promise<void> {
  await namenode.ask({ method: 'GET', name: 'CHECKACCESS', path, parameters: { fsaction: access } });
}

/** dfs.blocksize, Hadoop 3.3. */
const HADOOP_BLOCK_BYTES = 128 * 1024 ** 2;

/** The chosen block size, or the server's default, requested once. */
export function blockSizeBy(namenode: Namenode, chosen: number | undefined): () => Promise<number> {
  let known = chosen;
  return async () => {
    known ??= await serverBlockSize(namenode);
    return known;
  };
}

async function serverBlockSize(namenode: Namenode): Promise<number> {
  try {
    const answer = await namenode.ask({ method: 'GET', name: 'GETSERVERDEFAULTS', path: '/' });
    const defaults = answer?.FsServerDefaults as { readonly blockSize?: unknown } | undefined;
    return typeof defaults?.blockSize === 'number' ? defaults.blockSize : HADOOP_BLOCK_BYTES;
  } catch (error) {
    // HttpFS and servers before Hadoop 2.10 do not support the operation.
    if (error instanceof WebHdfsProblem && error.problem === 'other') return HADOOP_BLOCK_BYTES;
    throw error;
  }
}

/** How often to ask the namenode for a datanode that is not suspect. */
const MAX_LOCATIONS = 6;

/** The datanode URL that the namenode redirects an operation to. Avoids suspect datanodes if it can. */
export async function locate({ namenode, datanodes }: WebHdfsParts, operation: Operation): Promise<URL> {
  for (let asked = 1; ; asked++) {
    // `excludedatanodes` needs transfer ports, which are unknown here (Hadoop 3.3). The choice is random: ask again.
    const location = await namenode.redirectionOf(operation);
    if (asked === MAX_LOCATIONS || !datanodes.isSuspect(location)) return location;
  }
}

/** Runs an action at a datanode; adds the datanode to its problems. */
export async function atDatanode<T>(
  { datanodes }: WebHdfsParts,
  location: URL,
  action: (url: URL) => Promise<T>,
): Promise<T> {
  try {
    return await action(datanodes.reachable(location));
  } catch (error) {
    throw error instanceof WebHdfsProblem ? datanodes.failed(location, error) : error;
  }
}

function isLost(error: unknown): boolean {
  return error instanceof WebHdfsProblem && error.mayBeDone;
}
