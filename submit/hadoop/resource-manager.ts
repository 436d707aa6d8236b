import type { Http } from './http.js';
import { poll } from './poll.js';
import { createRestClient, orNull, RestError } from './rest-client.js';

/** An application as YARN reports it. */
export interface YarnApplication {
  readonly id: string;
  readonly state: string;
  readonly finalStatus: string;
  readonly diagnostics: string;
  /** Percent. */
  readonly progress: number;
  /** Web page that shows its progress; null if it has none (yet). */
  readonly trackingUrl: string | null;
}

/** The resourcemanager's REST API (ResourceManagerRest.md, Hadoop 3.3). Every call may throw RestError. */
export interface ResourceManager {
  /** Addresses of the cluster's resourcemanagers; one of them is active. */
  readonly addresses: readonly string[];
  /** Service state: `STARTED` when it is up. */
  state(): Promise<string>;
  liveNodes(): Promise<number>;
  application(id: string): Promise<YarnApplication | null>;
  /** Applications in any state, as far back as the resourcemanager remembers. */
  withTag(tag: string): Promise<readonly YarnApplication[]>;
  /** Applications that have not ended. */
  runningWithTag(tag: string): Promise<readonly YarnApplication[]>;
  /** Kills an application and waits for its end, up to 30 s. Returns its last known state, or `unknown`. */
  kill(id: string): Promise<string>;
}

const FINAL_STATES = ['FINISHED', 'FAILED', 'KILLED'];
const NOT_ENDED = ['NEW', 'NEW_SAVING', 'SUBMITTED', 'ACCEPTED', 'RUNNING'];
const KILL_POLL_MS = 300;
const KILL_LIMIT_MS = 30_000;

/** True if an application in this state has ended. */
export function isFinalState(state: string): boolean {
  return FINAL_STATES.includes(state);
}

/** Creates a client of a cluster's resourcemanagers, for one user. It finds the active one. */
export function createResourceManager(
  addresses: readonly string[],
  user: string | null,
  http?: Http,
): ResourceManager {
  const client = createRestClient(addresses, user, http);
  const base = '/ws/v1/cluster';
  const list = async (tag: string, states: readonly string[]): Promise<readonly YarnApplication[]> => {
    const query = `applicationTags=${encodeURIComponent(tag)}&states=${states.join(',')}`;
    const { apps } = (await client.getJson(`${base}/apps?${query}`)) as {
      apps?: { app?: readonly Partial<YarnApplication>[] } | null;
    };
    return (apps?.app ?? []).map(applicationOf);
  };
  const manager: ResourceManager = {
    addresses,
    async state() {
      const { clusterInfo } = (await client.getJson(`${base}/info`)) as { clusterInfo?: { state?: string } };
      if (clusterInfo?.state === undefined) {
        throw new RestError(`${addresses.join(', ')} does not answer as a resourcemanager`, 200);
      }
      return clusterInfo.state;
    },
    async liveNodes() {
      const { clusterMetrics } = (await client.getJson(`${base}/metrics`)) as {
        clusterMetrics?: { activeNodes?: number };
      };
      return clusterMetrics?.activeNodes ?? 0;
    },
    async application(id) {
      const answer = (await orNull(client.getJson(`${base}/apps/${id}`))) as {
        app?: Partial<YarnApplication>;
      } | null;
      return answer?.app === undefined ? null : applicationOf(answer.app);
    },
    withTag: (tag) => list(tag, [...NOT_ENDED, ...FINAL_STATES]),
    runningWithTag: (tag) => list(tag, NOT_ENDED),
    async kill(id) {
      let state = 'unknown';
      const askForKill = async () => {
        const status = await client.putJson(`${base}/apps/${id}/state`, { state: 'KILLED' });
        const application = await manager.application(id);
        state = application?.state ?? 'unknown';
        if (isFinalState(state)) return state;
        if (status >= 400) throw new RestError(`HTTP ${status} to the kill of ${id}`, status);
        return application === null ? state : undefined;
      };
      return (await poll(askForKill, { everyMs: KILL_POLL_MS, limitMs: KILL_LIMIT_MS })) ?? state;
    },
  };
  return manager;
}

function applicationOf(app: Partial<YarnApplication>): YarnApplication {
  const { id = '', state = '', finalStatus = '', diagnostics = '', progress = 0 } = app;
  // `UNASSIGNED` or missing until the application master has registered.
  const trackingUrl = /^https?:/.test(app.trackingUrl ?? '') ? (app.trackingUrl ?? null) : null;
  return { id, state, finalStatus, diagnostics, progress, trackingUrl };
}
