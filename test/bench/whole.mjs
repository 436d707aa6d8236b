/** Whole runs, folder to folder, as `npm run bench:whole` measures them; see `--help`. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CASES, rulesByIndex } from './cases.mjs';
import { generateData, readSalesRecords } from './data.mjs';
import { buildMapper } from './mappers.mjs';
import { measure, median } from './measure.mjs';
import { installPythonPeers, pythonWith } from './peers.mjs';
import { clusterProblem, measureCluster } from './whole-cluster.mjs';
import {
  fillWithBytes,
  fillWithFiles,
  fillWithGzip,
  fillWithOne,
  fillWithRejects,
  folderOf,
  linesOf,
} from './whole-data.mjs';
import { plotOf } from './whole-plot.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/hadoop-elt.mjs');
const folder = join(root, '.bench');
const peerScript = fileURLToPath(new URL('peers/folder_job.py', import.meta.url));
const SCENARIOS = ['peers', 'files', 'rejects', 'quotes', 'gzip', 'sizes', 'cluster'];
const HELP = `npm run bench:whole -- [options]

Measures whole runs on this machine, from a folder of inputs to the published output: scan, proof and syncing included.
Every round runs each program once, in turns; what is told are medians. Writes .bench/whole.json, and .bench/whole.svg of
"sizes" and "files"; what other scenarios measured before stays in both.

  --only A,B       scenarios: ${SCENARIOS.join(', ')}
  --records N      records of the sales data (1000001)
  --rounds N       measured rounds (5), after one that is not; files above 1 GB are measured once
  --max-size N     largest file of "sizes", in MB (4000)
  --spark-size N   largest file of "sizes" for PySpark, in MB (1000)
  --max-files N    most files of "files" (10000)
  --threads N      tasks at once, and threads of the others (2)
  --install        first put DuckDB, Polars and PySpark from PyPI into .bench/venv
  --help           this text

"peers", "quotes", "gzip" and "sizes": DuckDB, Polars and PySpark do the same job, if Python has them (.bench/venv or the PATH).
"cluster": 200 KB by "submit" against a shell script with the same mapper, 200 files of 1 KB, and 1 GB against /bin/cat as
the mapper. Needs the cluster of docker/ ("npm run cluster:up"); left out where that does not answer.
`;

const { values } = parseArgs({
  options: {
    ...{
      only: { type: 'string', default: SCENARIOS.join(',') },
      records: { type: 'string', default: '1000001' },
    },
    ...{ rounds: { type: 'string', default: '5' }, 'max-size': { type: 'string', default: '4000' } },
    'spark-size': { type: 'string', default: '1000' },
    ...{ 'max-files': { type: 'string', default: '10000' }, threads: { type: 'string', default: '2' } },
    install: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const rounds = Number(values.rounds);
const sales = readSalesRecords(join(root, 'hdfs-fixtures/raw/sales'));
const [salesCase] = CASES;
const wanted = values.only.split(',');
const unknown = wanted.filter((name) => !SCENARIOS.includes(name));

/** How to run a folder's files by hadoop-elt. */
function ownRun(input, { name = 'hadoop-elt', job = salesJob(), gzip = false } = {}) {
  const output = join(folder, 'whole-output');
  const words = [process.execPath, program, 'run', gzip ? salesJob({ gzip }) : job, '--input', input];
  return { name, output, words: [...words, '--output', output, '--parallel', values.threads] };
}

/** The job file of the sales case; `rejects`: amounts that are none are rejected. */
function salesJob({ gzip = false, rejects = false } = {}) {
  const { rules } = salesCase;
  const invalid = rejects ? 'onInvalid: reject' : 'invalid: Invalid-Number';
  const columns = [
    ...rules.upper.map((name) => `  ${name}: upper`),
    ...rules.date.map(
      (name) => `  ${name}: { date: { from: M/d/yyyy, to: yyyy-MM-dd, invalid: Invalid-Date } }`,
    ),
    ...rules.round.map((name) => `  ${name}: { round: { places: 0, ${invalid} } }`),
  ];
  const path = join(folder, `whole${gzip ? '-gzip' : ''}${rejects ? '-rejects' : ''}.elt.yaml`);
  const output = `output: { path: unused${gzip ? ', compression: gzip' : ''} }`;
  writeFileSync(path, ['input: { files: unused }', 'columns:', ...columns, output, ''].join('\n'));
  return path;
}

