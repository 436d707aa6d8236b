import { describe, expect, it } from 'vitest';
import { exitCodeWhenTerminalCloses } from '../support/closing-terminal.js';
import { useWorkFolder } from '../support/work-folder.js';

const JOB = 'input: { files: in/*.csv }\ncolumns: { City: upper }\noutput: { path: out }\n';

describe('standard streams that fail', () => {
  const work = useWorkFolder();
  const prepare = async () => {
    await work().write('job.elt.yaml', JOB);
    await work().write('in/a.csv', 'City,Amount\noslo,1\n');
  };
  const expectPublished = async () => {
    expect(await work().names()).toEqual(['.hadoop-elt', 'in', 'job.elt.yaml', 'out']);
    expect(await work().names()).not.toContain('_hadoop-elt');
    expect((await work().joinedParts('out')).toString()).toBe('City,Amount\nOSLO,1\n');
  };

  for (const command of ['--help', 'plan job.elt.yaml', 'plan job.elt.yaml --json']) {
    it(`fails with 3 and says why when the answer of ${command} does not fit on the disk`, async () => {
      await prepare();
      const { exitCode, stderr } = await work().bash(`$program ${command} > /dev/full`);
      expect(stderr).toBe(
        'hadoop-elt: Can\'t write to "standard output": no space left on the device\n  ENOSPC: no space left on device, write\n',
      );
      expect(exitCode).toBe(3);
    });
  }

  it('fails with 3 when neither stdout nor stderr take text', async () => {
    await prepare();
    expect((await work().bash('$program plan job.elt.yaml > /dev/full 2>&1')).exitCode).toBe(3);
  });

  for (const redirect of ['2> /dev/full', '> /dev/full 2>&1', '--json > /dev/full 2>&1']) {
    it(`publishes with 0, and leaves no lock, when a run tells it to ${redirect}`, async () => {
      await prepare();
      expect((await work().bash(`$program run job.elt.yaml ${redirect}`)).exitCode).toBe(0);
      await expectPublished();
    });
  }

  it('says that a run has published whose summary does not fit on the disk', async () => {
    await prepare();
    const { exitCode, stderr } = await work().bash('$program run job.elt.yaml > /dev/full');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /publish .*\nhadoop-elt: Can't write to "standard output": no space left on the device\n.*\n {2}Only the text on stdout is lost/,
    );
    await expectPublished();
  });

  it('keeps the exit code of a run that fails while stderr is full', async () => {
    await prepare();
    await work().write('out/mine.txt', 'mine');
    expect((await work().bash('$program run job.elt.yaml 2> /dev/full')).exitCode).toBe(3);
    expect(await work().names()).not.toContain('_hadoop-elt');
  });

  it('stays quiet when the reader of a pipe has had enough', async () => {
    await prepare();
    for (const command of ['plan job.elt.yaml', 'run job.elt.yaml --json']) {
      const { stdout, stderr } = await work().bash(
        `$program ${command} 2> told | head -0; echo "code \${PIPESTATUS[0]}"`,
      );
      expect(stdout).toBe('code 0\n');
      expect(stderr).toBe('');
      expect(work().read('told').toString()).not.toContain('hadoop-elt:');
    }
    expect((await work().joinedParts('out')).toString()).toBe('City,Amount\nOSLO,1\n');
  });
});

describe('a terminal', () => {
  const work = useWorkFolder();

  it('ends as an interrupted run, cleaned up, when its terminal closes', async () => {
    await work().write('job.elt.yaml', JOB);
    await work().write('in/big.csv', `City,Amount\n${'oslo,1.25\n'.repeat(6_000_000)}`);
    expect(await exitCodeWhenTerminalCloses(work(), ['run', 'job.elt.yaml'], /mapper .*written/)).toBe(129);
    expect(await work().names()).toEqual(['.hadoop-elt', 'exit-code', 'in', 'job.elt.yaml']);
    expect(await work().names()).not.toContain('_hadoop-elt');
  });
});
