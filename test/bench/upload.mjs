/** Uploads to HDFS against `hadoop fs -put`, as `node test/bench/upload.mjs` measures them; see `--help`. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { median } from './measure.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const HELP = `node test/bench/upload.mjs [options]

Compares our uploads to HDFS with "hadoop fs -put", in turns, both in the client container and of the same files. Needs
"npm run cluster:up". Ours is a whole process too: Node's start and the upload step of a run with its checks. It begins with
what a scan has found: that reads each file in any case, and takes the checksums of large ones.

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

const work = mkdtempSync(join(tmpdir(), 'hadoop-elt-bench-'));
const inContainer = (...words) =>
  execFileSync('docker', ['exec', CONTAINER, ...words], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
const hadoop = (...words) => inContainer('hadoop', 'fs', ...words);

/** Lines of CSV, written to a file by blocks: it may be larger than memory. */
function writeCsv(path, sizeBytes, seed) {
  const file = openSync(path, 'w');
  for (let at = 0; at < sizeBytes; at += BLOCK_BYTES) {
    writeSync(file, csv(Math.min(BLOCK_BYTES, sizeBytes - at), seed + at));
  }
  closeSync(file);
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

/** Bundles a program of only the scan and the upload step, with the store, the source and the step as in dist/. */
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
import { readFileSync, writeFileSync } from 'node:fs';
import { stageStep } from './submit/run/steps/stage.js';
import { createFilesSource } from './submit/sources/files-source.js';
import { openLocalInspector } from './submit/sources/inspect/local-inspector.js';
import { createWebHdfsStore } from './submit/stores/hdfs/webhdfs-store.js';
import { readPassing } from './submit/stores/file-reading.js';
import { createLocalStore } from './submit/stores/local/local-store.js';
import { nodeFileSystem } from './submit/stores/local/node-file-system.js';

const [word, options, folder, target] = process.argv.slice(2);
const store = createWebHdfsStore(JSON.parse(options));
const { signal } = new AbortController();
await (word === 'scan' ? scan() : upload());

async function scan() {
  const blockSizeBytes = await store.blockSizeBytes();
  const inspector = openLocalInspector({
    ...{ files: nodeFileSystem, threadSource: '', parallel: 1, signal },
    blockSizeBytes: store.blockSizeBytes,
  });
  const source = createFilesSource(createLocalStore(nodeFileSystem), inspector);
  const reading = { delimiter: ',', quotedLineBreaks: 'auto', maxRecordBytes: 1e6, hasHeader: true };
  const scanned = [];
  for (const found of (await source.find(folder, '/')).items) {
    const item = await source.scan(found, reading, () => {});
    const sums = { sha256: await source.digest(item), inBlocks: await source.checksumInBlocks(item, blockSizeBytes) };
    scanned.push({ item, ...sums });
  }
  writeFileSync(folder + '.json', JSON.stringify(scanned));
}

async function upload() {
  const scanned = JSON.parse(readFileSync(folder + '.json', 'utf8'));
  const sumsOf = new Map(scanned.map((one) => [one.item.path, one]));
  const source = {
    digest: async ({ path }) => sumsOf.get(path).sha256,
    checksumInBlocks({ path }) {
      const { inBlocks } = sumsOf.get(path);
      return inBlocks && Promise.resolve(inBlocks);
    },
    open: ({ path }) => readPassing(nodeFileSystem, path),
    addressFor: () => null,
  };
  const settings = {
    'input.upload': { value: target },
    'run.retries.times': { value: 0 },
    'run.retries.delay': { value: 0 },
  };
  const ports = { source, engine: { store }, journals: { convertedOf: () => '' } };
  const run = { runId: 'bench', plan: { settings }, ports, signal };
  await stageStep.perform(run, scanned.map(({ item }) => item), () => {});
}
`;

/** The cluster as seen in its client container. */
const CLUSTER = JSON.stringify({
  url: 'http://namenode:9870',
  user: 'hadoop',
  datanodes: { 'localhost:9864': 'datanode1:9864', 'localhost:9865': 'datanode2:9865' },
});
const DRIVER_THERE = '/tmp/bench-upload-driver.mjs';

/** Writes files into the container, and scans them there. */
function prepare(folder, sizes) {
  mkdirSync(join(work, folder));
  for (const [at, sizeBytes] of sizes.entries())
    writeCsv(join(work, folder, `${String(at).padStart(4, '0')}.csv`), sizeBytes, at + 1);
  copyIn(join(work, folder), `/tmp/bench-${folder}`);
  rmSync(join(work, folder), { recursive: true });
  inContainer('node', DRIVER_THERE, 'scan', CLUSTER, `/tmp/bench-${folder}`);
}

function copyIn(from, to) {
  execFileSync('docker', ['cp', '-q', from, `${CONTAINER}:${to}`]);
}

function seconds(action) {
  const start = performance.now();
  action();
  return (performance.now() - start) / 1000;
}

const show = (values) =>
  `${median(values).toFixed(2)} s (${values.map((value) => value.toFixed(2)).join(' ')})`;

try {
  copyIn(await buildDriver(), DRIVER_THERE);
  const target = `/tmp/bench-${process.pid}`;
  prepare('big', [bytes]);
  prepare('small', Array(files).fill(100_000));
  hadoop('-mkdir', '-p', target);
  const ours = (folder) =>
    seconds(() =>
      inContainer(
        ...['node', DRIVER_THERE, 'upload', CLUSTER, `/tmp/bench-${folder}`, `${target}/ours-${folder}`],
      ),
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
  console.log(
    `Node ${inContainer('node', '--version').trim()}, ${cpus().length} × ${cpus()[0]?.model}; medians of ${rounds} rounds`,
  );
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
    ...['big', 'small'].flatMap((folder) => [`/tmp/bench-${folder}`, `/tmp/bench-${folder}.json`]),
    DRIVER_THERE,
  ]);
}
