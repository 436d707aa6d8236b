import { Failure } from '../../errors.js';
import type { Http } from '../../hadoop/http.js';
import { createRestClient, RestError } from '../../hadoop/rest-client.js';

/** How one of the resourcemanagers of a YARN answers. */
export type ResourceManagerState =
  | { readonly address: string; readonly state: 'active' | 'standby' }
  | { readonly address: string; readonly state: 'silent'; readonly cause: string };

/**
 * Asks each address on its own, all at once. A standby answers `/ws/v1/cluster/info` itself; anything else it redirects
 * to the active one (RMWebAppFilter, Hadoop 3.3).
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

/** The address of the active one. Throws `hadoop-not-reachable` where none is. */
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
      hint: 'See that it is up and active, and that resourceManager in the cluster file is its address; of several name all',
    },
  );
}

/** `http://a:8088 is standby`, and why one does not answer. */
export function stateInWords(manager: ResourceManagerState): string {
  const { address, state } = manager;
  return state === 'silent' ? `${address} does not answer: ${manager.cause}` : `${address} is ${state}`;
}
