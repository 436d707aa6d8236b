import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectGolden } from '../support/golden.js';
import { PROJECT, useWorkFolder } from '../support/work-folder.js';

const CASES = join(PROJECT, 'test', 'program', 'money-and-dates');

/** Each folder has a job file, its input, and in note.txt what it is about. */
describe('money and dates as people and systems write them', () => {
  const work = useWorkFolder();

  for (const name of readdirSync(CASES)) {
    const read = (file: string) => readFileSync(join(CASES, name, file));

    it(`${name}: ${read('note.txt').toString('utf8').trim()}`, async () => {
      await work().write('job.elt.yaml', read('job.elt.yaml'));
      await work().write('in.csv', read('in.csv'));
      const mapped = await work().hadoopElt(['map', 'job.elt.yaml'], { input: read('in.csv') });
      expect(mapped.exitCode, mapped.stderr).toBe(0);
      expectGolden(mapped.bytes, join(CASES, name, 'want.csv'));
      if (existsSync(join(CASES, name, 'stderr')))
        expectGolden(Buffer.from(mapped.stderr), join(CASES, name, 'stderr'));

      const run = await work().hadoopElt([
        'run',
        'job.elt.yaml',
        '--split-size',
        '40',
        '--state-dir',
        'state',
      ]);
      expect(run.exitCode, run.stderr).toBe(0);
      const [header = ''] = mapped.stdout.split('\n');
      const parts = (await work().joinedParts('out')).toString('utf8');
      expect(parts.split('\n').filter((line) => line !== header)).toEqual(mapped.stdout.split('\n').slice(1));
    });
  }
});
