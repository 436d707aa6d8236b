import { isFailure } from '../../errors.js';
import type { ScannedInput } from '../../run/steps/scan.js';
import { changedInput } from '../../sources/changed-input.js';
import { localStore } from '../local/local-store.js';
import { createByteSums } from './hdfs-checksum.js';
import type { HdfsFileStatus } from './webhdfs-status.js';
import type { WebHdfsStore } from './webhdfs-store.js';

/** A file in HDFS that a job reads. */
export interface UploadedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Null where the server does not tell it. */
  readonly identity: string | null;
  /** `algorithm:md5` by HDFS. */
  readonly hdfsChecksum: string;
  /** False where it was there already. */
  readonly wasSent: boolean;
}

/** How often two runs that send the same file may get in each other's way. */
const MAX_ENCOUNTERS = 3;

/**
 * Brings one file to its place. What is there already is the same when length and HDFS's own checksum are: that says
 * something about the bytes that the datanodes hold now, and not about what somebody noted. Anything else is replaced
 * by one rename, so that its path names a whole file at every moment. A job that reads the replaced file meets an
 * error, or finds at its end that its input is another one (`checkInputsInPlace`).
 */
export async function uploadFile(
  store: WebHdfsStore,
  input: ScannedInput,
  path: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<UploadedFile> {
  let told = 0;
  const tell = (upTo: number) => {
    if (upTo > told) onBytes(upTo - told);
    told = Math.max(told, upTo);
  };
  for (let encounters = 1; ; encounters++) {
    signal.throwIfAborted();
    const there = await store.stat(path);
    const hdfsChecksum = there && (await checksumIfSame(store, there, input, signal));
    if (there !== undefined && hdfsChecksum !== undefined) {
      tell(input.sizeBytes);
      const { sizeBytes, identity } = there;
      return { path, sizeBytes, identity, hdfsChecksum, wasSent: false };
    }
    const staged = await store.stage(path, () => localBytes(input, signal, tell), signal);
    if (staged.sha256 !== (await input.sha256)) {
      await staged.discard();
      throw changedInput(input.path);
    }
    try {
      await staged.commit(there === undefined ? 'new' : 'replace');
    } catch (error) {
      const isTaken = isFailure(error, 'store') && error.details.problem === 'exists';
      if (!isTaken || there !== undefined || encounters === MAX_ENCOUNTERS) throw error;
      continue;
    }
    const { status, hdfsChecksum: sentChecksum } = staged;
    return {
      path,
      sizeBytes: status.sizeBytes,
      identity: status.identity,
      hdfsChecksum: sentChecksum,
      wasSent: true,
    };
  }
}

/** An input that was in HDFS before the run. Throws `input-changed` when it is not what the run has looked at. */
export async function findFile(store: WebHdfsStore, input: ScannedInput): Promise<UploadedFile> {
  const { path, sizeBytes, modifiedMs, sha256 } = input;
  const there = await store.stat(path);
  if (there?.sizeBytes !== sizeBytes || there.modifiedMs !== modifiedMs) throw changedInput(input.path);
  return { path, sizeBytes, identity: there.identity, hdfsChecksum: await sha256, wasSent: false };
}

async function checksumIfSame(
  store: WebHdfsStore,
  there: HdfsFileStatus,
  input: ScannedInput,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (there.type !== 'file' || there.isTransformed || there.sizeBytes !== input.sizeBytes) return undefined;
  const sums = await createByteSums(there.blockSizeBytes);
  for await (const chunk of localBytes(input, signal, () => undefined)) sums.push(chunk);
  const { sha256, hdfsChecksum } = sums.end();
  if (sha256 !== (await input.sha256)) throw changedInput(input.path);
  return (await store.checksum(there.path)) === hdfsChecksum ? hdfsChecksum : undefined;
}

async function* localBytes(
  { path }: ScannedInput,
  signal: AbortSignal,
  tell: (upTo: number) => void,
): AsyncGenerator<Uint8Array> {
  let position = 0;
  for await (const chunk of localStore.read(path)) {
    signal.throwIfAborted();
    yield chunk;
    position += chunk.length;
    tell(position);
  }
}
