import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectGolden } from '../support/golden.js';
import { fixture, useWorkFolder, WorkFolder } from '../support/work-folder.js';

const JOB = fixture('jobs', 'edge-cases.elt.yaml');
const FILES = readdirSync(fixture('edge-cases')).filter((name) => /\.csv(\.gz)?$/.test(name));

/** The bytes that a shell pipe would give to the mapper. */
function plainBytes(name: string): Buffer {
  const bytes = readFileSync(fixture('edge-cases', name));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

describe('each oddity of edge-cases', () => {
  const work = useWorkFolder();

  const built = new WorkFolder();
  beforeAll(async () => {
    expect((await built.runHere(['build', JOB, '-o', 'mapper.mjs'])).exitCode).toBe(0);
  });
  afterAll(() => rmSync(built.path, { recursive: true }));

  it('has a fixture', () => expect(FILES.length).toBeGreaterThan(20));

  for (const name of FILES) {
    const expected = fixture('expected', 'edge-cases', name.replace(/\.gz$/, ''));

    it(`${name} gives the expected bytes in a pipe`, async () => {
      const mapped = await work().hadoopElt(['map', JOB], { input: plainBytes(name) });
      expect(mapped.exitCode).toBe(0);
      expectGolden(mapped.bytes, expected);
    });

    it(`${name} gives the same bytes on the local engine, whole and in small splits`, async () => {
      for (const splitSize of ['128MiB', '40']) {
        const output = `out-${splitSize}`;
        const args = ['--input', fixture('edge-cases', name), '--output', output, '--split-size', splitSize];
        const run = await work().runHere(['run', JOB, ...args, '--state-dir', 'state']);
        expect(run.stderr).toContain('equations of the proof hold');
        expect(run.exitCode).toBe(0);
        expectGolden(await work().joinedParts(output), expected);
        if (!(await work().names(output, '_hadoop-elt')).includes('rejects')) continue;
        // The lines of the file also in later splits.
        const rejects = (await work().joinedParts(output, '_hadoop-elt', 'rejects')).toString('latin1');
        const file = Buffer.from(fixture('edge-cases', name)).toString('latin1');
        const inPipe = Buffer.from(rejects.replaceAll(`\n${file},`, '\n-,'), 'latin1');
        expectGolden(inPipe, fixture('expected', 'edge-cases', 'rejects', name.replace(/\.gz$/, '')));
      }
    });

    it(`${name} gives its rejects with a reason each in a pipe to a built mapper, and loses nothing`, async () => {
      const rejects = await built.node(['mapper.mjs', '--emit', 'rejects'], { input: plainBytes(name) });
      expect(rejects.exitCode).toBe(0);
      expectGolden(rejects.bytes, fixture('expected', 'edge-cases', 'rejects', name.replace(/\.gz$/, '')));
    });
  }
});