/** Measures commands in turns. Each is given a fresh output. `once`: a single round, and none before it. */
function inTurns(commands, { once = false } = {}) {
  const results = commands.map(() => []);
  for (let round = once ? 1 : 0; round <= (once ? 1 : rounds); round++) {
    for (const [at, { output, words, env }] of commands.entries()) {
      rmSync(output, { recursive: true, force: true });
      const cost = measure(words, { stdin: '/dev/null', stdout: join(folder, 'whole.out'), env });
      if (round > 0) results[at].push(cost);
    }
  }
  for (const { output } of commands) rmSync(output, { recursive: true, force: true });
  return commands.map(({ name }, at) => {
    const of = (key) => median(results[at].map((result) => result[key]));
    const wall = results[at].map(({ wallSeconds }) => wallSeconds);
    return {
      ...{
        name,
        wallSeconds: of('wallSeconds'),
        cpuSeconds: of('cpuSeconds'),
        peakRssBytes: of('peakRssBytes'),
      },
      rounds: wall,
    };
  });
}

function tell(title, results) {
  console.log(title);
  const [{ wallSeconds: first }] = results;
  for (const { name, wallSeconds, cpuSeconds, peakRssBytes, rounds: all } of results) {
    const spread = `${Math.min(...all).toFixed(2)}–${Math.max(...all).toFixed(2)}`;
    const columns = [
      `${name.padEnd(26)} ${wallSeconds.toFixed(2).padStart(8)} s  ${spread.padStart(14)}`,
      ...(cpuSeconds === undefined ? [] : [`CPU ${cpuSeconds.toFixed(2).padStart(7)} s`]),
      ...(peakRssBytes === undefined ? [] : [`${(peakRssBytes / 1e6).toFixed(0).padStart(6)} MB`]),
      `${(wallSeconds / first).toFixed(2)} ×`,
    ];
    console.log(`  ${columns.join('  ')}`);
  }
  return { title, results };
}

const dataOf = (name) => {
  const found = CASES.find((one) => one.name === name);
  return generateData(found, Number(values.records), sales, folder).path;
};
const alone = (name) => folderOf(join(folder, `whole-${name}-${values.records}`), fillWithCopy(dataOf(name)));

function fillWithCopy(path) {
  return (into) => execFileSync('cp', [path, join(into, 'data.csv')]);
}

const PEERS = { duckdb: 'DuckDB', polars: 'Polars', pyspark: 'PySpark' };
const pythons = new Map();

/** The Python that has the module, looked for once. */
function pythonOf(module) {
  if (!pythons.has(module)) {
    const { path, missing } = pythonWith(module, folder);
    if (missing !== undefined) console.log(`missing: ${missing}`);
    pythons.set(module, path);
  }
  return pythons.get(module);
}

/** DuckDB, Polars and PySpark, as far as they are there. */
function peersOf(input, { gzip = false } = {}) {
  return Object.entries(PEERS).flatMap(([engine, name]) => {
    const python = pythonOf(engine);
    if (python === undefined) return [];
    const output = join(folder, `whole-${engine}`);
    const job = [JSON.stringify(rulesByIndex(salesCase)), JSON.stringify(salesCase.columns)];
    const env = { POLARS_MAX_THREADS: values.threads, ...(gzip ? { BENCH_GZIP: '1' } : {}) };
    return [
      {
        name,
        output,
        env,
        words: [python, peerScript, engine, input, output, values.threads, ...job],
      },
    ];
  });
}

