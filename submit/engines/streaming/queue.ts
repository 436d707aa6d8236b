import { nearest } from '../../config/nearest.js';
import { Failure } from '../../errors.js';
import type { ClusterSettings } from '../../hadoop/cluster/cluster-settings.js';
import type { Http } from '../../hadoop/http.js';
import { asList, createRestClient, RestError } from '../../hadoop/rest-client.js';

/** A queue as YARN's scheduler reports it. */
export interface YarnQueue {
  /** `root.etl.nightly`. */
  readonly path: string;
  /** Only leaf queues accept jobs. */
  readonly isLeaf: boolean;
  /** `RUNNING`, `STOPPED` or `DRAINING`; always `RUNNING` with the fair scheduler. */
  readonly state: string;
  /** Whether YARN creates child queues when a job asks for one. */
  readonly makesQueues: boolean;
}

/** The queues that a resourcemanager reports. */
export interface YarnQueues {
  /** `capacityScheduler`, `fairScheduler`, `fifoScheduler`. */
  readonly scheduler: string;
  readonly queues: readonly YarnQueue[];
}

/** Whether a queue accepts jobs, as far as it is known before the submission. */
export type QueueVerdict =
  | { readonly kind: 'ok'; readonly path: string }
  /** Only YARN can decide, when the job is submitted. */
  | { readonly kind: 'uncertain'; readonly why: string }
  | { readonly kind: 'unknown'; readonly leaves: readonly string[]; readonly nearest: string | undefined }
  | { readonly kind: 'stopped'; readonly path: string; readonly state: string };

/** The queue that jobs are submitted to; null: the default in the hadoop command's configuration. */
export function queueOf({ queue, properties }: Pick<ClusterSettings, 'queue' | 'properties'>): string | null {
  // A -D property overrides the setting. The second name is from Hadoop 1; Hadoop 3 still accepts it.
  const given = properties.value;
  return given['mapreduce.job.queuename'] ?? given['mapred.job.queue.name'] ?? queue.value;
}

/** Asks the active resourcemanager about a queue. Throws `hadoop-not-ready` if the queue would refuse a job. */
export async function checkQueue(
  address: string,
  user: string | null,
  name: string,
  http: Http,
): Promise<Exclude<QueueVerdict, { kind: 'unknown' | 'stopped' }>> {
  const verdict = await askQueue(address, user, name, http);
  switch (verdict.kind) {
    case 'unknown': {
      const known = verdict.leaves.length === 0 ? 'none' : verdict.leaves.join(', ');
      const said = `${JSON.stringify(name)} is not a queue for jobs at ${address}; there are: ${known}`;
      const near = verdict.nearest === undefined ? {} : { nearest: verdict.nearest };
      throw new Failure('hadoop-not-ready', { cause: 'queue-unknown', said, ...near });
    }
    case 'stopped': {
      const said = `${verdict.path} is ${verdict.state} at ${address}`;
      throw new Failure('hadoop-not-ready', { cause: 'queue-stopped', said });
    }
    default:
      return verdict;
  }
}

async function askQueue(
  address: string,
  user: string | null,
  name: string,
  http: Http,
): Promise<QueueVerdict> {
  const client = createRestClient(address, user, http);
  try {
    const queues = parseQueues(await client.getJson('/ws/v1/cluster/scheduler'));
    const verdict = judgeQueue(queues, name);
    if (verdict.kind !== 'unknown' || queues.scheduler !== 'fairScheduler') return verdict;
    return (await makesUndeclaredPools())
      ? { kind: 'uncertain', why: 'it does not exist yet; the fair scheduler creates it for the first job' }
      : verdict;
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    return { kind: 'uncertain', why: `${address} did not list its queues: ${error.message}` };
  }

  /** True by default: YARN answers 404 if the property is not set. */
  async function makesUndeclaredPools(): Promise<boolean> {
    try {
      const { property } = (await client.getJson(
        '/conf?format=json&name=yarn.scheduler.fair.allow-undeclared-pools',
      )) as { property?: { value?: string } };
      return property?.value !== 'false';
    } catch (error) {
      if (error instanceof RestError) return true;
      throw error;
    }
  }
}

