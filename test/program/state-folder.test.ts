import { chmod, chown, mkdir, readdir, stat, symlink } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type Finished, useWorkFolder } from '../support/work-folder.js';

const JOB = 'input: { files: in.csv }\ncolumns: { A: upper }\noutput: { path: ../out }\n';
const REMEDY = '  Runs, logs and mappers need a writable folder; name one with --state-dir DIR\n';
/** Drops the capabilities that let root write everywhere; empty for other users. */
const WITHOUT_RIGHTS =
  process.getuid?.() === 0 ? 'setpriv --bounding-set=-dac_override,-dac_read_search' : '';

describe('a state folder that can not be used', () => {
  const work = useWorkFolder();
  const prepare = async () => {
    await work().write('jobs/job.elt.yaml', JOB);
    await work().write('jobs/in.csv', 'A\na\n');
  };

  it('is named, with the remedy, when it is a file', async () => {
    await prepare();
    await work().write('state', 'mine');
    const { exitCode, stderr } = await work().runHere(['run', 'jobs/job.elt.yaml', '--state-dir', 'state']);
    expect(stderr).toBe(
      `hadoop-elt: Can't make the folder "${work().at('state')}": a part of the path is a file, not a folder\n${REMEDY}`,
    );
    expect(exitCode).toBe(3);
    expect(work().read('state').toString()).toBe('mine');
  });

  it('is named, with the remedy, when the folder above may not be searched', async () => {
    await prepare();
    await work().write('closed/there', '');
    await chmod(work().at('closed'), 0o000);
    const { exitCode, stderr } = await work().bash(
      `${WITHOUT_RIGHTS} $program run jobs/job.elt.yaml --state-dir closed/state`,
    );
    await chmod(work().at('closed'), 0o755);
    expect(stderr).toMatch(/^hadoop-elt: Can't look at .*"[^"]*\/closed\/state.*": no permission\n/);
    expect(stderr).toContain(REMEDY);
    expect(exitCode).toBe(3);
  });

  it('is named, with the remedy, when the job file lies in a folder that is read-only', async () => {
    await prepare();
    await chmod(work().at('jobs'), 0o555);
    const run = `${WITHOUT_RIGHTS} $program run jobs/job.elt.yaml`;
    const { exitCode, stderr } = await work().bash(run);
    const elsewhere = await work().bash(`${run} --state-dir state`);
    await chmod(work().at('jobs'), 0o755);
    expect(stderr).toMatch(/^hadoop-elt: Can't make the folder ".*\/jobs\/\.hadoop-elt.*": no permission\n/);
    expect(stderr).toContain(REMEDY);
    expect(exitCode).toBe(3);
    expect(elsewhere.exitCode).toBe(0);
  });
});

describe('a state folder that is not safe', () => {
  const work = useWorkFolder();
  const run = () => work().runHere(['run', 'job.elt.yaml']);
  const prepare = async () => {
    await work().write('job.elt.yaml', JOB.replace('../out', 'out'));
    await work().write('in.csv', 'A\na\n');
  };
  const expectRefused = ({ exitCode, stderr }: Finished, cause: RegExp, remedy: string) => {
    expect(stderr).toMatch(/^hadoop-elt: Can't use the state folder ".*\.hadoop-elt.*": it is not safe\n/);
    expect(stderr).toMatch(cause);
    expect(stderr).toContain(remedy);
    expect(exitCode).toBe(3);
  };

  it('is refused when others can write there, or in a folder of it, until that right is taken away', async () => {
    await prepare();
    expect((await run()).exitCode).toBe(0);
    for (const folder of ['.hadoop-elt', '.hadoop-elt/runs', '.hadoop-elt/mappers']) {
      await chmod(work().at(folder), 0o777);
      expectRefused(await run(), /mode 0777/, `chmod go-w "${work().at(folder)}"`);
      await chmod(work().at(folder), 0o755);
      expect((await run()).exitCode).toBe(0);
    }
  });

  it.skipIf(process.getuid?.() !== 0)('is refused when it belongs to another user (as root)', async () => {
    await prepare();
    await mkdir(work().at('.hadoop-elt'));
    await chown(work().at('.hadoop-elt'), 65534, 65534);
    expectRefused(await run(), /belongs to another user \(id 65534; you are 0\)/, '--state-dir');
  });

  it.each(['runs', 'mappers', 'locks'])(
    'is refused when its %s are a link, which is not followed',
    async (name) => {
      await prepare();
      await mkdir(work().at('elsewhere'));
      await mkdir(work().at('.hadoop-elt'));
      await symlink(work().at('elsewhere'), work().at('.hadoop-elt', name));
      expectRefused(await run(), /it is a link/, 'Remove the link');
      expect(await readdir(work().at('elsewhere'))).toEqual([]);
      expect(await readdir(work().path)).not.toContain('out');
    },
  );

  it('is never left to run the program that a link in the place of a mapper leads to', async () => {
    await prepare();
    expect((await run()).exitCode).toBe(0);
    const [mapper = ''] = await work().names('.hadoop-elt', 'mappers');
    const path = work().at('.hadoop-elt', 'mappers', mapper);
    await work().write('theirs.mjs', work().read('.hadoop-elt', 'mappers', mapper));
    await work().bash(`rm ${path}; rm -r out`);
    await symlink(work().at('theirs.mjs'), path);
    const { exitCode, stderr } = await run();
    expect(stderr).toContain('it is not a regular file');
    expect(exitCode).toBe(3);
  });

  it('is made so that only its owner can write there, whatever the umask, and read the folder of a run', async () => {
    await prepare();
    const { exitCode } = await work().bash('umask 000; $program run job.elt.yaml; $program run job.elt.yaml');
    expect(exitCode).toBe(0);
    const modeOf = async (...path: string[]) =>
      ((await stat(work().at('.hadoop-elt', ...path))).mode & 0o777).toString(8);
    expect([await modeOf(), await modeOf('runs'), await modeOf('mappers')]).toEqual(['755', '755', '755']);
    const [runId = ''] = await work().names('.hadoop-elt', 'runs');
    expect(await modeOf('runs', runId)).toBe('700');
    expect(await modeOf('runs', runId, 'journal.jsonl')).toBe('600');
    expect(await modeOf('runs', runId, 'logs', 'records', 'task-00000.log')).toBe('600');
  });
});
