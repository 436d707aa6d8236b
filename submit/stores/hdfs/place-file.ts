import { Failure, isFailure } from '../../errors.js';
import type { FileToPlace, PlacedFile } from '../store.js';
import { createByteSums } from './hdfs-checksum.js';
import type { ByteSource, StagedFile } from './webhdfs-stage.js';
import type { HdfsFileStatus } from './webhdfs-status.js';

/** What placing takes of the HDFS store. */
export interface PlacingStore {
  stat(path: string): Promise<HdfsFileStatus | undefined>;
  checksum(path: string): Promise<string>;
  stage(path: string, source: ByteSource, signal?: AbortSignal): Promise<StagedFile>;
}

/** How often two runs that send the same file may get in each other's way. */
const MAX_ENCOUNTERS = 3;

/**
 * Brings one file to its place. What is there already is the same when length and HDFS's own checksum are: that says
 * something about the bytes that the datanodes hold now, and not about what somebody noted. Anything else is replaced
 * by one rename, so that its path names a whole file at every moment. A job that reads the replaced file meets an
 * error, or finds at its end that its input is another one.
 */
export async function placeFile(
  store: PlacingStore,
  file: FileToPlace,
  path: string,
  tell: (bytes: number) => void,
  signal: AbortSignal,
): Promise<PlacedFile> {
  let told = 0;
  const tellUpTo = (upTo: number) => {
    if (upTo > told) tell(upTo - told);
    told = Math.max(told, upTo);
  };
  for (let encounters = 1; ; encounters++) {
    signal.throwIfAborted();
    const there = await store.stat(path);
    const checksum = there && (await checksumIfSame(store, there, file, signal));
    if (there !== undefined && checksum !== undefined) {
      tellUpTo(file.sizeBytes);
      const { sizeBytes, identity } = there;
      return { path, sizeBytes, identity, checksum, wasSent: false };
    }
    const staged = await store.stage(path, () => bytesOf(file, signal, tellUpTo), signal);
    try {
      if (staged.sha256 !== (await file.sha256())) throw changed(file);
    } catch (error) {
      await staged.discard();
      throw error;
    }
    try {
      await staged.commit(there === undefined ? 'new' : 'replace');
    } catch (error) {
      const isTaken = isFailure(error, 'store') && error.details.problem === 'exists';
      if (!isTaken || there !== undefined || encounters === MAX_ENCOUNTERS) throw error;
      continue;
    }
    const { sizeBytes, identity } = staged.status;
    return { path, sizeBytes, identity, checksum: staged.hdfsChecksum, wasSent: true };
  }
}

/** The checksum of what is there if its bytes are the file's. */
async function checksumIfSame(
  store: PlacingStore,
  there: HdfsFileStatus,
  file: FileToPlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (there.type !== 'file' || there.isTransformed || there.sizeBytes !== file.sizeBytes) return undefined;
  const sums = await createByteSums(there.blockSizeBytes);
  for await (const chunk of bytesOf(file, signal, () => undefined)) sums.push(chunk);
  const { sha256, hdfsChecksum } = sums.end();
  if (sha256 !== (await file.sha256())) throw changed(file);
  return (await store.checksum(there.path)) === hdfsChecksum ? hdfsChecksum : undefined;
}

async function* bytesOf(
  file: FileToPlace,
  signal: AbortSignal,
  tellUpTo: (position: number) => void,
): AsyncGenerator<Uint8Array> {
  let position = 0;
  for await (const chunk of file.open()) {
    signal.throwIfAborted();
    yield chunk;
    position += chunk.length;
    tellUpTo(position);
  }
}

function changed({ path }: FileToPlace): Failure {
  return new Failure(
    'input-changed',
    { path, what: 'it is not what it was when this run scanned it' },
    { hint: 'Run again when nothing writes to it any more' },
  );
}
