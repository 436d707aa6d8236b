import { startFakeProgram } from './fake-program.js';

/** One WebHDFS request to the fake. */
export interface LoggedRequest {
  /** From 1, over all servers, in the order in which requests started. */
  readonly n: number;
  readonly server: 'namenode' | 'datanode';
  readonly method: string;
  /** Upper case: `GETFILESTATUS`. */
  readonly op: string;
  /** Path in HDFS. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly user: string;
  /** Null until there is an answer, or if there was none. */
  readonly status: number | null;
  /** Bytes of the request's body that have arrived. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** The requests that a fault applies to. Absent properties match any request. */
export interface FaultMatch {
  readonly server?: 'namenode' | 'datanode';
  readonly op?: string;
  readonly method?: string;
  /** Source of a RegExp for the path in HDFS. */
  readonly path?: string;
}

/** One way in which the servers fail. */
export type Fault = {
  readonly match: FaultMatch;
  /** How many matching requests succeed first; 0 by default. */
  readonly after?: number;
  /** How many then fail; 1 by default, -1 for all. */
  readonly times?: number;
} & (
  | { readonly do: 'refuse' | 'lose-answer' | 'hang' }
  | { readonly do: 'error'; readonly status: number; readonly exception: string; readonly message: string }
  /** Ends the connection after this many bytes of the request's or the answer's body. */
  | { readonly do: 'cut'; readonly bytes: number }
  /** The answer to send; a text is sent as it is. */
  | { readonly do: 'lie'; readonly json: unknown; readonly status?: number }
);

/** A file or folder, as the control interface returns it. */
export interface FakeStatus {
  readonly name: string;
  readonly type: 'FILE' | 'DIRECTORY';
  readonly length: number;
  readonly fileId: number;
  readonly owner: string;
  readonly group: string;
  /** Octal. */
  readonly permission: string;
  readonly modifiedMs: number;
  readonly blockSize: number;
  readonly replication: number;
}

/** Options for all requests. */
export interface FakeOptions {
  readonly fileId?: 'real' | 'missing' | 'zero';
  /** Entries in a page of LISTSTATUS_BATCH. */
  readonly listLimit?: number;
  /** The value in JMX; null for the real one. */
  readonly capacityRemaining?: number | null;
  /**
   * What happens when a body is refused before its end. `reset`: the connection is reset, as by a datanode, and the
   * answer may be lost. `read`: the body is read to its end, as by a proxy.
   */
  readonly refusals?: 'reset' | 'read';
}

/** A running test/fakes/hdfs.mjs. */
export interface FakeHdfs {
  /** `http://127.0.0.1:…` */
  readonly namenode: string;
  /** `127.0.0.1:…` each */
  readonly datanodes: readonly string[];
  readonly fs: string;
  /** The bytes of a file, or undefined if it does not exist. */
  readFile(path: string): Promise<Buffer | undefined>;
  writeFile(path: string, content: string | Uint8Array, user?: string): Promise<void>;
  removeAll(path: string): Promise<void>;
  status(path: string): Promise<FakeStatus | undefined>;
  log(): Promise<readonly LoggedRequest[]>;
  clearLog(): Promise<void>;
  fault(fault: Fault): Promise<void>;
  clearFaults(): Promise<void>;
  setOptions(options: FakeOptions): Promise<void>;
  setSafeMode(on: boolean): Promise<void>;
  setStandby(on: boolean): Promise<void>;
  /** -1 removes a quota. */
  setQuota(path: string, quota: { readonly names?: number; readonly space?: number }): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an HDFS for one test file. */
export async function startFakeHdfs(): Promise<FakeHdfs> {
  const { addresses, stop } = await startFakeProgram('hdfs.mjs');
  const { namenode, datanodes, fs } = addresses;
  const control = async (method: string, route: string, body?: string | Uint8Array): Promise<Response> => {
    const response = await fetch(`${namenode}/fake/${route}`, {
      method,
      ...(body === undefined ? {} : { body }),
    });
    if (!response.ok && response.status !== 404)
      throw new Error(`${method} ${route}: ${await response.text()}`);
    return response;
  };
  const done = async (...request: Parameters<typeof control>): Promise<void> => {
    await (await control(...request)).arrayBuffer();
  };
  const file = (path: string) => `files${path.split('/').map(encodeURIComponent).join('/')}`;
  return {
    namenode,
    datanodes,
    fs,
    async readFile(path) {
      const response = await control('GET', file(path));
      return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
    },
    writeFile: (path, content, user = 'hadoop') => done('PUT', `${file(path)}?user=${user}`, content),
    removeAll: (path) => done('DELETE', file(path)),
    async status(path) {
      const response = await control('GET', `status?path=${encodeURIComponent(path)}`);
      return response.ok ? ((await response.json()) as FakeStatus) : undefined;
    },
    log: async () => (await (await control('GET', 'log')).json()) as LoggedRequest[],
    clearLog: () => done('DELETE', 'log'),
    fault: (fault) => done('POST', 'faults', JSON.stringify(fault)),
    clearFaults: () => done('DELETE', 'faults'),
    setOptions: (options) => done('POST', 'options', JSON.stringify(options)),
    setSafeMode: (on) => done('POST', `safemode?on=${on}`),
    setStandby: (on) => done('POST', `standby?on=${on}`),
    setQuota: (path, { names = -1, space = -1 }) =>
      done('POST', `quota?path=${encodeURIComponent(path)}&names=${names}&space=${space}`),
    stop,
  };
}
