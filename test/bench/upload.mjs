/** Uploads to HDFS against `hadoop fs -put`, as `node test/bench/upload.mjs` measures them; see `--help`. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { median } from './measure.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const HELP = `node test/bench/upload.mjs [options]

Compares our uploads to HDFS with "hadoop fs -put" in the client container, in turns on the same cluster. Needs
"npm run cluster:up". Ours is a whole process too: Node's start and the upload step of a run with its checks, without the
scan. Our data are on this machine's disk, those of "hadoop fs -put" on the container's.

  --rounds N   rounds (5)
  --bytes N    size of the one large file (1000000000)
  --files N    number of files of 100 KB (1000)
  --help       this text
`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    bytes: { type: 'string', default: '1000000000' },
    files: { type: 'string', default: '1000' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}
const rounds = Number(values.rounds);
const bytes = Number(values.bytes);
const files = Number(values.files);
const CONTAINER = 'hadoop-elt-client';
const WEBHDFS = process.env.HADOOP_ELT_WEBHDFS ?? 'http://localhost:9870';

const work = mkdtempSync(join(tmpdir(), 'hadoop-elt-bench-'));
const inContainer = (...words) =>
  execFileSync('docker', ['exec', CONTAINER, ...words], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
const hadoop = (...words) => inContainer('hadoop', 'fs', ...words);

/** Lines of CSV, written to a file by blocks: it may be larger than memory. */
function writeCsv(path, sizeBytes, seed) {
  const hash = createHash('sha256');
  const file = openSync(path, 'w');
  for (let at = 0; at < sizeBytes; at += BLOCK_BYTES) {
    const block = csv(Math.min(BLOCK_BYTES, sizeBytes - at), seed + at);
    writeSync(file, block);
    hash.update(block);
  }
  closeSync(file);
  return { path, sizeBytes, sha256: hash.digest('hex') };
}

const BLOCK_BYTES = 8_000_000;

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
import { readPassing } from './submit/stores/file-reading.js';
import { nodeFileSystem } from './submit/stores/local/node-file-system.js';

const [url, folder, from] = process.argv.slice(2);
const store = createWebHdfsStore({ url, user: 'hadoop' });
const inputs = JSON.parse(readFileSync(join(from, '..', 'scan-' + from.split('/').at(-1) + '.json'), 'utf8'));
const source = {
  digest: async ({ sha256 }) => sha256,
  open: ({ path }) => readPassing(nodeFileSystem, path),
  addressFor: () => null,
};
await stageStep.perform(
  {
    runId: 'bench',
    plan: {
      settings: {
        'input.upload': { value: folder },
        'run.retries.times': { value: 0 },
        'run.retries.delay': { value: 0 },
      },
    },
    ports: { source, engine: { store }, journals: { convertedOf: () => '' } },
    signal: new AbortController().signal,
  },
  inputs,
  () => {},
);
`;

/** Writes files, and the result of the scan step for the upload step. */
function prepare(folder, sizes) {
  mkdirSync(join(work, folder));
  const inputs = sizes.map((sizeBytes, at) => ({
    ...writeCsv(join(work, folder, `${String(at).padStart(4, '0')}.csv`), sizeBytes, at + 1),
    modifiedMs: 0,
    lines: 0,
    records: 0,
    header: null,
    startsWithBom: false,
    splittable: true,
  }));
  writeFileSync(join(work, `scan-${folder}.json`), JSON.stringify(inputs));
  execFileSync('docker', ['cp', '-q', join(work, folder), `${CONTAINER}:/tmp/bench-${folder}`]);
}

function seconds(action) {
  const start = performance.now();
  action();
  return (performance.now() - start) / 1000;
}

const show = (values) =>
  `${median(values).toFixed(2)} s (${values.map((value) => value.toFixed(2)).join(' ')})`;

try {
  const driver = await buildDriver();
  const target = `/tmp/bench-${process.pid}`;
  prepare('big', [bytes]);
  prepare('small', Array(files).fill(100_000));
  hadoop('-mkdir', '-p', target);
  const ours = (folder) =>
    seconds(() =>
      execFileSync(process.execPath, [driver, WEBHDFS, `${target}/ours-${folder}`, join(work, folder)], {
        stdio: 'inherit',
      }),
    );
  const put = (...words) => seconds(() => hadoop('-put', ...words));
  const clear = () => hadoop('-rm', '-r', '-f', '-skipTrash', `${target}/*`);

  const cases = {
    bigOurs: () => ours('big'),
    bigPut: () => put('/tmp/bench-big/0000.csv', `${target}/put-big.csv`),
    smallOurs: () => ours('small'),
    smallPut: () => put('/tmp/bench-small', `${target}/put-small`),
    smallPut4: () => put('-t', '4', '/tmp/bench-small', `${target}/put-small-4`),
    smallAgain: () => ours('small'),
  };
  const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(cases)) times[name].push(run());
    clear();
  }
  hadoop('-rm', '-r', '-f', '-skipTrash', target);

  const ratio = (theirs, our) => `${(median(theirs) / median(our)).toFixed(2)} times as long as ours`;
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; medians of ${rounds} rounds`);
  console.log(`One file of ${bytes / 1e6} MB`);
  console.log(`  hadoop-elt          ${show(times.bigOurs)}`);
  console.log(`  hadoop fs -put      ${show(times.bigPut)}: ${ratio(times.bigPut, times.bigOurs)}`);
  console.log(`${files} files of 100 KB`);
  console.log(`  hadoop-elt          ${show(times.smallOurs)}; unchanged: ${show(times.smallAgain)}`);
  console.log(`  hadoop fs -put      ${show(times.smallPut)}: ${ratio(times.smallPut, times.smallOurs)}`);
  console.log(`  hadoop fs -put -t 4 ${show(times.smallPut4)}: ${ratio(times.smallPut4, times.smallOurs)}`);
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
