import { describe, expect, it, vi } from 'vitest';
import { getJson, putState } from '../streaming-run.js';
import type { FactsContext } from './context.js';

/** Facts about answers of the web services that are not about a job's run. */
export function describeAnswers(context: FactsContext): void {
  const rm = (path: string) => getJson(`${context.yarn().resourceManager}/ws/v1/cluster${path}`);
  const jhs = (path: string) => getJson(`${context.yarn().historyServer}/ws/v1/history${path}`);
  const unknown = (message: string) => ({
    status: 404,
    json: {
      RemoteException: {
        exception: 'NotFoundException',
        message: `java.lang.Exception: ${message}`,
        javaClassName: 'org.apache.hadoop.yarn.webapp.NotFoundException',
      },
    },
  });

  describe('the resourcemanager', () => {
    it('tells of itself, its nodes and its queues', async () => {
      const { json: info } = await rm('/info');
      expect(info.clusterInfo).toMatchObject({ state: 'STARTED', haState: 'ACTIVE' });
      expect((await rm('')).json.clusterInfo.id).toBe(info.clusterInfo.id);
      const { json: nodes } = await rm('/nodes');
      const { json: metrics } = await rm('/metrics');
      expect(nodes.nodes.node).toHaveLength(metrics.clusterMetrics.activeNodes);
      expect(nodes.nodes.node[0]).toMatchObject({ state: 'RUNNING' });
      const { schedulerInfo } = (await rm('/scheduler')).json.scheduler;
      expect(schedulerInfo).toMatchObject({ type: 'capacityScheduler', queueName: 'root' });
      expect(schedulerInfo.queues.queue[0]).toMatchObject({ queueName: 'default', state: 'RUNNING' });
    });

    it('does not know applications of others, or what is no id', async () => {
      expect(await rm('/apps/application_1_0001')).toEqual(
        unknown('app with id: application_1_0001 not found'),
      );
      expect(await rm('/apps/nonsense')).toMatchObject({
        status: 400,
        json: { RemoteException: { exception: 'BadRequestException' } },
      });
      expect(await rm('/apps?applicationTags=nobody-has-this')).toEqual({ status: 200, json: { apps: {} } });
      expect(await rm('/apps?states=NONSENSE')).toMatchObject({ status: 400 });
    });

    it('kills what it knows and what still goes on, and nothing else can be asked of it', async () => {
      const { user } = context.yarn();
      expect(await putState(context.yarn(), 'application_1_0001', 'KILLED', user)).toEqual(
        unknown('app with id: application_1_0001 not found'),
      );
      const { json } = await rm('/apps?states=FINISHED&limit=1');
      const { id } = json.apps.app[0];
      // Without Kerberos, it accepts even requests without a user name.
      for (const name of [user, null]) {
        // An application counts as FINISHED while it is FINISHING: until its application master has ended.
        await vi.waitFor(
          async () =>
            expect(await putState(context.yarn(), id, 'KILLED', name)).toEqual({
              status: 200,
              json: { state: 'FINISHED' },
            }),
          { timeout: 30_000, interval: 250 },
        );
      }
      expect(await putState(context.yarn(), id, 'RUNNING', user)).toMatchObject({
        status: 400,
        json: {
          RemoteException: { message: "java.lang.Exception: Only 'KILLED' is allowed as a target state." },
        },
      });
    });
  });

  describe('the history server', () => {
    it('tells of itself', async () => {
      expect((await jhs('/info')).json.historyInfo).toMatchObject({ startedOn: expect.any(Number) });
    });

    it('does not know jobs of others, or what is no id', async () => {
      expect(await jhs('/mapreduce/jobs/job_1_0001')).toEqual(unknown('job, job_1_0001, is not found'));
      expect(await jhs('/mapreduce/jobs/nonsense')).toEqual(
        unknown('JobId string : nonsense is not properly formed'),
      );
    });
  });
}
