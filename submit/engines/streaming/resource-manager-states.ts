import { Failure } from '../../errors.js';
import type { Http } from '../../hadoop/http.js';
import { createRestClient, RestError } from '../../hadoop/rest-client.js';

/** The state of one resourcemanager of a cluster. */
export type ResourceManagerState =
  | { readonly address: string; readonly state: 'active' | 'standby' }
  | { readonly address: string; readonly state: 'silent'; readonly cause: string };

/**
 * Asks all addresses in parallel. A standby resourcemanager answers `/ws/v1/cluster/info` itself and redirects
 * everything else to the active one (RMWebAppFilter, Hadoop 3.3).
 */
export function askResourceManagers(
  addresses: readonly string[],
  user: string | null,
  http: Http,
): Promise<readonly ResourceManagerState[]> {
  return Promise.all(addresses.map((address) => askResourceManager(address, user, http)));
}

async function askResourceManager(
  address: string,
  user: string | null,
  http: Http,
): Promise<ResourceManagerState> {
  try {
    const { clusterInfo } = (await createRestClient(address, user, http).getJson('/ws/v1/cluster/info')) as {
      clusterInfo?: { state?: string; haState?: string };
    };
    if (clusterInfo?.state === undefined) {
      return { address, state: 'silent', cause: `${address} does not answer as a resourcemanager` };
    }
    return { address, state: clusterInfo.haState === 'STANDBY' ? 'standby' : 'active' };
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    return { address, state: 'silent', cause: error.message };
  }
}

/** The address of the active resourcemanager. Throws `hadoop-not-reachable` if none is active. */
export function activeResourceManager(states: readonly ResourceManagerState[]): string {
  const active = states.find(({ state }) => state === 'active');
  if (active !== undefined) return active.address;
  const [first] = states;
  const cause =
    states.length === 1 && first?.state === 'silent' ? first.cause : states.map(stateInWords).join('; ');
  const where = states.map(({ address }) => address).join(' or ');
  throw new Failure(
    'hadoop-not-reachable',
    { what: `the resourcemanager at ${where}`, cause },
    {
      hint: 'Check that it is up and active, and that resourceManager in the cluster file is its address, or a list of all of them',
    },
  );
}

/** `http://a:8088 is standby`, or `http://a:8088 does not answer: …` with the cause. */
export function stateInWords(manager: ResourceManagerState): string {
  const { address, state } = manager;
  return state === 'silent' ? `${address} does not answer: ${manager.cause}` : `${address} is ${state}`;
}
