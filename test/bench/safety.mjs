/**
 * Measures what safety costs a whole `run` on the local engine: `node test/bench/safety.mjs [rounds]`, 9 by default. Takes
 * turns with fsync(2) and without it, on the sales case; then takes the digests alone of the bytes that a run digests. With
 * `BASELINE=<folder>` of an older, built version, runs that one in the same turns and prints the ratio to it.
 */
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { CASES } from './cases.mjs';
import { generateData, readSalesRecords } from './data.mjs';
import { buildMapper } from './mappers.mjs';
import { measure, median } from './measure.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, '.bench');
const rounds = Number(process.argv[2] ?? 9);
const RECORDS = 1_000_001;
const PIECE_BYTES = 256 * 1024;

mkdirSync(folder, { recursive: true });
const sales = CASES.find(({ name }) => name === 'sales');
const data = generateData(sales, RECORDS, readSalesRecords(join(root, 'hdfs-fixtures/raw/sales')), folder);
buildMapper(sales, data.path, folder);
const output = join(folder, 'safety-output');
const withoutSync = ['--import', new URL('without-sync.mjs', import.meta.url).href];

const VARIANTS = [
  { name: 'run', program: root, options: [] },
  { name: 'run without fsync', program: root, options: withoutSync },
  ...(process.env.BASELINE ? [{ name: 'baseline', program: process.env.BASELINE, options: [] }] : []),
].map((variant) => ({ ...variant, costs: [] }));

function runOnce({ program, options }) {
  rmSync(output, { recursive: true, force: true });
  const job = join(folder, 'sales.elt.yaml');
  return measure(
    [
      ...[process.execPath, ...options, join(program, 'dist/hadoop-elt.mjs'), 'run', job],
      ...['--input', data.path, '--output', output],
    ],
    { stdin: '/dev/null', stdout: join(folder, 'safety-out.txt') },
  );
}

for (const variant of VARIANTS) runOnce(variant);
for (let round = 0; round < rounds; round++) {
  for (const variant of VARIANTS) variant.costs.push(runOnce(variant));
}
const { name: ownName, costs: own } = VARIANTS.at(-1);
const medianOf = (costs, what) => median(costs.map((cost) => cost[what]));
const leastOf = (costs, what) => Math.min(...costs.map((cost) => cost[what]));
console.log(`run of ${(data.sizeBytes / 1e6).toFixed(1)} MB, medians of ${rounds} rounds in turns`);
for (const { name, costs } of VARIANTS) {
  const wall = medianOf(costs, 'wallSeconds');
  const cpu = medianOf(costs, 'cpuSeconds');
  const ratio = (costs_, what, of = medianOf) => (of(costs_, what) / of(own, what)).toFixed(2);
  console.log(
    `  ${name.padEnd(18)} wall ${wall.toFixed(2)} s, CPU ${cpu.toFixed(2)} s; ` +
      `${ratio(costs, 'wallSeconds')} × the wall time of "${ownName}", ${ratio(costs, 'userSeconds', leastOf)} × its least user CPU`,
  );
}
const [safe, unsynced] = VARIANTS;
const sync = medianOf(safe.costs, 'wallSeconds') - medianOf(unsynced.costs, 'wallSeconds');
console.log(`  fsync: ${sync.toFixed(2)} s of wall time`);

runOnce(safe);
const outputBytes = sizeOfParts();
const secondsPerByte = await digestSecondsPerByte();
// The scan and the mapper read the input by lines; the mapper and the proof read the parts as bytes.
const digests = 2 * data.sizeBytes * secondsPerByte.lines + 2 * outputBytes * secondsPerByte.bytes;
console.log(
  `  digests: ${digests.toFixed(2)} s of CPU for both readings of the input and both of the output ` +
    `(lines ${(1e-9 / secondsPerByte.lines).toFixed(1)} GB/s, bytes ${(1e-9 / secondsPerByte.bytes).toFixed(1)} GB/s)`,
);
rmSync(output, { recursive: true });

function sizeOfParts() {
  const { parts } = JSON.parse(readFileSync(join(output, '_hadoop-elt', 'manifest.json'), 'utf8'));
  return parts.reduce((sum, { name }) => sum + statSync(join(output, name)).size, 0);
}

/** The least CPU seconds per byte of each digest, of `rounds` readings of the data from memory. */
async function digestSecondsPerByte() {
  const outfile = join(folder, 'digests.mjs');
  await build({
    entryPoints: [join(root, 'mapper/digest/digests.ts')],
    absWorkingDir: root,
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
  const { openDigests, bufferForDigests } = await import(pathToFileURL(outfile).href);
  const bytes = readFileSync(data.path);
  const pieces = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.lastIndexOf('\n', from + PIECE_BYTES - 1) + 1;
    pieces.push(bytes.subarray(from, end));
    from = end;
  }
  const buffer = bufferForDigests(PIECE_BYTES);
  const least = { lines: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
  for (let round = 0; round < rounds; round++) {
    for (const kind of ['lines', 'bytes']) {
      const digest = openDigests()[kind];
      let microseconds = 0;
      for (const piece of pieces) {
        // As where they are used: the bytes are in the digests' memory already.
        piece.copy(buffer);
        const before = process.cpuUsage();
        digest.add(buffer.subarray(0, piece.length));
        const { user, system } = process.cpuUsage(before);
        microseconds += user + system;
      }
      least[kind] = Math.min(least[kind], microseconds / 1e6 / bytes.length);
    }
  }
  return least;
}
