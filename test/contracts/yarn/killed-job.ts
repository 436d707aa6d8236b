import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type CommandRun, getJson, jobOf, putState } from '../streaming-run.js';
import { type FactsContext, runJob, writeInput } from './context.js';

/** Facts about a running job, and about killing it. */
export function describeKilledJob(context: FactsContext): void {
  describe('a job that is killed', () => {
    const at = (name: string) => `${context.folder}/killed/${name}`;
    let command: Promise<CommandRun>;
    let id = '';
    const apps = () => `${context.yarn().resourceManager}/ws/v1/cluster/apps`;
    const history = () => `${context.yarn().historyServer}/ws/v1/history/mapreduce/jobs/${jobOf(id)}`;

    beforeAll(async () => {
      await writeInput(context, 'killed/in/a.csv', 'a\n');
      command = runJob(context, { 'mapreduce.job.tags': 'facts-killed' }, [
        ...['-mapper', 'sleep 300', '-input', at('in'), '-output', at('out')],
      ]);
      id = await vi.waitFor(
        async () => {
          const { json } = await getJson(`${apps()}?applicationTags=facts-killed&states=RUNNING`);
          expect(json.apps.app).toHaveLength(1);
          return json.apps.app[0].id;
        },
        { timeout: 60_000, interval: 100 },
      );
    });

    it('is not known to the history server while it runs', async () => {
      expect(await getJson(history())).toMatchObject({
        status: 404,
        json: { RemoteException: { exception: 'NotFoundException' } },
      });
      expect((await getJson(`${apps()}/${id}`)).json.app).toMatchObject({
        state: 'RUNNING',
        finalStatus: 'UNDEFINED',
        finishedTime: 0,
      });
    });

    it('ends a moment after it is asked for', async () => {
      expect(await putState(context.yarn(), id, 'KILLED', context.yarn().user)).toEqual({
        status: 202,
        // The state depends on the moment: any of those that a killed application goes through.
        json: { state: expect.stringMatching(/^(RUNNING|FINAL_SAVING|KILLING|KILLED)$/) },
      });
      await vi.waitFor(
        async () => {
          const { json } = await getJson(`${apps()}/${id}/state`);
          expect(json).toEqual({ state: 'KILLED' });
        },
        { timeout: 30_000, interval: 100 },
      );
      // A second kill changes nothing.
      expect(await putState(context.yarn(), id, 'KILLED', context.yarn().user)).toEqual({
        status: 200,
        json: { state: 'KILLED' },
      });
    });

    it('names who killed it, in YARN and in the log of its command, which ends with 1', async () => {
      const said = `Application ${id} was killed by user ${context.yarn().user}`;
      expect((await getJson(`${apps()}/${id}`)).json.app).toMatchObject({
        finalStatus: 'KILLED',
        diagnostics: said,
      });
      const { exitCode, stderr } = await command;
      expect(stderr).toContain(`Job ${jobOf(id)} failed with state KILLED due to: ${said}\n`);
      expect(stderr).toMatch(/ INFO mapreduce\.Job: Counters: 0\n/);
      expect(exitCode).toBe(1);
    });

    it('never comes to the history server', async () => {
      expect((await getJson(history())).status).toBe(404);
    });
  });
}
