import {
  jsonOf,
  type RawAnswer,
  type RawJson,
  type RawStatus,
  rawRequest,
  refusalOf,
} from '../../support/raw-webhdfs.js';

/** An HDFS to test. */
export interface HdfsToTry {
  /** `http://namenode:9870` */
  readonly namenode: string;
  readonly superuser: string;
}

/** Raw requests to one HDFS, and paths in its test folder. The superuser sends them unless `user` is given. */
export class TriedHdfs {
  /** The test folder. */
  readonly root = `/tmp/webhdfs-facts-${process.pid}-${Date.now()}`;
  #hdfs: HdfsToTry | undefined;
  #count = 0;

  async open(hdfs: HdfsToTry): Promise<void> {
    this.#hdfs = hdfs;
    await this.ask('PUT', this.root, 'op=MKDIRS');
  }

  async close(): Promise<void> {
    await this.ask('DELETE', this.root, 'op=DELETE&recursive=true');
  }

  get namenode(): string {
    return this.#hdfs?.namenode ?? '';
  }

  get superuser(): string {
    return this.#hdfs?.superuser ?? '';
  }

  /** A new path, which does not exist. */
  readonly fresh = (): string => `${this.root}/${++this.#count}`;

  readonly freshFolder = async (): Promise<string> => {
    const path = this.fresh();
    await this.ask('PUT', path, 'op=MKDIRS');
    return path;
  };

  readonly freshFile = async (content: string | Uint8Array = 'content', query = ''): Promise<string> => {
    const path = this.fresh();
    await this.create(path, content, query);
    return path;
  };

  /** Sends one request. If `user` is null, it has no user.name. */
  readonly ask = (method: string, path: string, query: string, user?: string | null): Promise<RawAnswer> => {
    const who = user === null ? '' : `&user.name=${user ?? this.superuser}`;
    return rawRequest(method, `${this.namenode}/webhdfs/v1${encodePath(path)}?${query}${who}`);
  };

  readonly askJson = async (...asked: Parameters<TriedHdfs['ask']>): Promise<RawJson> =>
    jsonOf(await this.ask(...asked));

  readonly refusal = async (...asked: Parameters<TriedHdfs['ask']>): Promise<string> =>
    refusalOf(await this.ask(...asked));

  /** The URL that the namenode redirects to. */
  readonly locate = async (...asked: Parameters<TriedHdfs['ask']>): Promise<string> => {
    const answer = await this.ask(...asked);
    if (answer.status !== 307) throw new Error(`No redirection but ${refusalOf(answer)}`);
    return answer.headers.location ?? '';
  };

  /** Sends both requests of an operation; returns the answer of the datanode. */
  readonly follow = async (
    method: string,
    path: string,
    query: string,
    body?: Uint8Array,
    user?: string,
  ): Promise<RawAnswer> => rawRequest(method, await this.locate(method, path, query, user), body);

  readonly create = async (path: string, content: string | Uint8Array, query = ''): Promise<void> => {
    const answer = await this.follow('PUT', path, `op=CREATE&${query}`, Buffer.from(content));
    if (answer.status !== 201) throw new Error(refusalOf(answer));
  };

  readonly read = async (path: string): Promise<string> =>
    (await this.follow('GET', path, 'op=OPEN')).body.toString();

  readonly statusOf = async (path: string): Promise<RawStatus | undefined> =>
    (await this.askJson('GET', path, 'op=GETFILESTATUS')).FileStatus;

  readonly namesIn = async (path: string): Promise<readonly string[] | undefined> =>
    (await this.askJson('GET', path, 'op=LISTSTATUS')).FileStatuses?.FileStatus.map(
      (each) => each.pathSuffix,
    );

  readonly checksum = async (path: string): Promise<RawJson['FileChecksum']> =>
    jsonOf(await this.follow('GET', path, 'op=GETFILECHECKSUM')).FileChecksum;
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
