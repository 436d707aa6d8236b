import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../support/in-process.js';
import { quickMachine } from '../support/quick-machine.js';
import { isThorough } from '../support/thoroughness.js';
import { useWorkFolder } from '../support/work-folder.js';

const ROUNDS = isThorough ? 50 : 6;
const work = useWorkFolder();

/** What a reader in a loop has met. */
interface Seen {
  readonly reads: number;
  /** Reads that found no output, or one that was replaced while they read it. */
  readonly gaps: number;
  /** Texts of whole results: the parts of a folder, joined. */
  readonly results: readonly string[];
}

/**
 * Reads an output again and again, as programs do: it lists the folder, then opens the parts by their paths. When the
 * folder is another one afterwards, or a part is gone, the output was replaced under it: it would have to start again.
 */
const READER = `
const { readdirSync, readFileSync, statSync } = require('node:fs');
const { parentPort, workerData: { output, isBatched } } = require('node:worker_threads');
const results = new Set();
let reads = 0, gaps = 0, isEnded = false;
parentPort.on('message', () => { isEnded = true; });
const partsIn = (folder) => readdirSync(folder).filter((name) => name.startsWith('part-')).sort()
  .map((name) => readFileSync(folder + '/' + name, 'utf8')).join('');
function readOnce() {
  reads += 1;
  try {
    const { ino } = statSync(output);
    const texts = isBatched
      ? readdirSync(output).map((name) => partsIn(output + '/' + name))
      : [partsIn(output)];
    if (statSync(output).ino !== ino) gaps += 1;
    else for (const text of texts) results.add(text);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    gaps += 1;
  }
}
(function loop() {
  for (let i = 0; i < 3; i++) readOnce();
  if (isEnded) parentPort.postMessage({ reads, gaps, results: [...results] });
  else setTimeout(loop, isBatched ? 20 : 2);
})();
`;

async function whileReading(output: string, isBatched: boolean, action: () => Promise<void>): Promise<Seen> {
  const worker = new Worker(READER, { eval: true, workerData: { output, isBatched } });
  const seen = new Promise<Seen>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await action();
  worker.postMessage('end');
  const result = await seen;
  await worker.terminate();
  return result;
}

describe('a reader in a loop', () => {
  it.each(['replace', 'append'] as const)(
    `sees only whole results while ${ROUNDS} runs %s`,
    async (mode) => {
      await work().write('job.yaml', 'input: { files: in/* }\noutput: { path: out, partSize: 1500 }\n');
      const machine = quickMachine();
      const output = work().at('out');
      const allowed = new Set<string>();
      const publish = async (round: number) => {
        // Two inputs make two parts, as neither leaves room for the other. New names, because this machine knows a mapper's output by its input's name.
        const names = ['a', 'b'].map((name) => `${String(round).padStart(2, '0')}${name}.csv`);
        const files = names.map((name) => `in/${name}`);
        for (const file of files) await work().write(file, `City\n${file.repeat(100)}\n`);
        const inputs = files.flatMap((file) => ['--input', file]);
        const args = ['run', 'job.yaml', '--mode', mode, ...inputs];
        const ended = await runInProcess(args, { cwd: work().path, machine });
        expect(ended.exitCode, ended.stderr).toBe(0);
        allowed.add(files.map((file) => readFileSync(work().at(file), 'utf8')).join(''));
      };
      await publish(0);
      const seen = await whileReading(output, mode === 'append', async () => {
        for (let round = 1; round <= ROUNDS; round++) await publish(round);
      });
      expect(allowed.size).toBe(ROUNDS + 1);
      for (const text of seen.results) expect(allowed.has(text), text.slice(0, 200)).toBe(true);
      expect(seen.reads).toBeGreaterThan(ROUNDS);
      // The reader is quicker than the runs: it meets nearly every result.
      expect(seen.results.length).toBeGreaterThan(ROUNDS / 2);
      if (mode === 'append') {
        expect(readdirSync(output)).toHaveLength(ROUNDS + 1);
        expect(seen.gaps).toBe(0);
      }
      const share = ((100 * seen.gaps) / seen.reads).toFixed(1);
      process.stdout.write(`${mode}: ${seen.reads} reads, ${seen.gaps} of them in a gap (${share} %)\n`);
    },
    600_000,
  );
});
