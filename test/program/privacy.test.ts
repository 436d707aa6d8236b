import { describe, expect, it } from 'vitest';
import { describePrivateJobs } from '../contracts/private-jobs.js';
import { connectToFakes } from '../support/fake-cluster.js';
import {
  expectHidden,
  filesBelow,
  PRIVATE_INPUT,
  PRIVATE_OUTPUT,
  PRIVATE_REJECTS,
  privateJob,
  SECRET,
  WITH_SECRET,
  writePrivateJob,
} from '../support/private-data.js';
import { useWorkFolder } from '../support/work-folder.js';

describe('what a job hides', () => {
  const work = useWorkFolder();
  const localJob = (more = '') => privateJob('/private', more).replace('/private/out', 'out');

  it('is nowhere but in the input: local engine', async () => {
    await writePrivateJob(work(), localJob());
    const { exitCode, stdout, stderr } = await work().hadoopElt(['run', 'job.yaml'], { env: WITH_SECRET });
    expect(exitCode, stderr).toBe(0);
    expect((await work().joinedParts('out')).toString()).toBe(PRIVATE_OUTPUT);
    const files = filesBelow(work().path).filter(({ path }) => !path.endsWith('in.csv'));
    const rejects = files.filter(({ path }) => path.includes('rejects') && path.includes('part-'));
    expect(rejects.map(({ text }) => text.replaceAll(`${work().path}/`, ''))).toContain(PRIVATE_REJECTS);
    for (const { mode, path } of rejects) expect(mode, path).toBe(0o600);
    expect(files.map(({ path }) => path).filter((path) => path.includes('secrets'))).toEqual([]);
    expectHidden([...files.map(({ path, text }) => `${path}\n${text}`), stdout, stderr]);
  });

  it.each([
    [
      'Status: { oneOf: [open, done], onInvalid: reject }',
      'Status: { oneOf: [open, done], onInvalid: fail }',
    ],
    ['date: { from: yyyy-MM-dd, to: yy } }', 'date: { from: yyyy-MM-dd, to: yy, onInvalid: fail } }'],
    ['records: { malformed: reject }', 'records: { malformed: fail }'],
    ['records: { malformed: reject }', 'records: { malformed: reject, wrongFieldCount: fail }'],
  ])('is not in what a failed run leaves: %s → %s', async (before, after) => {
    await writePrivateJob(work(), localJob().replace(before, after));
    const { exitCode, stdout, stderr } = await work().hadoopElt(['run', 'job.yaml'], { env: WITH_SECRET });
    expect(exitCode).toBe(6);
    const files = filesBelow(work().path).filter(({ path }) => !path.endsWith('in.csv'));
    expectHidden([...files.map(({ text }) => text), stdout, stderr]);
  });

  it('is hidden in a pipe too, and its rejects', async () => {
    await writePrivateJob(work(), localJob());
    const mapped = await work().hadoopElt(['map', 'job.yaml'], { input: PRIVATE_INPUT, env: WITH_SECRET });
    expect(mapped.stdout).toBe(PRIVATE_OUTPUT);
    const rejects = await work().hadoopElt(['map', 'job.yaml', '--emit', 'rejects'], {
      input: PRIVATE_INPUT,
      env: WITH_SECRET,
    });
    expect(rejects.stdout).toBe(PRIVATE_REJECTS.replaceAll(/^in\.csv/gm, '-'));
    expectHidden([mapped.stderr, rejects.stdout, rejects.stderr]);
  });

  it('needs its secret: a built mapper stops without it, before it reads anything', async () => {
    await writePrivateJob(work(), localJob());
    await work().hadoopElt(['build', 'job.yaml', '-o', 'mapper.mjs']);
    expect(work().read('mapper.mjs').toString()).not.toContain(SECRET);
    const without = await work().node(['mapper.mjs'], { input: PRIVATE_INPUT, env: { EMAIL_SALT: '' } });
    expect(without).toMatchObject({ exitCode: 2, stdout: '' });
    expect(without.stderr).toBe(
      'hadoop-elt mapper: The secret "env:EMAIL_SALT" is not there\n  Set the environment variable EMAIL_SALT\n',
    );
    expect((await work().node(['mapper.mjs'], { input: PRIVATE_INPUT, env: WITH_SECRET })).stdout).toBe(
      PRIVATE_OUTPUT,
    );
    const run = await work().hadoopElt(['run', 'job.yaml'], { env: { EMAIL_SALT: '' } });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('The secret "env:EMAIL_SALT" can\'t be read: it is empty or not set');
  });

  it('takes its secret from a file beside the job file, or from a command', async () => {
    for (const secret of ['file:salt.txt', `'command:printf "${SECRET}\\n"'`]) {
      await writePrivateJob(work(), localJob().replace('env:EMAIL_SALT', secret));
      await work().write('salt.txt', `${SECRET}\n`);
      const { stdout, stderr } = await work().hadoopElt(['map', 'job.yaml'], { input: PRIVATE_INPUT });
      expect(stdout, stderr).toBe(PRIVATE_OUTPUT);
      const run = await work().hadoopElt(['run', 'job.yaml', '--output', secret.slice(0, 4)]);
      expect(run.exitCode, run.stderr).toBe(0);
      expect((await work().joinedParts(secret.slice(0, 4))).toString()).toBe(PRIVATE_OUTPUT);
    }
  });

  it('does not get out by a side door of the job file', async () => {
    await writePrivateJob(
      work(),
      localJob()
        .replace('{ malformed: reject }', '{ malformed: pass, wrongFieldCount: pass }')
        .replace('{ secret: env:EMAIL_SALT }', '{ secret: hunter2 }')
        .replace('[trim, {', '[{ type: integer, onInvalid: keep }, {')
        .replace('to: yy } }', 'to: yy, onInvalid: keep } }'),
    );
    const { exitCode, stderr } = await work().hadoopElt(['map', 'job.yaml'], {
      input: PRIVATE_INPUT,
      env: WITH_SECRET,
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('columns.Email.hash.secret');
    expect(stderr).toContain('columns.Card.0.type');
    expect(stderr).toContain('the rule mask hides this column');
    expect(stderr).toContain('the output does not have the column "When"');
    expect(stderr).toContain('records.wrongFieldCount');
    expect(stderr).toContain('records.malformed');
  });
});

describePrivateJobs(connectToFakes, '/private');
