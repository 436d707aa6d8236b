import { Failure } from '../../errors.js';
import { createHttp, type Http } from '../../hadoop/http.js';
import type { RenamingStore, Store } from '../store.js';
import { createDatanodes } from './datanodes.js';
import { createNamenode } from './namenode.js';
import { placeFile } from './place-file.js';
import { createTransfer } from './transfer.js';
import { findAll } from './webhdfs-find-all.js';
import { hintOfHdfs } from './webhdfs-hints.js';
import * as operations from './webhdfs-operations.js';
import { WebHdfsProblem } from './webhdfs-problem.js';
import { readFile } from './webhdfs-read.js';
import { type ByteSource, type StagedFile, type StageOptions, stageFile } from './webhdfs-stage.js';
import type { HdfsFileStatus } from './webhdfs-status.js';

export interface WebHdfsOptions {
  /** `http://namenode:9870`; a list for the namenodes of one cluster, one of them active. */
  readonly url: string | readonly string[];
  /** User name of the requests; default: the server's static user. */
  readonly user?: string | undefined;
  /** The same HDFS as jobs name it, `hdfs://namenode:8020`: for messages and Hadoop's command line. */
  readonly fs?: string | undefined;
  /** Advertised `host:port` (or `host`) of datanodes → the address to connect to from this machine. */
  readonly datanodes?: Readonly<Record<string, string>> | undefined;
  /** Block size of new files, a multiple of 512, at least 1 MiB; default: the server's. */
  readonly blockSizeBytes?: number | undefined;
  /** Replication of new files; default: the datanodes' default. */
  readonly replication?: number | undefined;
  readonly retries?: number | undefined;
  readonly firstPauseMs?: number | undefined;
  /** Sets the connect timeout; default: `createHttp()`. */
  readonly http?: Http | undefined;
  /** The longest wait for the namenode's answer. */
  readonly answerTimeoutMs?: number | undefined;
  /** The longest time without a byte in a transfer. HDFS needs 65 s to continue without a dead datanode. */
  readonly silenceTimeoutMs?: number | undefined;
  /** Stops retries when aborted. Running requests continue, because cleanup needs them. */
  readonly signal?: AbortSignal | undefined;
}

/** HDFS over HTTP. Every failure is a `store` failure. */
export interface WebHdfsStore extends RenamingStore {
  readonly scheme: 'hdfs';
  stat(path: string): Promise<HdfsFileStatus | undefined>;
  list(path: string): Promise<readonly HdfsFileStatus[]>;
  /**
   * Writes a temporary file beside `path` and checks what has arrived; `commit` renames it to `path`. If a transfer
   * breaks, a source that is a function is opened again. Also throws what the source throws.
   */
  stage(path: string, source: ByteSource, how?: StageOptions): Promise<StagedFile>;
  place: NonNullable<Store['place']>;
  /** `algorithm:md5` of a file; equals `ByteFacts.hdfsChecksum` of the same bytes and block size. */
  checksum(path: string): Promise<string>;
  contentSummary(path: string): Promise<operations.ContentSummary>;
  /** The user's home folder. */
  home(): Promise<string>;
  /** Checks the user's permission at a path: `r--`, `-wx`, `rwx`. Throws `no-permission`, `not-found`. */
  checkAccess(path: string, access: string): Promise<void>;
}

/** Creates a store for the HDFS at a namenode's address. Sends no request before the first operation. */
export function createWebHdfsStore(options: WebHdfsOptions): WebHdfsStore {
  const parts = partsOf(options);
  const fs = options.fs?.replace(/\/$/, '') ?? 'hdfs://';
  const store: WebHdfsStore = {
    scheme: 'hdfs',
    uri: (path) => `${fs}${path}`,
    stat: (path) => attempt('look at', path, () => operations.findStatus(parts, path)),
    statAll: (paths) => findAll(parts, paths, store.stat),
    list: (path) => attempt('list', path, () => operations.listFolder(parts, path)),
    read: (path, range) => attemptEach('read', path, readFile(parts, path, range ?? {})),
    async write(path, bytes, signal, owner, mode) {
      if ((await store.stat(path)) !== undefined) {
        const cause = 'something is there already';
        throw new Failure('store', { scheme: 'hdfs', operation: 'write', path, problem: 'exists', cause });
      }
      const { sizeBytes, sha256, commit } = await store.stage(path, bytes, { signal, owner, mode });
      await commit('new');
      return { path, sizeBytes, sha256 };
    },
    async stage(path, source, how) {
      const staged = await attempt('write', path, () => stageFile(parts, path, source, how));
      return {
        ...staged,
        identify: () => attempt('look at', path, staged.identify),
        commit: (mode) => attempt('write', path, () => staged.commit(mode)),
        discard: () => attempt('write', path, staged.discard),
      };
    },
    place: (file, path, tell, signal) => placeFile(store, file, path, tell, signal),
    makeDirectory: (path) => attempt('make the folder', path, () => operations.makeFolder(parts, path)),
    rename: (from, to) => attempt('rename', from, () => operations.rename(parts, from, to, 'new')),
    ownerOf: (path) =>
      attempt('look at', path, async () => `user ${(await operations.knownStatus(parts, path)).owner}`),
    remove: (path) => attempt('remove', path, () => operations.remove(parts, path)),
    removeEmpty: (path) => attempt('remove', path, () => operations.removeEmpty(parts, path)),
    blockSizeBytes: () => attempt('look at', '/', parts.blockSizeBytes),
    checksum: (path) => attempt('get the checksum of', path, () => operations.checksumOf(parts, path)),
    contentSummary: (path) => attempt('count', path, () => operations.summaryOf(parts, path)),
    home: () => attempt('find the home folder in', '/', () => operations.homeFolder(parts)),
    checkAccess: (path, access) =>
      attempt('get access to', path, () => operations.checkAccess(parts, path, access)),
  };
  return store;
}

function partsOf(options: WebHdfsOptions): operations.WebHdfsParts {
  const { url, user, datanodes = {}, http = createHttp() } = options;
  const retry = {
    retries: options.retries ?? 4,
    firstPauseMs: options.firstPauseMs ?? 200,
    signal: options.signal,
  };
  const answerTimeoutMs = options.answerTimeoutMs ?? 60_000;
  const namenode = createNamenode({ urls: [url].flat(), user, http, answerTimeoutMs, retry });
  return {
    namenode,
    datanodes: createDatanodes(datanodes),
    transfer: createTransfer(http, options.silenceTimeoutMs ?? 120_000),
    retry,
    blockSizeBytes: operations.blockSizeBy(namenode, options.blockSizeBytes),
    replication: options.replication,
  };
}

async function attempt<T>(operation: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw failureOf(operation, path, error);
  }
}

async function* attemptEach(
  operation: string,
  path: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw failureOf(operation, path, error);
  }
}

function failureOf(operation: string, path: string, error: unknown): unknown {
  if (!(error instanceof WebHdfsProblem)) return error;
  const { problem, message } = error;
  const hint = error.hint ?? hintOfHdfs(problem);
  return new Failure(
    'store',
    { scheme: 'hdfs', operation, path, problem, cause: message, ...(error.isTransient && { mayPass: true }) },
    { cause: error, hint },
  );
}
