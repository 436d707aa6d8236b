/**
 * Measures `checks.unique` on the local engine: `node test/bench/unique.mjs [records]`, 10,000,000 by default. Runs the
 * built program on one file with two keys that are there twice, and on the same file without them. Prints the peak
 * memory (VmHWM) of the program without its tasks, and the time of the step; ends with 1 if a result is wrong or the
 * memory is 300 MB or more.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const records = Number(process.argv[2] ?? 10_000_000);
const program = fileURLToPath(new URL('../../dist/hadoop-elt.mjs', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'hadoop-elt-unique-'));
const MAX_BYTES = 300_000_000;

/** Keys in no order: 32-bit numbers by a full-period generator, so that no two are equal. */
async function writeData(path, { repeated }) {
  const file = createWriteStream(path);
  let state = 12345;
  let lines = ['id,region,amount\n'];
  for (let at = 0; at < records; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    lines.push(`${state},Europe,${at % 1000}\n`);
    if (repeated.includes(at)) lines.push(`${state},Asia,1\n`);
    if (lines.length < 10_000) continue;
    if (!file.write(lines.join(''))) await once(file, 'drain');
    lines = [];
  }
  file.end(lines.join(''));
  await once(file, 'close');
}

/** Runs a job and reads the program's peak memory until it ends. */
async function run(job) {
  let peakBytes = 0;
  const child = execFile(process.execPath, [program, 'run', job, '--json'], { maxBuffer: 2 ** 28 });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const watch = setInterval(() => {
    try {
      const [, kib = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      peakBytes = Math.max(peakBytes, Number(kib) * 1024);
    } catch {
      // It has just ended.
    }
  }, 20);
  const [exitCode] = await once(child, 'close');
  clearInterval(watch);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { exitCode, events, peakBytes, stderr };
}

/** The time between two events, in seconds. */
function secondsOfChecks(events) {
  const started = events.find(({ event, step }) => event === 'step-started' && step === 'checks');
  return (Date.parse(events.at(-1).time) - Date.parse(started.time)) / 1000;
}

try {
  const results = [];
  for (const repeated of [[], [17, records - 5]]) {
    const data = join(work, `${repeated.length}.csv`);
    const job = join(work, `${repeated.length}.elt.yaml`);
    await writeData(data, { repeated });
    writeFileSync(
      job,
      `input: { files: ${data} }\nchecks: { unique: [id] }\noutput: { path: out-${repeated.length} }\n`,
    );
    const { exitCode, events, peakBytes, stderr } = await run(job);
    const found = events.flatMap((event) => event.failure?.details.findings ?? event.summary?.checks ?? []);
    const { records: compared, keys, duplicateKeys } = found.find(({ check }) => check === 'unique') ?? {};
    const isRight =
      exitCode === (repeated.length === 0 ? 0 : 7) &&
      compared === records + repeated.length &&
      keys === records &&
      duplicateKeys === repeated.length;
    console.log(
      `${compared} records, ${duplicateKeys} keys twice: exit code ${exitCode}, VmHWM ${(peakBytes / 1e6).toFixed(0)} MB, checks ${secondsOfChecks(events).toFixed(1)} s, ${isRight && peakBytes < MAX_BYTES ? 'ok' : 'WRONG'}`,
    );
    if (!isRight) console.error(stderr);
    results.push(isRight && peakBytes < MAX_BYTES);
  }
  process.exitCode = results.every((isRight) => isRight) ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
