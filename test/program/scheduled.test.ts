import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { PROJECT, useWorkFolder } from '../support/work-folder.js';

const WRAPPER = join(PROJECT, 'bin', 'scheduled-run.sh');
const JOB = 'input: { files: in.csv }\ncolumns: { A: upper }\noutput: { path: out, mode: replace }\n';
const IS_ROOT = process.getuid?.() === 0;
/** Without the capabilities that let root write everywhere; empty for other users. */
const WITHOUT_RIGHTS = IS_ROOT ? 'setpriv --bounding-set=-dac_override,-dac_read_search' : '';
const SLOW = 600_000;
/** Many tasks, one after the other: a run that goes on while others start. */
const SLOWLY = ['--split-size', '256KiB', '--parallel', '1'];

describe('hadoop-elt scheduled', () => {
  const work = useWorkFolder();
  const prepare = async (job = JOB) => {
    await work().write('job.elt.yaml', job);
    await work().write('in.csv', 'A\na\n');
  };
  const scheduled = (...args: string[]) => work().runHere(['scheduled', 'job.elt.yaml', ...args]);
  const logs = async (folder = '.hadoop-elt/logs') => work().names(folder);
  const lastLog = async () => {
    const [name = ''] = (await logs()).reverse();
    return work().read('.hadoop-elt/logs', name).toString();
  };

  it('prints nothing when all is well, and leaves a log', async () => {
    await prepare();
    expect(await scheduled()).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(await logs()).toEqual([expect.stringMatching(/^job-\d{8}T\d{6}Z-\d+\.log$/)]);
    expect(await lastLog()).toMatch(/^Job job on the local engine, run .*\n[\s\S]*Published /);
  });

  it('passes the exit code on, says where the log is and how it ends, and has the start in the history', async () => {
    await prepare(JOB.replace('in.csv', 'nothing*.csv'));
    const { exitCode, stdout, stderr } = await scheduled('--name', 'nightly');
    expect([exitCode, stdout]).toEqual([3, '']);
    const [name = ''] = await logs();
    expect(name).toMatch(/^nightly-/);
    expect(stderr).toContain(
      `hadoop-elt: job ended with exit code 3; its log is ${work().at('.hadoop-elt/logs', name)}\n`,
    );
    expect(stderr).toContain('No input matches "nothing*.csv"');
    const { stdout: listed } = await work().runHere(['runs', 'job.elt.yaml', '--json']);
    expect(JSON.parse(listed)).toMatchObject({ state: 'no-input', failure: 'no-input', exitCode: 3 });
    const shown = await work().runHere(['show', 'last']);
    expect(shown.stdout).toMatch(/^Run \S+ of job job: no input \(no-input, exit code 3\)\n/);
    expect(shown.stdout).toContain('Why it failed\n  No input matches "nothing*.csv"');
  });

  it('tells of a job file that can not be used, and makes nothing beside one that is not there', async () => {
    await prepare('columns: 7\n');
    const invalid = await scheduled();
    expect([invalid.exitCode, invalid.stderr]).toEqual([2, expect.stringContaining('has 3 problems')]);
    const { stdout } = await work().runHere(['runs', 'job.elt.yaml', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'failed', failure: 'job-file-invalid', exitCode: 2 });
    const missing = await work().runHere(['scheduled', 'elsewhere/job.elt.yaml']);
    expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining('there is no such file')]);
    expect(await work().names()).not.toContain('elsewhere');
  });

  it('keeps as many logs as it is told, by count and by size, and touches nothing else there', async () => {
    await prepare();
    await work().write('logs/job-other.log', 'not ours');
    await work().write('logs/job-20200101T000000Z-1.log', 'x'.repeat(5000));
    await work().write('logs/job-20200102T000000Z-1.log', 'y');
    await work().write('logs/job-more-20200102T000000Z-1.log', 'of another job');
    await scheduled('--logs', 'logs', '--keep-logs', '2');
    const others = ['job-more-20200102T000000Z-1.log', 'job-other.log'];
    const kept = (await logs('logs')).filter((name) => !others.includes(name));
    expect(kept).toEqual(['job-20200102T000000Z-1.log', expect.stringMatching(/^job-2/)]);
    await scheduled('--logs', 'logs', '--max-log-size', '1');
    const names = await logs('logs');
    expect(names.filter((name) => !others.includes(name))).toHaveLength(1);
    expect(names).toEqual(expect.arrayContaining(others));
  });

  it('ends a run that takes longer than its time limit, and publishes nothing of it', async () => {
    await prepare(`${JOB}scheduled: { timeLimit: 200ms }\n`);
    await work().write('in.csv', `A\n${'abc\n'.repeat(3_000_000)}`);
    const { exitCode, stderr } = await scheduled(...SLOWLY);
    expect(exitCode).toBe(6);
    expect(stderr).toContain(
      'The run took longer than its time limit of 200ms, and was ended; nothing was published',
    );
    expect(await work().names()).not.toContain('out');
    const { stdout } = await work().runHere(['runs', 'job.elt.yaml', '--failed', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ failure: 'time-limit', exitCode: 6 });
  });

  it('refuses values that it does not take', async () => {
    await prepare();
    for (const wrong of [
      ['--time-limit', 'long'],
      ['--keep-logs', '0'],
      ['--max-log-size', 'x'],
      ['--name', '../x'],
    ]) {
      const { exitCode, stderr } = await scheduled(...wrong);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('; accepted: ')]);
    }
  });

  it('runs without a log, and says so, where none can be written', async () => {
    await prepare();
    await work().write('file', '');
    const { exitCode, stderr } = await scheduled('--logs', 'file');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('hadoop-elt: The run has no log: ');
    expect(stderr).toContain('--logs FOLDER');
    expect(stderr).toContain('Published ');
    expect(await work().names()).toContain('out');
  });
});

