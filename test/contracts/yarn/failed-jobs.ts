import { beforeAll, describe, expect, it } from 'vitest';
import { type CommandRun, getHistory, getJson, getLog, jobOf } from '../streaming-run.js';
import { attemptsOf, type FactsContext, runJob, taskOf, writeInput } from './context.js';

/** Facts about jobs whose tasks fail, and about their messages. */
export function describeFailedJobs(context: FactsContext): void {
  const at = (name: string) => `${context.folder}/failed/${name}`;
  beforeAll(async () => {
    await writeInput(context, 'failed/in/a.csv', 'a\nb\n');
    // More than fits into the buffers between Hadoop and a mapper.
    await writeInput(context, 'failed/big/big.csv', 'some text\n'.repeat(200_000));
  });

  describe('a job whose mapper exits 3', () => {
    let run: CommandRun;
    beforeAll(async () => {
      run = await runJob(context, { 'mapreduce.map.maxattempts': 2 }, [
        ...['-mapper', `bash -c 'cat; echo unwell >&2; exit 3'`],
        ...['-input', at('in'), '-output', at('exit')],
      ]);
    });
    const said = 'java.lang.RuntimeException: PipeMapRed.waitOutputThreads(): subprocess failed with code 3';
    const reason = () =>
      `Task failed ${taskOf(run)}\nJob failed as tasks failed. failedMaps:1 failedReduces:0 killedMaps:0 killedReduces: 0`;

    it('is tried once more, and its command ends with 1', () => {
      const first = `${taskOf(run).replace('task', 'attempt')}_0`;
      expect(run.stderr).toContain(
        `mapreduce.Job: Task Id : ${first}, Status : FAILED\nError: ${said}\n\tat `,
      );
      expect(run.stderr).toContain(
        `Job ${jobOf(run.applicationId)} failed with state FAILED due to: ${reason()}\n\n`,
      );
      expect(run.stderr).toMatch(/^\tJob Counters \n\t\tFailed map tasks=2$/m);
      expect(run.stderr).toMatch(
        /ERROR streaming\.StreamJob: Job not successful!\nStreaming Command Failed!$/,
      );
      expect(run.exitCode).toBe(1);
    });

    it('is an application that finished but failed', async () => {
      const { resourceManager } = context.yarn();
      const { json } = await getJson(`${resourceManager}/ws/v1/cluster/apps/${run.applicationId}`);
      expect(json.app).toMatchObject({
        state: 'FINISHED',
        finalStatus: 'FAILED',
        diagnostics: `${reason()}\n`,
      });
    });

    it('is known to the history server without counters, its attempts without their statuses', async () => {
      const { job } = await getHistory(context.yarn(), run.applicationId);
      expect(job).toMatchObject({ state: 'FAILED', diagnostics: reason(), failedMapAttempts: 2 });
      expect(await getHistory(context.yarn(), run.applicationId, '/counters')).toEqual({
        jobCounters: { id: jobOf(run.applicationId) },
      });
      const attempts = await attemptsOf(context, run);
      expect(attempts.map(({ id }: { id: string }) => id.slice(-1)).sort()).toEqual(['0', '1']);
      expect(attempts[0]).toMatchObject({ state: 'FAILED', status: '' });
      expect(attempts[0].diagnostics).toMatch(/^Error: /);
      expect(attempts[0].diagnostics).toContain(said);
    });

    it('leaves the log of its mapper and its output folder, but nothing in that', async () => {
      const [{ assignedContainerId }] = await attemptsOf(context, run);
      expect(await getLog(context.yarn(), assignedContainerId, 'stderr?size=-4096')).toContain(
        'LogContents:\nunwell\n',
      );
      expect(await context.yarn().hdfs.list(at('exit'))).toEqual([]);
    });
  });

  it('a mapper that ends before it has read a big input fails, though it exits 0', async () => {
    const oneTask = {
      'mapreduce.input.fileinputformat.split.minsize': 2 ** 40,
      'mapreduce.map.maxattempts': 1,
    };
    const words = ['-mapper', 'head -n1', '-input', at('big'), '-output', at('early')];
    const run = await runJob(context, oneTask, words);
    expect(run.exitCode).toBe(1);
    const [attempt] = await attemptsOf(context, run);
    expect(attempt.diagnostics).toMatch(/^Error: java\.io\.IOException: Broken pipe\n/);
  });

  it.each([
    ['is not there', 'no-such-program', 'error=2, No such file or directory'],
    ['may not be executed', '/etc/passwd', 'error=13, Permission denied'],
  ])('a program that %s is named with the error', async (_, program, error) => {
    const run = await runJob(context, { 'mapreduce.map.maxattempts': 1 }, [
      ...['-mapper', program, '-input', at('in'), '-output', at(error.slice(0, 8))],
    ]);
    expect(run.exitCode).toBe(1);
    const [attempt] = await attemptsOf(context, run);
    expect(attempt.diagnostics).toMatch(
      /^Error: java\.lang\.RuntimeException: Error in configuring object\n/,
    );
    expect(attempt.diagnostics).toContain(
      `Caused by: java.io.IOException: Cannot run program "${program}": ${error}\n`,
    );
  });

  it('a task that shows no sign of life for mapreduce.task.timeout is ended', async () => {
    const properties = {
      'mapreduce.map.maxattempts': 1,
      'mapreduce.task.timeout': 2000,
      'mapreduce.task.timeout.check-interval-ms': 500,
    };
    const words = ['-mapper', 'sleep 100', '-input', at('in'), '-output', at('timeout')];
    const run = await runJob(context, properties, words);
    expect(run.exitCode).toBe(1);
    const [{ id, diagnostics }] = await attemptsOf(context, run);
    expect(diagnostics).toContain(
      `AttemptID:${id} task timeout set: 2s, taskTimedOut: true; task stuck timeout set: 600s, taskStuck: false`,
    );
  });

  it('a task that wants more memory than any container has ends the job as killed', async () => {
    const words = ['-mapper', 'cat', '-input', at('in'), '-output', at('memory')];
    const run = await runJob(context, { 'mapreduce.map.memory.mb': 1_000_000 }, words);
    expect(run.stderr).toMatch(
      /failed with state KILLED due to: The required MAP capability is more than the supported max container capability in the cluster\. Killing the Job\. mapResourceRequest: <memory:1000000, vCores:1> maxContainerCapability:<memory:\d+, vCores:\d+>\nJob received Kill while in RUNNING state\.\n/,
    );
    expect(run.exitCode).toBe(1);
    const { resourceManager } = context.yarn();
    const { json } = await getJson(`${resourceManager}/ws/v1/cluster/apps/${run.applicationId}`);
    expect(json.app).toMatchObject({ state: 'FINISHED', finalStatus: 'KILLED' });
    expect((await getHistory(context.yarn(), run.applicationId)).job).toMatchObject({ state: 'KILLED' });
  });
}
