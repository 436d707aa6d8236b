import { chmod } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { useWorkFolder } from '../support/work-folder.js';

const JOB = 'input: { files: in.csv }\ncolumns: { A: upper }\noutput: { path: ../out }\n';
const REMEDY = '  Runs, logs and locks need a writable folder; name one with --state-dir DIR\n';
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
    const { exitCode, stderr } = await work().hadoopElt(['run', 'jobs/job.elt.yaml', '--state-dir', 'state']);
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
    expect(stderr).toMatch(/^hadoop-elt: Can't make the folder ".*\/closed\/state.*": no permission\n/);
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
