import { Failure, isFailure, type StoreFailureDetails } from '../../errors.js';
import type { Http } from '../../hadoop/http.js';
import { WebHdfsProblem } from './webhdfs-problem.js';
import { createWebHdfsStore } from './webhdfs-store.js';

/** The state of one address of an HDFS. A gateway, such as HttpFS, counts as an active namenode. */
export type NamenodeState =
  | { readonly address: string; readonly state: 'active' }
  | { readonly address: string; readonly state: 'standby' }
  | { readonly address: string; readonly state: 'silent'; readonly failure: Failure<'store'> };

/** Asks all addresses in parallel, to find a dead namenode even if another one is active. */
export function askNamenodes(
  addresses: readonly string[],
  user: string,
  http: Http,
): Promise<readonly NamenodeState[]> {
  return Promise.all(addresses.map((address) => askNamenode(address, user, http)));
}

async function askNamenode(address: string, user: string, http: Http): Promise<NamenodeState> {
  const store = createWebHdfsStore({ url: address, user, retries: 1, http });
  try {
    await store.stat('/');
    return { address, state: 'active' };
  } catch (error) {
    if (!isFailure(error, 'store')) throw error;
    const { cause } = error;
    const isStandby = cause instanceof WebHdfsProblem && cause.exception === 'StandbyException';
    return isStandby ? { address, state: 'standby' } : { address, state: 'silent', failure: error };
  }
}

/** The address of the active namenode. Throws `store` if none is active; for a single address, its own failure. */
export function activeNamenode(states: readonly NamenodeState[]): string {
  const active = states.find(({ state }) => state === 'active');
  if (active !== undefined) return active.address;
  const [first] = states;
  if (states.length === 1 && first?.state === 'silent') throw first.failure;
  const silent = states.find((state) => state.state === 'silent');
  const problem: StoreFailureDetails['problem'] = silent?.failure.details.problem ?? 'unreachable';
  throw new Failure(
    'store',
    { scheme: 'hdfs', operation: 'look at', path: '/', problem, cause: states.map(stateInWords).join('; ') },
    {
      hint: 'Start a namenode or make one active (hdfs haadmin -getAllServiceState), and list all of them under webhdfs in the cluster file',
    },
  );
}

/** `http://a:9870 is standby`, or `http://a:9870 does not answer: …` with the cause. */
export function stateInWords(namenode: NamenodeState): string {
  const { address, state } = namenode;
  if (state !== 'silent') return `${address} is ${state}`;
  const { cause = namenode.failure.details.problem } = namenode.failure.details;
  return `${address} does not answer: ${cause}`;
}
