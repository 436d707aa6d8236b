import { isSameFile } from '../store.js';
import type { Datanodes } from './datanodes.js';
import { hdfsChecksumOf } from './hdfs-checksum.js';
import type { Namenode, Operation } from './namenode.js';
import type { Transfer } from './transfer.js';
import { WebHdfsProblem } from './webhdfs-problem.js';
import { retrying, type WebHdfsRetryPolicy } from './webhdfs-retry.js';
import type { HdfsFileStatus } from './webhdfs-status.js';
import { entriesOf, statusOf } from './webhdfs-status.js';

/** What the parts of the WebHDFS store share. Everything here throws `WebHdfsProblem`. */
export interface WebHdfsParts {
  readonly namenode: Namenode;
  readonly datanodes: Datanodes;
  readonly transfer: Transfer;
  readonly retry: WebHdfsRetryPolicy;
  /** Of the files that are written: it has to be known, for their checksum depends on it. */
  readonly blockSizeBytes: () => Promise<number>;
  readonly replication: number | undefined;
}

/** Bytes and files below a path. A quota is null where there is none. */
export interface ContentSummary {
  readonly files: number;
  readonly folders: number;
  readonly sizeBytes: number;
  /** With all replicas. */
  readonly spaceBytes: number;
  /** Files and folders that are allowed. */
  readonly nameQuota: number | null;
  /** Bytes that are allowed, all replicas counted. */
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
    // By the exception and not by the status: 404 is also what a server says that is no namenode.
    const { problem } = error as WebHdfsProblem;
    if (problem === 'not-found' || problem === 'not-a-directory') return undefined;
    throw error;
  }
}

/** Like `findStatus`, but `not-found` where there is nothing. */
export async function knownStatus(parts: WebHdfsParts, path: string): Promise<HdfsFileStatus> {
  const status = await findStatus(parts, path);
  if (status !== undefined) return status;
  throw new WebHdfsProblem('not-found', `${path} does not exist`);
}

export async function listFolder(parts: WebHdfsParts, path: string): Promise<readonly HdfsFileStatus[]> {
  // LISTSTATUS of a file answers with the file.
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
  if (answer?.boolean !== true) throw new WebHdfsProblem('other', 'the namenode did not make it');
}

/** How often a change is tried whose answer got lost. */
const LOST_ANSWERS = 3;

/** What is known of a file or folder that is to be renamed. */
export interface KnownFile {
  readonly status: HdfsFileStatus;
  /** As by `checksumOf`. */
  readonly checksum?: string | undefined;
}

/**
 * One edit in the namenode, so nobody sees half of it. With `new` nothing is written over and nothing is moved into
 * a folder that is there; `replace` puts a file in the place of a file. `known` is what is at `from`, if at hand.
 */
export async function rename(
  parts: WebHdfsParts,
  from: string,
  to: string,
  mode: 'new' | 'replace',
  known?: KnownFile,
): Promise<void> {
  const before = await factsOf(parts, known ?? { status: await knownStatus(parts, from) }, to);
  // Without options the namenode answers 200 and false where it refuses, and moves into folders (Hadoop 3.3).
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
      // A refusal says that nothing was done, except by an earlier request whose answer got lost.
      if (lastLost === undefined && (mode === 'replace' || error.problem !== 'other')) throw error;
      const there = await findStatus(parts, to);
      if (lastLost !== undefined && there !== undefined) {
        const outcome = await outcomeOf(parts, before, from, there);
        if (outcome === 'done') return;
        if (outcome === 'unknown') throw uncertain(lastLost, to);
      }
      // A file that should become a folder, or a folder a file, is refused in other words.
      if (there !== undefined && mode === 'new') {
        throw new WebHdfsProblem('exists', `something is there already: ${to}`, { cause: error });
      }
      if (!error.mayBeDone || lost > LOST_ANSWERS) throw error;
    }
  }
}

function uncertain(lost: WebHdfsProblem, to: string): WebHdfsProblem {
  const message = `${lost.message}; whether the rename was done is not known: there is a ${to}, but the server tells no file ids`;
  return new WebHdfsProblem(lost.problem, message, { mayBeDone: true, cause: lost });
}

interface FactsBefore extends KnownFile {
  /** Whether something was at the new name: asked for folders alone. */
  readonly wasTaken: boolean;
}

/** What can tell later whether a rename was done. Nothing more is asked for where the server numbers its files. */
async function factsOf(parts: WebHdfsParts, known: KnownFile, to: string): Promise<FactsBefore> {
  const { status } = known;
  if (status.identity !== null) return { ...known, wasTaken: false };
  if (status.type === 'directory') {
    return { status, wasTaken: (await findStatus(parts, to)) !== undefined };
  }
  return { status, checksum: known.checksum ?? (await checksumOrNone(parts, status.path)), wasTaken: false };
}

/**
 * Whether a rename whose answer got lost was done, as far as what is at the new name tells. Without numbers of files
 * it was done when nothing has the old name any more and what has the new one is the same by all that a rename keeps:
 * a file by its bytes, a folder where there was nothing before.
 */
async function outcomeOf(
  parts: WebHdfsParts,
  { status, checksum, wasTaken }: FactsBefore,
  from: string,
  there: HdfsFileStatus,
): Promise<'done' | 'not-done' | 'unknown'> {
  if (status.identity !== null && there.identity !== null) {
    return isSameFile(status.identity, there.identity) ? 'done' : 'not-done';
  }
  if ((await findStatus(parts, from)) !== undefined) return 'not-done';
  const { type, sizeBytes, modifiedMs } = status;
  // HDFS keeps the time of what is renamed; it changes those of the folders above.
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
    // Not every gateway has the operation; then there is one proof less.
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
    // The first request may have removed it.
    await namenode.ask(operation);
    return true;
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

/** The block size that was chosen, or the server's own, asked for once. */
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
    // Servers before Hadoop 2.10 and HttpFS do not know the question.
    if (error instanceof WebHdfsProblem && error.problem === 'other') return HADOOP_BLOCK_BYTES;
    throw error;
  }
}

/** How often the namenode is asked for another datanode than one that can't be reached. */
const MAX_LOCATIONS = 6;

/** The datanode to go on at, as the namenode names it. */
export async function locate({ namenode, datanodes }: WebHdfsParts, operation: Operation): Promise<URL> {
  for (let asked = 1; ; asked++) {
    // The parameter excludedatanodes wants transfer ports, which nobody tells (Hadoop 3.3); the choice is random.
    const location = await namenode.redirectionOf(operation);
    if (asked === MAX_LOCATIONS || !datanodes.isSuspect(location)) return location;
  }
}

/** Does something at a datanode; its problems then name it. */
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