/** Queues → whether the queue of that name or path accepts jobs. Pure. */
export function judgeQueue({ scheduler, queues }: YarnQueues, name: string): QueueVerdict {
  const isFair = scheduler === 'fairScheduler';
  if (!isFair && scheduler !== 'capacityScheduler') {
    return { kind: 'uncertain', why: `the ${scheduler || 'scheduler'} does not list its queues` };
  }
  const full = /^root(\.|$)/.test(name) ? name : `root.${name}`;
  // The capacity scheduler also accepts the last name of a leaf queue.
  const found =
    queues.find(({ path }) => path === full) ??
    (isFair ? undefined : queues.find(({ path, isLeaf }) => isLeaf && path.endsWith(`.${name}`)));
  if (found?.isLeaf === true) {
    return found.state === 'RUNNING'
      ? { kind: 'ok', path: found.path }
      : { kind: 'stopped', path: found.path, state: found.state };
  }
  const above = full.slice(0, full.lastIndexOf('.'));
  if (found === undefined && queues.some(({ path, makesQueues }) => makesQueues && path === above)) {
    return { kind: 'uncertain', why: `it does not exist yet; ${above} creates queues for jobs` };
  }
  const leaves = queues.flatMap(({ path, isLeaf }) => (isLeaf ? [path] : []));
  return { kind: 'unknown', leaves, nearest: nearestLeaf(name, full, leaves) };
}

/** The path of the most similar leaf queue: compares a path with paths, a single name with last names. */
function nearestLeaf(name: string, full: string, leaves: readonly string[]): string | undefined {
  if (name.includes('.')) return nearest(full, leaves);
  const lastName = (path: string) => path.slice(path.lastIndexOf('.') + 1);
  const near = nearest(name, leaves.map(lastName));
  return near === undefined ? undefined : leaves.find((path) => lastName(path) === near);
}

/** `/ws/v1/cluster/scheduler` of the capacity or the fair scheduler (Hadoop 3.3) → its queues. Pure. */
export function parseQueues(answer: unknown): YarnQueues {
  const info = (answer as { scheduler?: { schedulerInfo?: RawQueue & { type?: string } } }).scheduler
    ?.schedulerInfo;
  const scheduler = info?.type ?? '';
  const root = scheduler === 'fairScheduler' ? info?.rootQueue : info;
  return { scheduler, queues: root === undefined ? [] : queuesBelow(root, '') };
}

interface RawQueue {
  readonly queueName?: string;
  readonly type?: string;
  readonly state?: string;
  /** Capacity scheduler only. */
  readonly queues?: { readonly queue?: readonly RawQueue[] | RawQueue } | null;
  readonly autoCreateChildQueueEnabled?: boolean;
  /** Since Hadoop 3.4: `off`, `legacy`, `flexible`. */
  readonly autoCreationEligibility?: string;
  /** Fair scheduler only; in Hadoop 2 `childQueues` is the list itself. */
  readonly rootQueue?: RawQueue;
  readonly childQueues?: readonly RawQueue[] | { readonly queue?: readonly RawQueue[] | RawQueue };
}

function queuesBelow(queue: RawQueue, above: string): YarnQueue[] {
  const { queueName = '', type = '', state = 'RUNNING', autoCreationEligibility = 'off' } = queue;
  // The fair scheduler reports full paths.
  const path = above === '' || queueName.startsWith(`${above}.`) ? queueName : `${above}.${queueName}`;
  const children = [
    ...asList(queue.queues?.queue),
    ...asList(isList(queue.childQueues) ? queue.childQueues : queue.childQueues?.queue),
  ];
  const isParent = children.length > 0 || above === '';
  const makesQueues = queue.autoCreateChildQueueEnabled === true || autoCreationEligibility !== 'off';
  const isLeaf = /LeafQueueInfo$/.test(type) || (!isParent && !makesQueues);
  return [{ path, isLeaf, state, makesQueues }, ...children.flatMap((child) => queuesBelow(child, path))];
}

function isList<T extends object, U>(value: readonly T[] | U): value is readonly T[] {
  return Array.isArray(value);
}