describe('bin/scheduled-run.sh, as users and cron call it', () => {
  const work = useWorkFolder();
  const prepare = async () => {
    await work().write('job.elt.yaml', JOB);
    await work().write('in.csv', 'A\na\n');
  };

  it('finds its folder through links, relative ones too', { timeout: SLOW }, async () => {
    await prepare();
    await mkdir(work().at('bin'));
    await symlink(WRAPPER, work().at('bin', 'absolute'));
    await symlink('absolute', work().at('bin', 'relative'));
    const { exitCode, stderr } = await work().bash(
      `PATH=${work().at('bin')}:$PATH; cd /; relative ${work().at('job.elt.yaml')}`,
    );
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(await work().names()).toContain('out');
  });

  it('says that node is not on the PATH of cron', async () => {
    const { exitCode, stderr } = await execa('/bin/sh', [WRAPPER, 'job.elt.yaml'], {
      cwd: work().path,
      env: { PATH: '/nowhere:/bin' },
      extendEnv: false,
      reject: false,
    });
    // On this machine /bin may be where node is.
    if (existsSync('/bin/node')) expect(exitCode).toBe(2);
    else expect([exitCode, stderr]).toEqual([5, expect.stringContaining('node is not on the PATH')]);
  });

  it('takes the arguments of version 0.1, and refuses commands that can not be scheduled', {
    timeout: SLOW,
  }, async () => {
    await prepare();
    const { exitCode, stderr } = await work().bash(
      `${WRAPPER} --name old --logs logs --keep 3 -- run job.elt.yaml --mode replace`,
    );
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(await work().names('logs')).toEqual([expect.stringMatching(/^old-/)]);
    const refused = await work().bash(`${WRAPPER} --name old -- doctor`);
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('only run and submit')]);
  });

  it('runs in a folder of logs that is read-only or full, and says so', { timeout: SLOW }, async () => {
    await prepare();
    await mkdir(work().at('logs'));
    await chmod(work().at('logs'), 0o555);
    const readOnly = await work().bash(`${WITHOUT_RIGHTS} ${WRAPPER} job.elt.yaml --logs logs`);
    await chmod(work().at('logs'), 0o755);
    expect(readOnly.exitCode).toBe(0);
    expect(readOnly.stderr).toContain("The run has no log: Can't write the log");
    expect(readOnly.stderr).toContain('no permission');
    expect(await work().names()).toContain('out');
    if (!IS_ROOT) return;
    const small = work().at('small');
    await mkdir(small);
    const mounted = await work().bash(`mount -t tmpfs -o size=4k,nr_inodes=10 none ${small}`);
    // A container may not mount.
    if (mounted.exitCode !== 0) return;
    try {
      await work().bash(`head -c 4096 /dev/zero > ${small}/full`);
      const full = await work().bash(`${WRAPPER} job.elt.yaml --logs ${small}`);
      expect(full.exitCode).toBe(0);
      expect(full.stderr).toContain('The log of the run is incomplete');
      expect(full.stderr).toContain('no space left on the device');
      expect(full.stderr).toContain('Published ');
    } finally {
      await work().bash(`umount ${small}`);
    }
  });

  it('takes over from a run whose process number another process has now', { timeout: SLOW }, async () => {
    await prepare();
    await work().write('in.csv', `A\n${'abc\n'.repeat(2_000_000)}`);
    await work().interrupt(['run', 'job.elt.yaml'], /mapper .*written/, 'SIGKILL');
    // The lock names this test, which lives, as a process of that number with another start.
    const lock = (await work().bash('ls _hadoop-elt/out/lock/lock*.json')).stdout.trim().split('\n');
    for (const path of lock) {
      const text = work()
        .read(path)
        .toString()
        .replace(/"pid":\d+/, `"pid":${process.pid}`);
      await work().write(path, text);
    }
    const { exitCode, stderr } = await work().bash(`HADOOP_ELT_LEASE=60s ${WRAPPER} job.elt.yaml`);
    expect([exitCode, stderr]).toEqual([0, '']);
    const { stdout } = await work().bash('cat .hadoop-elt/logs/*.log');
    expect(stdout).toMatch(/Took over the lock of run .*, whose process is gone/);
  });

  it('ends with 8 while a run goes on, and leaves it alone; killed, it is continued by the next', {
    timeout: SLOW,
  }, async () => {
    await prepare();
    await work().write('in.csv', `A\n${'abc\n'.repeat(3_000_000)}`);
    const first = execa(WRAPPER, ['job.elt.yaml', ...SLOWLY], { cwd: work().path, reject: false });
    const log = () =>
      work()
        .bash('cat .hadoop-elt/logs/*.log')
        .then(({ stdout }) => stdout);
    await expect.poll(log, { timeout: 300_000 }).toMatch(/mapper .*written/);
    const second = await work().bash(`${WRAPPER} job.elt.yaml ${SLOWLY.join(' ')}`);
    expect(second.exitCode).toBe(8);
    expect(second.stderr).toContain('job was not started (exit code 8)');
    expect(second.stderr).toMatch(/is locked by run \d{8}T/);
    // The wrapper has become the run: nothing goes on without it.
    first.kill('SIGKILL');
    expect((await first).signal).toBe('SIGKILL');
    const third = await work().bash(`${WRAPPER} job.elt.yaml ${SLOWLY.join(' ')}`);
    expect([third.exitCode, third.stderr]).toEqual([0, '']);
    expect(await log()).toContain('Continues what an earlier process has begun');
    expect(await work().names()).toContain('out');
  });

  it('lets the run clean up after Ctrl-C at a terminal', { timeout: SLOW }, async () => {
    await prepare();
    await work().write('in.csv', `A\n${'abc\n'.repeat(3_000_000)}`);
    // A process group of its own, as a terminal makes one of a command line.
    const started = execa(WRAPPER, ['job.elt.yaml', ...SLOWLY], {
      cwd: work().path,
      detached: true,
      reject: false,
    });
    const log = () =>
      work()
        .bash('cat .hadoop-elt/logs/*.log')
        .then(({ stdout }) => stdout);
    await expect.poll(log, { timeout: 300_000 }).toMatch(/mapper .*written/);
    process.kill(-(started.pid ?? Number.NaN), 'SIGINT');
    const { exitCode, stderr } = await started;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('Interrupted by SIGINT; nothing was published');
    expect(await work().names()).not.toContain('_hadoop-elt');
  });

  it.skipIf(!IS_ROOT)(
    'does not start beside the live run of another user (as root)',
    { timeout: SLOW },
    async () => {
      await work().write('in.csv', `A\n${'abc\n'.repeat(3_000_000)}`);
      for (const [user, id] of [
        ['one', 65534],
        ['two', 12345],
      ] as const) {
        await work().write(
          `${user}/job.elt.yaml`,
          JOB.replace('in.csv', '../in.csv').replace('path: out', 'path: ../shared/out'),
        );
        await chown(work().at(user), id, id);
      }
      await chmod(work().path, 0o755);
      await mkdir(work().at('shared'));
      await chmod(work().at('shared'), 0o777);
      const as = (id: number, user: string) =>
        `umask 000; setpriv --reuid=${id} --regid=${id} --clear-groups ${WRAPPER} ${work().at(user, 'job.elt.yaml')} ${SLOWLY.join(' ')}`;
      const first = work().bash(as(65534, 'one'));
      const log = () =>
        work()
          .bash('cat one/.hadoop-elt/logs/*.log')
          .then(({ stdout }) => stdout);
      await expect.poll(log, { timeout: 300_000 }).toMatch(/mapper .*written/);
      const second = await work().bash(as(12345, 'two'));
      expect(second.stderr).toMatch(/is locked by run \d{8}T/);
      expect(second.exitCode).toBe(8);
      expect((await first).exitCode).toBe(0);
    },
  );
});

