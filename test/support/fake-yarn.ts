import { fileURLToPath } from 'node:url';
import { startFakeProgram } from './fake-program.js';

const HADOOP = fileURLToPath(new URL('../fakes/hadoop.mjs', import.meta.url));

/** One REST request to the fake. */
export interface LoggedYarnRequest {
  /** From 0, over both servers, in the order in which requests started. */
  readonly n: number;
  readonly server: 'resourcemanager' | 'historyserver';
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Null until there is an answer, or if there was none. */
  readonly status: number | null;
}

type OneFault =
  /** The command replays the recorded job of this name (test/unit/submit/engines/streaming/logs). */
  | { readonly at: 'submit'; readonly do: 'error'; readonly like: string }
  | { readonly at: 'submit' | 'running' | 'history' | 'apps'; readonly do: 'hang' }
  | { readonly at: 'submit' | 'running' | 'history' | 'apps'; readonly do: 'slow'; readonly ms: number }
  /** The hadoop command waits when it has checked everything, and only then submits. */
  | { readonly at: 'submit'; readonly do: 'late'; readonly ms: number }
  /** The hadoop command is killed, or a server closes the connection. */
  | { readonly at: 'submit' | 'history' | 'apps'; readonly do: 'die' }
  /** The application master or the hadoop command dies while the job runs. */
  | { readonly at: 'running'; readonly do: 'die'; readonly who: 'master' | 'command' }
  /** The history server has no jobs. */
  | { readonly at: 'history'; readonly do: 'missing' }
  /** False values of counters, by group and name. */
  | {
      readonly at: 'counters';
      readonly do: 'lie';
      readonly counters: Readonly<Record<string, Readonly<Record<string, number>>>>;
    }
  | (FaultyTask & { readonly do: 'exit'; readonly code: number })
  /** The part file differs from the mapper's output; the counters do not. */
  | (FaultyTask & {
      readonly do: 'corrupt-input' | 'corrupt-output' | 'swap-lines' | 'drop-line' | 'double-line';
    })
  | { readonly at: 'resourcemanager'; readonly do: 'down' };

/** Numbers of a task and of its attempt; any by default. */
interface FaultyTask {
  readonly at: 'task';
  /** Name of its job. */
  readonly job?: string;
  readonly task?: number;
  readonly attempt?: number;
}

/** One way in which the cluster fails, `times` times, or until faults are cleared. */
export type YarnFault = OneFault & { readonly times?: number };

/** A running test/fakes/yarn.mjs. */
export interface FakeYarn {
  readonly resourceManager: string;
  readonly historyServer: string;
  /** The words of the fake hadoop command, before `jar …`. */
  readonly hadoop: readonly string[];
  log(): Promise<readonly LoggedYarnRequest[]>;
  clearLog(): Promise<void>;
  fault(fault: YarnFault): Promise<void>;
  clearFaults(): Promise<void>;
  /** Ends it and all running mappers. */
  stop(): Promise<void>;
}

/** Starts a YARN for one test file, on a fake HDFS. */
export async function startFakeYarn(hdfs: {
  readonly namenode: string;
  readonly fs: string;
}): Promise<FakeYarn> {
  const { addresses, stop } = await startFakeProgram('yarn.mjs', '--hdfs', hdfs.namenode, '--fs', hdfs.fs);
  const { resourceManager, historyServer } = addresses;
  const control = async (method: string, route: string, body?: unknown): Promise<string> => {
    const response = await fetch(`${resourceManager}/fake/${route}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${route}: ${text}`);
    return text;
  };
  const done = async (...request: Parameters<typeof control>): Promise<void> => {
    await control(...request);
  };
  return {
    resourceManager,
    historyServer,
    hadoop: [process.execPath, HADOOP, '--yarn', resourceManager, '--hdfs', hdfs.namenode],
    log: async () => JSON.parse(await control('GET', 'log')),
    clearLog: () => done('DELETE', 'log'),
    fault: (fault) => done('POST', 'faults', fault),
    clearFaults: () => done('DELETE', 'faults'),
    stop,
  };
}
