import { isFailure } from '../../errors.js';
import { type ByteFacts, ByteSums } from '../../hadoop/checksum/hdfs-checksum.js';
import { changedInput, type FileToPlace, type PlacedFile } from '../store.js';
import type { ByteSource, StagedFile, StageOptions } from './webhdfs-stage.js';
import type { HdfsFileStatus } from './webhdfs-status.js';

/** The operations of the HDFS store that `placeFile` uses. */
export interface PlacingStore {
  stat(path: string): Promise<HdfsFileStatus | undefined>;
  checksum(path: string): Promise<string>;
  stage(path: string, source: ByteSource, how?: StageOptions): Promise<StagedFile>;
}

/** How often to start again because another run has written the same path meanwhile. */
const MAX_ENCOUNTERS = 3;

/**
 * Uploads a file to `path`, unless a file with the same length and HDFS checksum is there: that checksum covers the
 * bytes that the datanodes hold now. Replaces anything else by one rename, so that `path` always names a complete file.
 * A job that reads the replaced file fails, or detects at its end that its input has changed.
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
    const there = encounters === 1 && file.isAbsent ? undefined : await store.stat(path);
    const checksum = there && (await checksumIfSame(store, there, file, signal));
    if (there !== undefined && checksum !== undefined) {
      tellUpTo(file.sizeBytes);
      const { sizeBytes, identity } = there;
      return { path, sizeBytes, identity, checksum, wasSent: false };
    }
    const staged = await store.stage(path, () => bytesOf(file, signal, tellUpTo), {
      ...{ signal, owner: file.owner },
      known: (blockSizeBytes) => knownFacts(file, blockSizeBytes),
    });
    let identity: string | null = null;
    try {
      if (staged.sha256 !== (await file.sha256())) throw changedInput(file.path);
      if (file.isIdentified !== false) identity = await staged.identify();
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
    return {
      path,
      sizeBytes: staged.sizeBytes,
      identity,
      checksum: staged.hdfsChecksum,
      wasSent: true,
      ...(there && { hasReplaced: true }),
    };
  }
}

/** The checksum of the file in HDFS if it has the same bytes; undefined otherwise. */
async function checksumIfSame(
  store: PlacingStore,
  there: HdfsFileStatus,
  file: FileToPlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (there.type !== 'file' || there.isTransformed || there.sizeBytes !== file.sizeBytes) return undefined;
  const known = file.checksumInBlocks?.(there.blockSizeBytes);
  const checksum = await (known ?? checksumOf(file, there.blockSizeBytes, signal));
  return (await store.checksum(there.path)) === checksum ? checksum : undefined;
}

async function checksumOf(file: FileToPlace, blockSizeBytes: number, signal: AbortSignal): Promise<string> {
  const sums = new ByteSums(blockSizeBytes);
  for await (const chunk of bytesOf(file, signal, () => undefined)) sums.push(chunk);
  const { sha256, hdfsChecksum } = sums.end();
  if (sha256 !== (await file.sha256())) throw changedInput(file.path);
  return hdfsChecksum;
}

function knownFacts(file: FileToPlace, blockSizeBytes: number): Promise<ByteFacts> | undefined {
  const { sizeBytes } = file;
  return file
    .checksumInBlocks?.(blockSizeBytes)
    ?.then(async (hdfsChecksum) => ({ sizeBytes, sha256: await file.sha256(), hdfsChecksum }));
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
