import { type ByteFacts, ByteSums } from '../../hadoop/checksum/hdfs-checksum.js';
import { poll } from '../../hadoop/poll.js';
import { type Bytes, temporaryName } from '../store.js';
import {
  atDatanode,
  checksumOf,
  findStatus,
  type KnownFile,
  knownStatus,
  locate,
  remove,
  rename,
  type WebHdfsParts,
} from './webhdfs-operations.js';
import { WebHdfsProblem } from './webhdfs-problem.js';
import { readFile } from './webhdfs-read.js';
import { retrying } from './webhdfs-retry.js';

/** Bytes to write, or a function that opens them from the start and may be called several times. */
export type ByteSource = Bytes | (() => Bytes);

/** A complete file under a temporary name. The caller must call `commit` or `discard`. */
export interface StagedFile extends ByteFacts {
  /** See `FileStatus.identity`. One request, unless it is known. */
  identify(): Promise<string | null>;
  /** Renames it to its path: `new` throws `exists` if the path is taken, `replace` overwrites a file. */
  commit(mode: 'new' | 'replace'): Promise<void>;
  discard(): Promise<void>;
}

export interface StageOptions {
  /** This and the next two: see `Store.write`. */
  readonly signal?: AbortSignal | undefined;
  readonly owner?: string | undefined;
  readonly mode?: number | undefined;
  /** Size and checksums of the bytes, taken before, for this block size; undefined: they are taken while sending. */
  readonly known?: ((blockSizeBytes: number) => Promise<ByteFacts> | undefined) | undefined;
}

/** Writes a temporary file beside `path` and checks that HDFS has the bytes that were sent. Throws `WebHdfsProblem`. */
export async function stageFile(
  parts: WebHdfsParts,
  path: string,
  source: ByteSource,
  how: StageOptions = {},
): Promise<StagedFile> {
  let isTaken = false;
  const open = async function* (): AsyncGenerator<Uint8Array> {
    isTaken = true;
    yield* typeof source === 'function' ? source() : source;
  };
  let { known } = how;
  const stage = async (): Promise<StagedFile> => {
    try {
      return await stageOnce(parts, path, open(), { ...how, known });
    } catch (error) {
      const isCorrupt = error instanceof WebHdfsProblem && error.problem === 'corrupt';
      if (known === undefined || !isCorrupt || typeof source !== 'function') throw error;
      // What is sent now tells whether bytes have changed on their way, or before it.
      known = undefined;
      return stageOnce(parts, path, open(), { ...how, known });
    }
  };
  return retrying(
    parts.retry,
    stage,
    () => how.signal?.aborted !== true && (!isTaken || typeof source === 'function'),
  );
}

async function stageOnce(
  parts: WebHdfsParts,
  path: string,
  bytes: Bytes,
  { signal, owner, mode, known }: StageOptions,
): Promise<StagedFile> {
  const temporary = path.slice(0, path.lastIndexOf('/') + 1) + temporaryName(owner);
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
      ...(mode === undefined ? {} : { permission: mode.toString(8) }),
    },
  });
  const knownFacts = known?.(blocksize);
  // It is awaited when the bytes are sent.
  knownFacts?.catch(() => undefined);
  const sums = new ByteSums(blocksize);
  const add = knownFacts === undefined ? (chunk: Uint8Array) => sums.push(chunk) : () => undefined;
  const discard = async () => {
    await remove(parts, temporary);
  };
  let isSent = false;
  try {
    const body = passing(bytes, add, () => {
      isSent = true;
    });
    const untilTaken = () => untilThere(parts, temporary);
    await atDatanode(parts, location, (url) => parts.transfer.send(url, body, untilTaken, signal));
    const facts = await (knownFacts ?? sums.end());
    const arrived = await checkArrival(parts, temporary, facts);
    signal?.throwIfAborted();
    let { status } = arrived;
    const identify = async () => {
      status ??= await knownStatus(parts, temporary);
      return status.identity;
    };
    const commit = async (mode: 'new' | 'replace') => {
      try {
        await rename(parts, temporary, path, mode, { ...arrived, status });
      } catch (error) {
        await discardQuietly(discard);
        throw error;
      }
    };
    return { ...facts, identify, commit, discard };
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
 * Waits until the namenode knows the file: the datanode has created it then, and will read its bytes. The datanode's
 * "100 Continue" does not show that, because it is sent before the datanode may refuse (3.3.5).
 */
async function untilThere(parts: WebHdfsParts, path: string): Promise<void> {
  // Give up after a number of tries: an unknown status must not block the upload for ever.
  await poll(() => findStatus(parts, path).catch(() => null), { everyMs: LOOK_EVERY_MS, tries: LOOKS });
}

async function* passing(
  bytes: Bytes,
  add: (chunk: Uint8Array) => void,
  onStart: () => void,
): AsyncGenerator<Uint8Array> {
  onStart();
  for await (const chunk of bytes) {
    add(chunk);
    yield chunk;
  }
}

/**
 * Checks that the file is complete: if a datanode loses the connection, it closes the partial file and HDFS keeps it as
 * a regular one (Hadoop 3.3). Returns what HDFS has told of the file: its checksum covers its length.
 */
async function checkArrival(parts: WebHdfsParts, path: string, facts: ByteFacts): Promise<KnownFile> {
  const checksum = await checksumOf(parts, path);
  if (checksum === facts.hdfsChecksum) return { checksum };
  const status = await knownStatus(parts, path);
  if (status.sizeBytes !== facts.sizeBytes) {
    throw corrupt(`${status.sizeBytes} bytes have arrived of ${facts.sizeBytes}`);
  }
  if (!status.isTransformed && algorithmOf(checksum) === algorithmOf(facts.hdfsChecksum)) {
    throw corrupt(`the checksum in HDFS is ${checksum}; of the bytes sent it is ${facts.hdfsChecksum}`);
  }
  // The checksums are not comparable (CRC32, encryption, erasure coding): read the bytes back.
  const sums = new ByteSums(status.blockSizeBytes);
  for await (const chunk of readFile(parts, path, {})) sums.push(chunk);
  if (sums.end().sha256 !== facts.sha256) throw corrupt('the bytes read back differ from those sent');
  return { status, checksum };
}

function corrupt(message: string): WebHdfsProblem {
  return new WebHdfsProblem('corrupt', message, { isTransient: true });
}

function algorithmOf(checksum: string): string {
  return checksum.slice(0, checksum.indexOf(':'));
}

/** A busy datanode may take 2 s to create the file after the request. */
const CREATION_PAUSE_MS = 250;
const CREATION_TRIES = 8;

/** Removes a temporary file that a datanode may not have created yet. */
async function removeComing(parts: WebHdfsParts, path: string): Promise<void> {
  const removeIfThere = async () => ((await remove(parts, path)) ? true : undefined);
  await poll(removeIfThere, { everyMs: CREATION_PAUSE_MS, tries: CREATION_TRIES });
}

/** Discards a file after a failure; ignores problems of HDFS, because the first failure is the one to report. */
async function discardQuietly(discard: () => Promise<void>): Promise<void> {
  await discard().catch((error) => {
    if (!(error instanceof WebHdfsProblem)) throw error;
  });
}
