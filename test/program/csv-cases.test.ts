import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectGolden } from '../support/golden.js';
import { PROJECT, useWorkFolder } from '../support/work-folder.js';

const CASES = `${PROJECT}/test/program/csv-cases`;

/**
 * Each folder of csv-cases has a job file, its data, and what has to come out of them: `want.csv`, `stderr` and
 * `exit-code`. Without a `command` the data go through `map`, and through the local engine, whole and in small splits.
 */
describe('CSV as people meet it', () => {
  const work = useWorkFolder();

  for (const name of readdirSync(CASES)) {
    const files = readdirSync(`${CASES}/${name}`);
    const hasCommand = files.includes('command');
    const put = async () => {
      for (const file of files) await work().write(file, readFileSync(`${CASES}/${name}/${file}`));
    };

    it(`${name.replaceAll('-', ' ')}: in a pipe`, async () => {
      await put();
      const command = hasCommand
        ? work().read('command').toString().trim()
        : '$program map job.elt.yaml < in.csv';
      const { bytes, stderr, exitCode } = await work().bash(command);
      expectGolden(bytes, `${CASES}/${name}/want.csv`);
      expectGolden(Buffer.from(stderr.replaceAll(work().path, 'WORK')), `${CASES}/${name}/stderr`);
      expectGolden(Buffer.from(`${exitCode}\n`), `${CASES}/${name}/exit-code`);
    });

    if (hasCommand || !succeeds(name)) continue;
    it(`${name.replaceAll('-', ' ')}: the same records on the local engine`, async () => {
      await put();
      const wanted = work().read('want.csv').toString('latin1');
      for (const splitSize of ['128MiB', '20']) {
        const output = `out-${splitSize}`;
        const args = ['--output', output, '--split-size', splitSize];
        const { stderr, exitCode } = await work().hadoopElt(['run', 'job.elt.yaml', ...args]);
        expect(stderr).toContain('equations of the proof hold');
        expect(exitCode).toBe(0);
        expect(withoutHeaders((await work().joinedParts(output)).toString('latin1'), wanted)).toBe(
          withoutHeaders(wanted, wanted),
        );
      }
    });
  }
});

function succeeds(name: string): boolean {
  const path = `${CASES}/${name}/exit-code`;
  return existsSync(path) && readFileSync(path, 'utf8') === '0\n';
}

/** The lines of a CSV without those that are equal to the first line of another one. */
function withoutHeaders(csv: string, wanted: string): string {
  const header = wanted.slice(0, wanted.indexOf('\n'));
  return csv
    .split('\n')
    .filter((line) => line !== header)
    .join('\n');
}