const scenarios = {
  peers() {
    const input = alone('sales');
    const bytes = statSync(join(input, 'data.csv')).size;
    const results = inTurns([ownRun(input), ...peersOf(input)]);
    return tell(`whole runs of ${(bytes / 1e6).toFixed(0)} MB, ${values.threads} threads`, results);
  },
  files() {
    const records = linesOf(dataOf('sales'));
    const counts = [1, 10, 100, 1000, 10_000].filter((count) => count <= Number(values['max-files']));
    const told = counts.map((count) => {
      const many = folderOf(join(folder, `whole-files-${count}`), fillWithFiles(records, count, 1000));
      const one = folderOf(
        join(folder, `whole-files-${count}-one`),
        fillWithOne(many, readdirSync(many).sort()),
      );
      const results = inTurns([
        ownRun(one, { name: 'one file' }),
        ownRun(many, { name: `${count} files of 1 KB` }),
      ]);
      return { count, ...tell(`${count} files`, results) };
    });
    const seriesOf = (name, at) => ({
      name,
      points: told.map(({ count, results }) => [count, results[at].wallSeconds]),
    });
    return { told, series: [seriesOf('1 KB each', 1), seriesOf('in one file', 0)] };
  },
  rejects() {
    const records = linesOf(dataOf('sales'));
    const job = salesJob({ rejects: true });
    const rates = [
      ['no reject', 0],
      ['1 in a million', records.lines.length],
      ['1%', 100],
      ['50%', 2],
    ];
    const commands = rates.map(([name, every]) => {
      const path = join(folder, `whole-rejects-${values.records}-${every}`);
      return ownRun(folderOf(path, fillWithRejects(records, every)), { name, job });
    });
    return tell('rejects', inTurns(commands));
  },
  quotes() {
    const names = ['sales', 'crlf', 'quoted-10', 'quoted-all'];
    const quoted = alone('quoted-all');
    const duckdb = peersOf(quoted).filter(({ name }) => name === PEERS.duckdb);
    const commands = [
      ...names.map((name) => ownRun(alone(name), { name })),
      ...duckdb.map((peer) => ({ ...peer, name: `${peer.name}, quoted-all` })),
    ];
    return tell('quotes and line ends', inTurns(commands));
  },
  gzip() {
    const plain = alone('sales');
    const zipped = folderOf(`${plain}-gzip`, fillWithGzip(plain, ['data.csv']));
    const two = folderOf(join(folder, `whole-halves-${values.records}-gzip`), (into) => {
      const { header, lines } = linesOf(join(plain, 'data.csv'));
      const middle = Math.ceil(lines.length / 2);
      for (const [at, half] of [lines.slice(0, middle), lines.slice(middle)].entries()) {
        writeFileSync(join(into, `${at}.csv`), header + half.join(''), 'latin1');
        execFileSync('gzip', [join(into, `${at}.csv`)]);
      }
    });
    buildMapper(salesCase, join(plain, 'data.csv'), folder);
    const output = join(folder, 'whole-pipe.gz');
    const pipe = `zcat ${zipped}/data.csv.gz | ${process.execPath} ${folder}/sales.mjs | gzip > ${output}`;
    const commands = [
      { name: 'zcat | mapper | gzip', output, words: ['bash', '-c', pipe] },
      ownRun(zipped, { name: 'run, one file', gzip: true }),
      ownRun(two, { name: 'run, two files', gzip: true }),
      ...peersOf(zipped, { gzip: true }),
    ];
    return tell('gzip in and out', inTurns(commands));
  },
  sizes() {
    const records = linesOf(dataOf('sales'));
    const sizes = [1, 4, 16, 64, 256, 1000, 4000].filter((size) => size <= Number(values['max-size']));
    const told = sizes.map((size) => {
      const input = folderOf(join(folder, `whole-size-${size}`), fillWithBytes(records, size * 1e6));
      const peers = peersOf(input).filter(
        ({ name }) => name !== PEERS.pyspark || size <= Number(values['spark-size']),
      );
      const results = inTurns([ownRun(input), ...peers], { once: size > 1000 });
      return { size, ...tell(`one file of ${size} MB`, results) };
    });
    const names = [...new Set(told.flatMap(({ results }) => results.map(({ name }) => name)))];
    const series = names.map((name) => ({
      name,
      points: told.flatMap(({ size, results }) =>
        results.filter((one) => one.name === name).map(({ wallSeconds }) => [size * 1e6, wallSeconds]),
      ),
    }));
    return { told, series };
  },
  async cluster() {
    const problem = clusterProblem();
    if (problem !== null) {
      console.log(`cluster: left out, because the cluster of docker/ is not ready\n${problem}`);
      return undefined;
    }
    const records = linesOf(dataOf('sales'));
    const many = folderOf(join(folder, 'whole-files-200'), fillWithFiles(records, 200, 1000));
    const small = folderOf(`${many}-one`, fillWithOne(many, readdirSync(many).sort()));
    const large = folderOf(join(folder, 'whole-size-1000'), fillWithBytes(records, 1e9));
    buildMapper(salesCase, join(small, 'all.csv'), folder);
    const mapper = join(folder, 'sales.mjs');
    const measured = await measureCluster({ rounds, job: salesJob(), mapper, small, many, large });
    return { told: measured.map(({ title, results }) => tell(title, results)) };
  },
};

if (values.help) console.log(HELP);
else if (unknown.length > 0) {
  console.error(`--only "${unknown[0]}" is not known; there are ${SCENARIOS.join(', ')}`);
  process.exitCode = 2;
} else {
  mkdirSync(folder, { recursive: true });
  if (values.install) installPythonPeers(folder, Object.keys(PEERS));
  const json = join(folder, 'whole.json');
  const measuredBefore = () => (existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : {});
  for (const name of wanted) {
    const machine = machineNow();
    const result = await scenarios[name]();
    if (result === undefined) continue;
    const entry = { ...machine, measuredRounds: rounds, ...result, loadAfter: loadavg() };
    writeFileSync(json, `${JSON.stringify({ ...measuredBefore(), [name]: entry }, null, 2)}\n`);
  }
  const found = measuredBefore();
  const plot = { sizes: found.sizes?.series ?? [], files: found.files?.series ?? [] };
  if (plot.sizes.length + plot.files.length > 0) writeFileSync(join(folder, 'whole.svg'), plotOf(plot));
}

function machineNow() {
  return {
    at: new Date().toISOString(),
    ...{ cpu: cpus()[0]?.model, cpus: cpus().length, memoryBytes: totalmem(), node: process.version },
    ...{ platform: platform(), arch: arch(), loadBefore: loadavg() },
  };
}
