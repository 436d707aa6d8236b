import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

/** An answer of a fake service: an object to send as JSON, or a status without a body. */
export type FakeAnswer = { readonly [key: string]: unknown } | number;

/**
 * Returns a function that starts a service with the given answers and returns its address. Answers are by path, or by
 * path and query; any other GET is answered with 404. Services end with the test.
 */
export function useFakeServices(): (answers: Readonly<Record<string, FakeAnswer>>) => Promise<string> {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  return async (answers) => {
    const server = createServer(({ url = '/' }, response) => {
      const { pathname, searchParams } = new URL(url, 'http://fake');
      searchParams.delete('user.name');
      const whole =
        searchParams.size === 0 ? pathname : `${pathname}?${decodeURIComponent(`${searchParams}`)}`;
      const answer = answers[whole] ?? answers[pathname] ?? 404;
      if (typeof answer === 'number') response.writeHead(answer).end();
      else {
        const { status = 200, ...body } = answer;
        response.writeHead(Number(status), { 'content-type': 'application/json' }).end(JSON.stringify(body));
      }
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    closing.push(
      () =>
        new Promise<void>((done) => {
          server.close(() => done());
          server.closeAllConnections();
        }),
    );
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
}

/** An address on which nothing listens. */
export const NOWHERE = 'http://127.0.0.1:9';

/** The answers of a resourcemanager 3.3.5. */
export function resourceManagerAnswers(
  more: Readonly<Record<string, FakeAnswer>> = {},
  haState = 'ACTIVE',
): Readonly<Record<string, FakeAnswer>> {
  return {
    '/ws/v1/cluster/info': {
      clusterInfo: { id: 1795626417339, state: 'STARTED', haState, hadoopVersion: '3.3.5' },
    },
    '/ws/v1/cluster/metrics': { clusterMetrics: { activeNodes: 2, lostNodes: 0 } },
    '/ws/v1/cluster/scheduler': CAPACITY_SCHEDULER,
    ...more,
  };
}

/** Queues `root.default`, `root.etl.nightly`, `root.etl.old` (stopped), and `root.users`, which makes its own. */
export const CAPACITY_SCHEDULER = {
  scheduler: {
    schedulerInfo: {
      type: 'capacityScheduler',
      capacity: 100,
      queueName: 'root',
      queues: {
        queue: [
          {
            type: 'capacitySchedulerLeafQueueInfo',
            queueName: 'default',
            state: 'RUNNING',
            autoCreateChildQueueEnabled: false,
          },
          {
            capacity: 50,
            queueName: 'etl',
            state: 'RUNNING',
            queues: {
              queue: [
                { type: 'capacitySchedulerLeafQueueInfo', queueName: 'nightly', state: 'RUNNING' },
                { type: 'capacitySchedulerLeafQueueInfo', queueName: 'old', state: 'STOPPED' },
              ],
            },
          },
          { capacity: 10, queueName: 'users', state: 'RUNNING', autoCreateChildQueueEnabled: true },
        ],
      },
    },
  },
};

/** Queues `root.default` and `root.etl.nightly`. */
export const FAIR_SCHEDULER = {
  scheduler: {
    schedulerInfo: {
      type: 'fairScheduler',
      rootQueue: {
        queueName: 'root',
        schedulingPolicy: 'fair',
        childQueues: {
          queue: [
            { type: 'fairSchedulerLeafQueueInfo', queueName: 'root.default', numPendingApps: 0 },
            {
              queueName: 'root.etl',
              childQueues: { queue: { type: 'fairSchedulerLeafQueueInfo', queueName: 'root.etl.nightly' } },
            },
          ],
        },
      },
    },
  },
};
