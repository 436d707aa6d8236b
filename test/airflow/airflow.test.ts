import { rmSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import { PROGRAM, WorkFolder } from '../support/work-folder.js';
import { AirflowHome, killGroup, PATIENCE_MS } from './support/airflow-home.js';
import { metStep, processesOf } from './support/job-processes.js';

/** Many tasks, one after the other: a job that can be met while it runs. */
const SLOWLY = ['--split-size', '256KiB', '--parallel', '1'];
/** Prints how many tasks have begun, but for one. */
const COUNT_TASKS = `ls .hadoop-elt/runs/*/logs/records 2>/dev/null | sed 1d | grep -c task-`;
const HEADER = 'A,N\n';
const HOUR_MS = 3_600_000;

describe('a DAG in Airflow', () => {
  const airflow = new AirflowHome();
  beforeAll(() => airflow.start());
  afterAll(() => airflow.close());

  async function jobIn(work: WorkFolder, more = '', rules = 'A: upper'): Promise<void> {
    await work.write(
      'job.elt.yaml',
      `name: nightly\ninput: { files: in/*.csv }\ncolumns: { ${rules} }\noutput: { path: out, mode: append }\n${more}`,
    );
    await work.write('in/1.csv', `${HEADER}a,1\n`);
  }
  const dagTest = (day: string) => airflow.dagTest('nightly', day);
  interface ListedRun {
    readonly state: string;
    readonly attempts: number;
    readonly date: string | null;
  }
  async function runsOf(work: WorkFolder): Promise<ListedRun[]> {
    const { stdout } = await work.hadoopElt(['runs', 'job.elt.yaml', '--json']);
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as ListedRun);
  }
  async function inWorkFolder(action: (work: WorkFolder) => Promise<void>): Promise<void> {
    const work = new WorkFolder();
    try {
      await action(work);
    } finally {
      rmSync(work.path, { recursive: true });
    }
  }

  it('is green, with one run for all its tasks', () =>
    inWorkFolder(async (work) => {
      await jobIn(work);
      await airflow.schedule(work, '15 2 * * *');
      const { exitCode, output } = await dagTest('2026-11-25');
      expect([exitCode, output]).toEqual([0, expect.stringContaining('Paused after upload')]);
      expect(output).toContain(`Published ${work.at('out')}`);
      expect(await runsOf(work)).toMatchObject([{ state: 'published', attempts: 5 }]);
      // Another run of the DAG finds nothing new.
      expect((await dagTest('2026-11-26')).output).toContain('Nothing to do');
    }));

  it('with one task is green too, and its run is for the day of the DAG', () =>
    inWorkFolder(async (work) => {
      await jobIn(work);
      const job = work.read('job.elt.yaml').toString();
      await work.write('job.elt.yaml', job.replace('in/*.csv', '"in/{yyyy}-{MM}-{dd}.csv"'));
      await work.write('in/2026-11-24.csv', `${HEADER}b,1\n`);
      await airflow.schedule(work, '15 2 * * *', '--tasks', 'one', '--date', 'yesterday');
      expect((await dagTest('2026-11-25')).exitCode).toBe(0);
      expect(await runsOf(work)).toMatchObject([{ state: 'published', date: '2026-11-24' }]);
    }));

  it('takes folders from Variables and secrets from Connections', () =>
    inWorkFolder(async (work) => {
      await jobIn(work, '', 'A: { hash: { with: sha256, secret: env:SALT } }');
      await airflow.run('variables', 'set', 'hadoop_elt_nightly_output', work.at('elsewhere'));
      await airflow.run(
        'connections',
        'add',
        'my_salt',
        '--conn-type',
        'generic',
        '--conn-password',
        'swordfish',
      );
      await airflow.schedule(work, '15 2 * * *', '--connection', 'SALT=my_salt.password');
      const { exitCode, output } = await dagTest('2026-11-25');
      await airflow.run('variables', 'delete', 'hadoop_elt_nightly_output');
      expect([exitCode, output]).toEqual([0, expect.stringContaining(`Published ${work.at('elsewhere')}`)]);
      expect(output).not.toContain('swordfish');
      const { stdout } = await work.bash(
        'cat elsewhere/batch=*/part-*; printf a | openssl dgst -sha256 -hmac swordfish -r',
      );
      const [, record = '', expected = ''] = stdout.split('\n');
      expect(record).toBe(`${expected.split(' ')[0]},1`);
    }));

  it('shows the cause of a failing mapper and the link to YARN in the log of its task', () =>
    inWorkFolder(async (work) => {
      const cluster: FakeCluster = await startFakeCluster();
      try {
        await jobIn(work, '', 'N: { round: { places: 0, onInvalid: fail } }');
        await work.write('in/1.csv', `${HEADER}a,x\n`);
        await airflow.schedule(work, '15 2 * * *', '--cluster', cluster.clusterFile);
        const { exitCode, output } = await dagTest('2026-11-25');
        expect(exitCode).not.toBe(0);
        expect(output).toMatch(/run +follow application_\d+_\d+ at http:\/\//);
        expect(output).toContain('a field is invalid and its rule says onInvalid: fail');
        expect(output).toContain('exit code 6');
      } finally {
        await cluster.close();
      }
    }));

  it('with a sensor has no worker that waits for the job, and is green', () =>
    inWorkFolder(async (work) => {
      const cluster: FakeCluster = await startFakeCluster();
      try {
        await jobIn(work);
        const job = work.read('job.elt.yaml').toString();
        await work.write('job.elt.yaml', job.replace('path: out', `path: ${work.at('out')}`));
        await airflow.schedule(work, '15 2 * * *', '--cluster', cluster.clusterFile, '--sensor', '1s');
        await cluster.yarn.fault({ at: 'running', do: 'slow', ms: 20_000, times: 1 });
        const { exitCode, output } = await dagTest('2026-11-25');
        expect([exitCode, output]).toEqual([0, expect.stringContaining('Paused after submit')]);
        expect(output).toContain('Command exited with return code 99');
        expect(output).toContain('Return code matches retry code, will retry later');
        expect(await runsOf(work)).toMatchObject([{ state: 'published', attempts: 5 }]);
        // A job that fails fails the sensor, with its cause.
        await jobIn(work, '', 'N: { round: { places: 0, onInvalid: fail } }');
        await work.write('in/1.csv', `${HEADER}a,x\n`);
        const failed = await dagTest('2026-11-26');
        expect(failed.exitCode).not.toBe(0);
        expect(failed.output).toContain('a field is invalid and its rule says onInvalid: fail');
        expect(failed.output).toContain('Command exited with return code 6');
      } finally {
        await cluster.close();
      }
    }));

  it('that is killed in the middle goes on with the next, and publishes the same', () =>
    inWorkFolder(async (work) => {
      await jobIn(work);
      await work.write('in/1.csv', `${HEADER}${'abc,1\n'.repeat(2_000_000)}`);
      await airflow.schedule(work, '15 2 * * *', ...SLOWLY);
      const killed = airflow.startDagTest('nightly', '2026-11-25');
      await metStep(work, 'run', COUNT_TASKS);
      killGroup(killed.pid);
      for (const pid of processesOf(work)) process.kill(pid, 'SIGKILL');
      await killed;
      expect((await dagTest('2026-11-25')).exitCode).toBe(0);
      const [run, ...others] = await runsOf(work);
      expect([run?.state, others]).toEqual(['published', []]);
      const { stdout } = await work.bash(`cat out/batch=*/part-* | grep -c '^ABC,1$'`);
      expect(stdout.trim()).toBe('2000000');
    }));

  it('and its job come by git-sync from a bare repository, and the next run goes by what was pushed', () =>
    inWorkFolder(async (work) => {
      const git = (folder: string, ...args: string[]) =>
        execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-C', work.at(folder), ...args]);
      await mkdir(work.at('origin.git'));
      await git('origin.git', 'init', '-q', '--bare', '-b', 'main');
      await git('.', 'clone', '-q', 'origin.git', 'desk');
      await git('desk', 'checkout', '-q', '-b', 'main');
      const job = (rule: string) =>
        `name: nightly\ninput: { files: ${work.at('in')}/*.csv }\ncolumns: { A: ${rule} }\noutput: { path: ${work.at('out')}, mode: replace }\n`;
      /** As git-sync does: a worktree for each commit, and a link to the current one. */
      const sync = async () => {
        const { stdout: commit } = await git('origin.git', 'rev-parse', 'main');
        await git('origin.git', 'worktree', 'add', '-q', '--detach', work.at('sync', commit), commit);
        await work.bash(`ln -s ${commit} sync/next && mv -T sync/next sync/repo`);
      };
      await mkdir(work.at('sync'));
      await work.write('in/1.csv', `${HEADER}Abc,1\n`);
      for (const [rule, written] of [
        ['upper', 'ABC,1'],
        ['lower', 'abc,1'],
      ] as const) {
        await work.write('desk/jobs/job.elt.yaml', job(rule));
        const words = ['schedule', 'desk/jobs/job.elt.yaml', '--cron', '15 2 * * *', '--for', 'airflow'];
        const there = ['--at', work.at('sync/repo/jobs'), '--program', work.at('hadoop-elt')];
        const more = ['--state-dir', work.at('state'), '--start-date', '2026-01-01', '--time-zone', 'UTC'];
        const { exitCode, stdout } = await work.hadoopElt([...words, ...there, ...more]);
        expect(exitCode).toBe(0);
        expect(stdout).toContain(work.at('sync/repo/jobs/job.elt.yaml'));
        expect(stdout).not.toContain(work.at('desk'));
        await work.write('desk/dags/nightly.py', stdout);
        await git('desk', 'add', '-A');
        await git('desk', 'commit', '-q', '-m', rule);
        await git('desk', 'push', '-q', 'origin', 'main');
        await sync();
        await work.write('hadoop-elt', `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`);
        await work.bash('chmod +x hadoop-elt');
        const dags = work.at('sync/repo/dags');
        const { exitCode: code, output } = await airflow.dagTest('nightly', '2026-11-25', dags);
        expect([code, output]).toEqual([0, expect.stringContaining('Published ')]);
        expect((await work.joinedParts('out')).toString()).toBe(`${HEADER}${written}\n`);
      }
    }));

  it(
    'is really scheduled, each minute: killed and cleared tasks end green, each input is loaded once',
    {
      timeout: 2 * HOUR_MS,
    },
    () =>
      inWorkFolder(async (work) => {
        await jobIn(work);
        // The database has runs of the other tests, some of which have failed: this DAG has a name of its own.
        const job = work.read('job.elt.yaml').toString();
        await work.write('job.elt.yaml', job.replace('name: nightly', 'name: minutely'));
        await work.write('in/1.csv', `${HEADER}${'abc,1\n'.repeat(2_000_000)}`);
        await airflow.schedule(work, '* * * * *', '--retries', '2', '--retry-delay', '1s', ...SLOWLY);
        const stop = airflow.startStandalone();
        try {
          const killed = await metStep(work, 'run', COUNT_TASKS);
          process.kill(killed, 'SIGKILL');
          for (const [nth, name] of ['1', '2', '3'].entries()) {
            await expect
              .poll(async () => (await runsOf(work)).filter(({ state }) => state === 'published').length, {
                timeout: PATIENCE_MS,
                interval: 2000,
              })
              .toBe(nth + 1);
            if (name !== '3') await arrive(work, `${nth + 2}.csv`, `${HEADER}x,${nth + 2}\n`);
          }
          await airflow.succeeded('minutely', 3);
          const batches = await work.names('out');
          const cleared = await airflow.clear('minutely', 'load_data', 'run_job');
          expect(cleared).toEqual(expect.arrayContaining(['load_data', 'run_job', 'verify_and_publish']));
          await airflow.succeeded('minutely', 3);
          expect(await airflow.states('minutely'), await airflow.failures()).not.toContain('failed');
          expect(await work.names('out')).toEqual(batches);
          const { stdout } = await work.bash(`cat out/batch=*/part-* | grep -v ^A,N | sort | uniq -c`);
          expect(stdout.trim().split(/\s*\n\s*/)).toEqual(['2000000 ABC,1', '1 X,2', '1 X,3']);
        } finally {
          await stop();
          for (const pid of processesOf(work)) process.kill(pid, 'SIGKILL');
        }
      }),
  );

  /** Adds an input whole: no run meets an empty or half of a file. */
  async function arrive(work: WorkFolder, name: string, content: string): Promise<void> {
    await rename(await work.write(`in/.${name}`, content), work.at('in', name));
  }
});
