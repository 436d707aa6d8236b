import { randomUUID } from 'node:crypto';
import { poll } from '../../hadoop/poll.js';
import type { Bytes } from '../store.js';
import { type ByteFacts, type ByteSums, createByteSums } from './hdfs-checksum.js';
import {
  atDatanode,
  checksumOf,
  findStatus,
  knownStatus,
  locate,
  remove,
  rename,
  type WebHdfsParts,
} from './webhdfs-operations.js';
import { WebHdfsProblem } from './webhdfs-problem.js';
import { readFile } from './webhdfs-read.js';
import { retrying } from './webhdfs-retry.js';
import type { HdfsFileStatus } from './webhdfs-status.js';

/** Bytes to write, or a function that opens them from their start, as often as it is called. */
export type ByteSource = Bytes | (() => Bytes);

/** A file that has arrived whole, under a temporary name. One of the two functions has to be called. */
export interface StagedFile extends ByteFacts {
  /** Its status; path and name are still the temporary ones. */
  readonly status: HdfsFileStatus;
  /** Gives it its name: `new` where there must be nothing (`exists`), `replace` in the place of a file. */
  commit(mode: 'new' | 'replace'): Promise<void>;
  discard(): Promise<void>;
}

/** Hidden from Hadoop's jobs (FileInputFormat), and short: names are limited to 255 bytes in HDFS. */
function temporaryName(): string {
  return `.hadoop-elt-${randomUUID()}.tmp`;
}

/** Writes a file beside `path` and checks that HDFS holds what was sent. Throws `WebHdfsProblem`. */
export async function stageFile(
  parts: WebHdfsParts,
  path: string,
  source: ByteSource,
  signal?: AbortSignal,
): Promise<StagedFile> {
  let isTaken = false;
  const open = async function* (): AsyncGenerator<Uint8Array> {
    isTaken = true;
    yield* typeof source === 'function' ? source() : source;
  };
  return retrying(
    parts.retry,
    () => stageOnce(parts, path, open(), signal),
    () => signal?.aborted !== true && (!isTaken || typeof source === 'function'),
  );
}

async function stageOnce(
  parts: WebHdfsParts,
  path: string,
  bytes: Bytes,
  signal: AbortSignal | undefined,
): Promise<StagedFile> {
  const temporary = path.slice(0, path.lastIndexOf('/') + 1) + temporaryName();
  signal?.throwIfAborted();
  const blocksize = await parts.blockSizeBytes();
  const { replication } = parts;
  const location = await locate(parts, {
    method: 'PUT',
    name: 'CREATE',
    path: temporary,
    parameters: {
      overwrite: false,
      createparent: false,
      blocksize,
      ...(replication === undefined ? {} : { replication }),
    },
  });
  const sums = await createByteSums(blocksize);
  const discard = async () => {
    await remove(parts, temporary);
  };
  let isSent = false;
  try {
    const body = summing(bytes, sums, () => {
      isSent = true;
    });
    const untilTaken = () => untilThere(parts, temporary);
    await atDatanode(parts, location, (url) => parts.transfer.send(url, body, untilTaken, signal));
    const facts = sums.end();
    const status = await knownStatus(parts, temporary);
    const checksum = await checkArrival(parts, status, facts);
    signal?.throwIfAborted();
    const commit = async (mode: 'new' | 'replace') => {
      try {
        await rename(parts, temporary, path, mode, { status, checksum });
      } catch (error) {
        await discardQuietly(discard);
        throw error;
      }
    };
    return { ...facts, status, commit, discard };
  } catch (error) {
    const wasAnswered = error instanceof WebHdfsProblem && !error.mayBeDone;
    const mayCome = isSent && !wasAnswered;
    await discardQuietly(mayCome ? () => removeComing(parts, temporary) : discard);
    throw error;
  }
}

const LOOK_EVERY_MS = 20;
const LOOKS = 100;

/**
 * Waits until the namenode knows the file: then the datanode has created it, and will read its bytes. Its "100 Continue"
 * says nothing of that, since it comes before any refusal (3.3.5).
 */
async function untilThere(parts: WebHdfsParts, path: string): Promise<void> {
  // What can't be learned must not keep the bytes back for ever.
  await poll(() => findStatus(parts, path).catch(() => null), { everyMs: LOOK_EVERY_MS, tries: LOOKS });
}

async function* summing(bytes: Bytes, sums: ByteSums, onStart: () => void): AsyncGenerator<Uint8Array> {
  onStart();
  for await (const chunk of bytes) {
    sums.push(chunk);
    yield chunk;
  }
}

/**
 * A datanode that loses the connection closes the file as it is, and HDFS keeps it as a whole one (Hadoop 3.3). Returns
 * HDFS's own checksum where it was asked for.
 */
async function checkArrival(
  parts: WebHdfsParts,
  status: HdfsFileStatus,
  facts: ByteFacts,
): Promise<string | undefined> {
  if (status.sizeBytes !== facts.sizeBytes) {
    throw corrupt(`${status.sizeBytes} bytes have arrived of ${facts.sizeBytes}`);
  }
  const there = status.isTransformed ? undefined : await checksumOf(parts, status.path);
  if (there === facts.hdfsChecksum) return there;
  if (there !== undefined) {
    if (algorithmOf(there) === algorithmOf(facts.hdfsChecksum)) {
      throw corrupt(`HDFS has the checksum ${there}, sent was ${facts.hdfsChecksum}`);
    }
  }
  // A cluster that sums up otherwise (CRC32, encryption, erasure coding): then the bytes themselves have to tell.
  const sums = await createByteSums(status.blockSizeBytes);
  for await (const chunk of readFile(parts, status.path, {})) sums.push(chunk);
  if (sums.end().sha256 !== facts.sha256) throw corrupt('HDFS gives back other bytes than were sent');
  return there;
}

function corrupt(message: string): WebHdfsProblem {
  return new WebHdfsProblem('corrupt', message, { isTransient: true });
}

function algorithmOf(checksum: string): string {
  return checksum.slice(0, checksum.indexOf(':'));
}

/** A busy datanode may take 2 s from a request to the file's creation. */
const CREATION_PAUSE_MS = 250;
const CREATION_TRIES = 8;

/** Removes a temporary file whose creation may still be under way. */
async function removeComing(parts: WebHdfsParts, path: string): Promise<void> {
  const removeIfThere = async () => ((await remove(parts, path)) ? true : undefined);
  await poll(removeIfThere, { everyMs: CREATION_PAUSE_MS, tries: CREATION_TRIES });
}

/** The failure that made it necessary is the one to tell. */
async function discardQuietly(discard: () => Promise<void>): Promise<void> {
  await discard().catch((error) => {
    if (!(error instanceof WebHdfsProblem)) throw error;
  });
}