describe('hadoop-elt schedule', () => {
  const work = useWorkFolder();

  it('warns of variables that the job reads and the scheduler does not have', async () => {
    await work().write(
      'job.elt.yaml',
      `name: sales
input: { files: https://example.org/a.csv, http: { bearer: "env:TOKEN" } }
columns: { Mail: { hash: { with: sha256, secret: "env:SALT" } }, Note: { replace: { a: "env:NOT_ONE" } } }
load: { postgres: { url: "env:DATABASE_URL", table: t } }
scheduled:
  ping: env:PING_URL
  notify: { webhook: { url: "env:HOOK_URL", headers: { Authorization: "env:HOOK_KEY" } } }
`,
    );
    const named = 'TOKEN, DATABASE_URL, HOOK_URL, HOOK_KEY, PING_URL, SALT';
    const schedule = (...args: string[]) =>
      work().runHere(['schedule', 'job.elt.yaml', '--cron', '@daily', ...args], {
        env: { PGPASSWORD: 'swordfish' },
      });
    for (const target of ['cron', 'systemd', 'task-scheduler', 'airflow']) {
      const { exitCode, stdout, stderr } = await schedule('--for', target);
      expect([exitCode, stderr.split('\n')[0]]).toEqual([
        0,
        `hadoop-elt: Warning: sales reads variables that ${target} does not have: ${named}, PGPASSWORD`,
      ]);
      expect(stdout).toContain('HOOK_KEY, PING_URL, SALT and PGPASSWORD');
      expect(stdout + stderr).not.toContain('swordfish');
    }
    const connected = await schedule('--for', 'airflow', '--connection', 'SALT=salt.password');
    expect(connected.stderr).toMatch(/PING_URL, PGPASSWORD\n/);
    expect((await schedule('--format', 'table')).stdout).toContain(`variables    ${named}, PGPASSWORD\n`);
  });
});
