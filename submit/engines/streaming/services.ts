import { Failure, isFailure } from '../../errors.js';
import type { HistoryServer } from '../../hadoop/history-server.js';
import type { ResourceManager } from '../../hadoop/resource-manager.js';
import { RestError } from '../../hadoop/rest-client.js';

/** The services that report on jobs; null if a service's address is unknown. */
export interface Services {
  readonly resourceManager: ResourceManager | null;
  readonly historyServer: HistoryServer | null;
}

/** Wraps the services: each `RestError` becomes the failure `hadoop-not-reachable`. */
export function withFailures({ resourceManager, historyServer }: Services): Services {
  return {
    resourceManager: resourceManager && guardedResourceManager(resourceManager),
    historyServer: historyServer && guardedHistoryServer(historyServer),
  };
}

/** The answer, or undefined if the service is not reachable. */
export async function orNothing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isFailure(error, 'hadoop-not-reachable')) return undefined;
    throw error;
  }
}

type Ask = <T>(question: () => Promise<T>) => Promise<T>;

function guardedResourceManager(service: ResourceManager): ResourceManager {
  const ask = asking('the resourcemanager', service.addresses.join(' or '), 'resourceManager');
  return {
    addresses: service.addresses,
    state: () => ask(() => service.state()),
    liveNodes: () => ask(() => service.liveNodes()),
    application: (id) => ask(() => service.application(id)),
    withTag: (tag) => ask(() => service.withTag(tag)),
    runningWithTag: (tag) => ask(() => service.runningWithTag(tag)),
    kill: (id) => ask(() => service.kill(id)),
  };
}

function guardedHistoryServer(service: HistoryServer): HistoryServer {
  const ask = asking('the history server', service.address, 'historyServer');
  return {
    address: service.address,
    check: () => ask(() => service.check()),
    job: (jobId) => ask(() => service.job(jobId)),
    counters: (jobId) => ask(() => service.counters(jobId)),
    tasks: (jobId) => ask(() => service.tasks(jobId)),
    attempts: (jobId, taskId) => ask(() => service.attempts(jobId, taskId)),
    setting: (name) => ask(() => service.setting(name)),
    logTail: (containerId, file, maxBytes) => ask(() => service.logTail(containerId, file, maxBytes)),
  };
}

function asking(what: string, address: string, key: string): Ask {
  return async (question) => {
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      const isRefused = error.status === 401 || error.status === 403;
      const hint = isRefused
        ? 'It refuses this user: set user in the cluster file to the one who runs the jobs'
        : `Check that it is up, and that ${key} in the cluster file is its address; hadoop-elt doctor checks the rest`;
      const mayPass = error.status === null || error.status >= 500;
      const details = {
        what: `${what} at ${address}`,
        cause: error.message,
        ...(mayPass && { mayPass: true as const }),
      };
      throw new Failure('hadoop-not-reachable', details, { hint, cause: error });
    }
  };
}
