/**
 * Compares our uploads to HDFS with `hadoop fs -put` in the client container, alternately on the same cluster:
 * `node test/bench/upload.mjs [rounds]`. Needs `npm run cluster:up`. Ours is a whole process too, with Node's start and
 * the upload step of a run, including its checks, without the scan. Our data are on this machine's disk, those of
 * `hadoop fs -put` on the container's.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const rounds = Number(process.argv[2] ?? 5);
/** How many of the 100 small files are put one by one. The others are estimated with their median. */
const SINGLE_PUTS = 10;
const CONTAINER = 'hadoop-elt-client';
const WEBHDFS = process.env.HADOOP_ELT_WEBHDFS ?? 'http://localhost:9870';

const work = mkdtempSync(join(tmpdir(), 'hadoop-elt-bench-'));
const inContainer = (...words) =>
  execFileSync('docker', ['exec', CONTAINER, ...words], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
const hadoop = (...words) => inContainer('hadoop', 'fs', ...words);

/** Random lines of CSV. */
function csv(sizeBytes, seed) {
  const lines = [];
  let state = seed;
  for (let size = 0; size < sizeBytes; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const line = `${state},Sub-Saharan Africa,Chad,Office Supplies,Online,L,1/27/2011,${state % 9999},4484,651.21,524.96\n`;
    lines.push(line);
    size += line.length;
  }
  return Buffer.from(lines.join('')).subarray(0, sizeBytes);
}

/** Bundles a program of only the upload step, with the store and the step as in dist/. */
async function buildDriver() {
  const outfile = join(work, 'upload-driver.mjs');
  await build({
    stdin: { contents: DRIVER, resolveDir: root, loader: 'js' },
    absWorkingDir: root,
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    alias: { 'hash-wasm': 'hash-wasm/dist/index.esm.js' },
    banner: {
      js: 'import { createRequire as $c } from "node:module"; const require = $c(import.meta.url);',
    },
    plugins: [
      {
        name: 'without-buffer-stream-reader',
        setup: (setup) =>
          setup.onLoad({ filter: /[\\/]buffer-stream-reader[\\/]/ }, () => ({ contents: '' })),
      },
    ],
  });
  return outfile;
}

const DRIVER = `
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWebHdfsStore } from './submit/stores/hdfs/webhdfs-store.js';
import { stageStep } from './submit/run/steps/stage.js';
import { readFile } from './submit/stores/file-reading.js';
import { nodeFileSystem } from './submit/stores/local/node-file-system.js';

const [url, folder, from] = process.argv.slice(2);
const store = createWebHdfsStore({ url, user: 'hadoop' });
const inputs = JSON.parse(readFileSync(join(from, '..', 'scan-' + from.split('/').at(-1) + '.json'), 'utf8'));
const source = {
  digest: async ({ sha256 }) => sha256,
  open: ({ path }) => readFile(nodeFileSystem, path),
  addressFor: () => null,
};
await stageStep.perform(
  {
    plan: { settings: { 'input.upload': { value: folder } } },
    ports: { source, engine: { store } },
    signal: new AbortController().signal,
  },
  inputs,
  () => {},
);
`;

/** The result of the scan step for the upload step. */
function scan(folder, files) {
  const inputs = files.map(({ name, content }) => ({
    path: join(work, folder, name),
    sizeBytes: content.length,
    modifiedMs: 0,
    sha256: createHash('sha256').update(content).digest('hex'),
    lines: 0,
    records: 0,
    header: null,
    startsWithBom: false,
    splittable: true,
  }));
  writeFileSync(join(work, `scan-${folder}.json`), JSON.stringify(inputs));
}

function prepare(folder, files) {
  mkdirSync(join(work, folder));
  for (const { name, content } of files) writeFileSync(join(work, folder, name), content);
  scan(folder, files);
  execFileSync('docker', ['cp', '-q', join(work, folder), `${CONTAINER}:/tmp/bench-${folder}`]);
}

function seconds(action) {
  const start = performance.now();
  action();
  return (performance.now() - start) / 1000;
}

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2;
};
const show = (values) =>
  `${median(values).toFixed(2)} s (${values.map((value) => value.toFixed(2)).join(' ')})`;

try {
  const driver = await buildDriver();
  const target = `/tmp/bench-${process.pid}`;
  prepare('big', [{ name: 'big.csv', content: csv(130_000_000, 7) }]);
  prepare(
    'small',
    Array.from({ length: 100 }, (_, index) => ({
      name: `small-${String(index).padStart(3, '0')}.csv`,
      content: csv(100_000, index + 1),
    })),
  );
  hadoop('-mkdir', '-p', target);
  const ours = (folder) =>
    seconds(() =>
      execFileSync(process.execPath, [driver, WEBHDFS, `${target}/ours-${folder}`, join(work, folder)], {
        stdio: 'inherit',
      }),
    );
  const put = (...words) => seconds(() => hadoop('-put', ...words));
  const clear = () => hadoop('-rm', '-r', '-f', '-skipTrash', `${target}/*`);

  const times = { bigOurs: [], bigPut: [], smallOurs: [], smallPutFolder: [], smallAgain: [] };
  for (let round = 0; round < rounds; round++) {
    times.bigOurs.push(ours('big'));
    times.bigPut.push(put('/tmp/bench-big/big.csv', `${target}/put-big.csv`));
    times.smallOurs.push(ours('small'));
    times.smallPutFolder.push(put('/tmp/bench-small', `${target}/put-small`));
    times.smallAgain.push(ours('small'));
    clear();
  }
  const singles = Array.from({ length: SINGLE_PUTS }, (_, index) =>
    put(`/tmp/bench-small/small-${String(index).padStart(3, '0')}.csv`, `${target}/single-${index}.csv`),
  );
  hadoop('-rm', '-r', '-f', '-skipTrash', target);

  const ratio = (theirs, our) => `${(theirs / our).toFixed(1)} times as long as ours`;
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; medians of ${rounds} rounds`);
  console.log('One file of 130 MB');
  console.log(`  hadoop-elt          ${show(times.bigOurs)}`);
  console.log(
    `  hadoop fs -put      ${show(times.bigPut)}: ${ratio(median(times.bigPut), median(times.bigOurs))}`,
  );
  console.log('100 files of 100 KB');
  console.log(`  hadoop-elt          ${show(times.smallOurs)}; unchanged: ${show(times.smallAgain)}`);
  console.log(
    `  hadoop fs -put all  ${show(times.smallPutFolder)}: ${ratio(median(times.smallPutFolder), median(times.smallOurs))}`,
  );
  const each = median(singles) * 100;
  console.log(
    `  hadoop fs -put each ${each.toFixed(0)} s, reckoned from ${SINGLE_PUTS} of them at ${show(singles)}: ${ratio(each, median(times.smallOurs))}`,
  );
} finally {
  rmSync(work, { recursive: true });
  // Files copied with docker cp are owned by root.
  execFileSync('docker', [
    'exec',
    '-u',
    'root',
    CONTAINER,
    'rm',
    '-rf',
    '/tmp/bench-big',
    '/tmp/bench-small',
  ]);
}
