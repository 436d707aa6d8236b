import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectGolden } from '../support/golden.js';
import { fixture, PROJECT, useWorkFolder } from '../support/work-folder.js';

const CASES = `${PROJECT}/test/program/bad-input`;

/**
 * Each folder of bad-input has a job file, its data, and the expected `stderr` and `exit-code`. `command` has the
 * arguments of the program; without it the job is run.
 */
describe('bad input gets a clear message, its exit code, and leaves nothing behind', () => {
  const work = useWorkFolder();

  for (const name of readdirSync(CASES)) {
    it(name.replaceAll('-', ' '), async () => {
      const files = readdirSync(`${CASES}/${name}`);
      for (const file of files) await work().write(file, readFileSync(`${CASES}/${name}/${file}`));
      const before = await work().names();
      const command = files.includes('command')
        ? work().read('command').toString().trim()
        : '$program run job.elt.yaml';
      const result = await work().bash(command);
      const stderr = result.stderr
        .replaceAll(work().path, 'WORK')
        .replaceAll(/\d{8}T\d{9}Z-[0-9a-f]{6}/g, 'RUN')
        .replaceAll(/job-[0-9a-f]{16}\.mjs/g, 'MAPPER')
        .replaceAll(/\d+\.\d s$/gm, 'TIME');
      expect(result.stdout).toBe('');
      expectGolden(Buffer.from(stderr), `${CASES}/${name}/stderr`);
      expectGolden(Buffer.from(`${result.exitCode}\n`), `${CASES}/${name}/exit-code`);
      const after = (await work().names()).filter((entry) => entry !== '.hadoop-elt');
      expect(after).toEqual(before);
    });
  }
});

describe('help', () => {
  const work = useWorkFolder();

  it('lists the commands and the exit codes', async () => {
    const { stdout, exitCode } = await work().hadoopElt(['--help']);
    expect(exitCode).toBe(0);
    for (const word of ['map', 'build', 'plan', 'run', 'Exit codes']) expect(stdout).toContain(word);
  });

  for (const command of ['map', 'build', 'plan', 'run']) {
    it(`of ${command} has examples`, async () => {
      const { stdout, exitCode } = await work().hadoopElt([command, '--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('Examples:');
      expect(stdout).toContain(`hadoop-elt ${command}`);
    });
  }
});

describe('plan', () => {
  const work = useWorkFolder();

  it('shows each value with where it came from', async () => {
    const { stdout, exitCode } = await work().hadoopElt(
      ['plan', fixture('jobs', 'sales.elt.yaml'), '--split-size', '64KiB'],
      { env: { HADOOP_ELT_PARALLEL: '3' } },
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/run\.splitSize +64\.0 KiB +flag --split-size/);
    expect(stdout).toMatch(/run\.parallel +3 +environment HADOOP_ELT_PARALLEL/);
    expect(stdout).toMatch(/name +sales +job file line 3/);
    expect(stdout).toMatch(/output\.mode +create +default/);
    expect(stdout).toMatch(/\[0\] Region +upper +job file line 9/);
  });

  it('changes nothing', async () => {
    await work().write('job.elt.yaml', 'input: { files: x.csv }\noutput: { path: o }\n');
    expect((await work().hadoopElt(['plan', 'job.elt.yaml'])).exitCode).toBe(0);
    expect(await work().names()).toEqual(['job.elt.yaml']);
  });
});
