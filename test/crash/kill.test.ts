import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtSources, bundled } from '../support/in-process.js';
import { WorkFolder } from '../support/work-folder.js';
import type { KilledRun } from './killed-run.js';
import { contentOf, isThorough, seed } from './published.js';

const KILLS = isThorough() ? 100 : 3;
const MODES = ['create', 'replace', 'append'] as const;
type Mode = (typeof MODES)[number];
const HEADER = 'Name,Amount\n';
const JOB = `name: kill
input: { files: in/*.csv }
columns: { Name: upper, Amount: { round: { places: 1, onInvalid: reject } } }
output: { path: out }
run: { splitSize: 20 }
`;
const SKIPPED = ['.hadoop-elt/runs'];

describe(`${KILLS} runs that are killed by SIGKILL`, () => {
  const root = mkdtempSync(join(tmpdir(), 'hadoop-elt-kill-'));
  const folder = join(root, 'work');
  const program = join(root, 'killed-run.mjs');
  const seeds = new Map<Mode, string>();
  const random = randomFrom(seed());
  const killed: string[] = [];

  beforeAll(async () => {
    await writeFile(program, await bundled('test/crash/killed-run.ts', 'esm'));
    for (const mode of MODES) {
      const work = new WorkFolder();
      seeds.set(mode, work.path);
      await work.write('job.yaml', JOB);
      await work.write('in/a.csv', `${HEADER}oslo,1.25\nrome,x\nbonn,2\n`);
      if (mode === 'create') continue;
      sow(mode);
      expect((await run(mode, 0)).exitCode).toBe(0);
      rmSync(work.path, { recursive: true });
      cpSync(folder, work.path, { recursive: true });
      await work.write('in/b.csv', `${HEADER}lima,3\nparis,x\n`);
    }
  });
  afterAll(() => {
    process.stderr.write(`${killed.length} runs were killed (seed ${seed()})\n`);
    for (const path of [root, ...seeds.values()]) rmSync(path, { recursive: true });
  });

  function sow(mode: Mode): void {
    rmSync(folder, { recursive: true, force: true });
    cpSync(seeds.get(mode) ?? '', folder, { recursive: true, preserveTimestamps: true });
  }

  /** Runs the job in a process of its own. Exit code 0 with the number of operations, or the signal that ended it. */
  async function run(mode: Mode, killAt: number) {
    const request: KilledRun = {
      args: ['run', 'job.yaml', '--mode', mode],
      cwd: folder,
      killAt,
      ...(await builtSources()),
    };
    await writeFile(join(root, 'request.json'), JSON.stringify(request));
    const ended = await execa(process.execPath, [program, join(root, 'request.json')], { reject: false });
    if (ended.signal !== undefined)
      return { exitCode: null, signal: ended.signal, stderr: '', count: killAt };
    const told = JSON.parse(ended.stdout) as { exitCode: number; stderr: string; count: number };
    return { ...told, signal: undefined };
  }

  it.each(MODES)('%s: the next run makes it right', { timeout: 1_800_000 }, async (mode) => {
    sow(mode);
    const before = contentOf(join(folder, 'out'));
    const { count } = await run(mode, 0);
    const after = contentOf(join(folder, 'out'));
    expect((await run(mode, 0)).exitCode).toBe(0);
    const expected = contentOf(folder, SKIPPED);
    for (let nth = 0; nth < Math.ceil(KILLS / MODES.length); nth++) {
      sow(mode);
      const killAt = 1 + Math.floor(random() * (count - 1));
      const { signal } = await run(mode, killAt);
      const what = `seed ${seed()}, ${mode}, operation ${killAt} of ${count}`;
      // The order of operations varies a little, so the last ones may never come.
      if (signal !== undefined) killed.push(what);
      const allowed = [before, after, ...(mode === 'replace' ? [[]] : [])];
      expect(allowed, what).toContainEqual(contentOf(join(folder, 'out')));
      const next = await run(mode, 0);
      expect(next.exitCode, `${what}\n${next.stderr}`).toBe(0);
      expect(contentOf(folder, SKIPPED), `${what}\n${next.stderr}`).toEqual(expected);
    }
    expect(killed.length).toBeGreaterThan(0);
  });
});

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function randomFrom(seedNumber: number): () => number {
  let state = seedNumber;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
