/** Jobs on the cluster of docker/, for `npm run bench:whole`: against a shell script, and against `/bin/cat` as the mapper. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { median } from './measure.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/hadoop-elt.mjs');
const clusterFile = join(root, 'docker/cluster.yaml');
const { fs, streamingJar } = parse(readFileSync(clusterFile, 'utf8'));
const CONTAINER = 'hadoop-elt-client';
const TASKS = 8;

/** Why nothing can be measured on the cluster, or null. */
export function clusterProblem() {
  const { status, stdout, stderr, error } = spawnSync(join(root, 'docker/cluster.sh'), ['status'], {
    encoding: 'utf8',
  });
  return status === 0 ? null : (error?.message ?? `${stdout}${stderr}`.trim());
}

/**
 * Measures the jobs in turns. `job` is the path of a job file, `mapper` its built mapper; `small`, `many` and `large` are
 * folders with one small file, with the same records in many files, and with one large file. Returns a list of title and
 * results. Removes at the end what it made in HDFS, in the container and here, also after Ctrl-C; then the process exits.
 */
export async function measureCluster({ rounds, job, mapper, small, many, large }) {
  const bench = new Bench(parse(readFileSync(job, 'utf8')));
  const stopBy = (signal) => bench.stop.abort(signal);
  for (const signal of SIGNALS) process.on(signal, stopBy);
  try {
    await bench.prepare({ mapper, small, large });
    const smallJobs = [
      bench.submit('submit, one file', { files: join(small, '*.csv'), upload: true }),
      bench.script('shell script, one file'),
      bench.submit('submit, 200 files of 1 KB', { files: join(many, '*.csv'), upload: true }),
    ];
    const largeJobs = [
      bench.hadoopJar('hadoop jar, /bin/cat', '/bin/cat'),
      bench.hadoopJar('hadoop jar, our mapper', 'node m.mjs'),
      bench.submit('submit', { files: `hdfs://${bench.target}/large/data.csv` }, LARGE_SPLITS.submit),
    ];
    return [
      { title: 'cluster: 200 KB of records', results: await bench.inTurns(smallJobs, rounds) },
      { title: `cluster: 1 GB in HDFS, ${TASKS} tasks`, results: await bench.inTurns(largeJobs, rounds) },
    ];
  } finally {
    await bench.clear();
    for (const signal of SIGNALS) process.off(signal, stopBy);
    const { aborted, reason } = bench.stop.signal;
    if (aborted) process.exit(128 + constants.signals[reason]);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'];

/** FileInputFormat's splits are as large as total / maps. Ours are of so many bytes; the last may be a tenth larger. */
const LARGE_SPLITS = {
  hadoop: ['-D', `mapreduce.job.maps=${TASKS}`],
  submit: ['--split-size', String(1e9 / TASKS)],
};

/** Everything it makes is in three folders, or has its mark in the name. */
class Bench {
  mark = `bench-whole-${process.pid}`;
  stop = new AbortController();
  target = `/tmp/${this.mark}`;
  inContainer = `/tmp/${this.mark}`;
  work = mkdtempSync(join(tmpdir(), `${this.mark}-`));
  number = 0;

  constructor(job) {
    this.job = job;
  }

  async prepare({ mapper, small, large }) {
    const shell = (script) => this.run(this.inClient(script));
    const copy = (from, to) =>
      this.run(['docker', 'cp', '-q', from, `${CONTAINER}:${this.inContainer}/${to}`]);
    await this.run(['docker', 'exec', CONTAINER, 'mkdir', this.inContainer]);
    await copy(small, 'data');
    await copy(mapper, 'm.mjs');
    await shell(`hadoop fs -mkdir -p ${this.target}/large; hadoop fs -put m.mjs ${this.target}/m.mjs`);
    const put = this.inClient(`hadoop fs -put - ${this.target}/large/data.csv`);
    await this.run(put, join(large, 'data.csv'));
  }

  /** Runs a job by `submit`, under a name of its own: its mapper is uploaded each time, as the script does it. */
  submit(name, { files, upload = false }, more = []) {
    return {
      name,
      command: (folder) => {
        const job = {
          ...this.job,
          name: `${this.mark}-${this.number}`,
          input: { files, ...(upload ? { upload: `${folder}/in` } : {}) },
          output: { path: `${folder}/out` },
        };
        const path = join(this.work, `${this.number}.elt.yaml`);
        writeFileSync(path, stringify(job));
        return [process.execPath, program, 'submit', path, '--cluster', clusterFile, ...more];
      },
    };
  }

  script(name) {
    const command = (folder) =>
      this.inClient(
        [
          `hadoop fs -mkdir -p ${folder}/in`,
          `hadoop fs -put data/* ${folder}/in/`,
          `hadoop fs -put m.mjs ${folder}/m.mjs`,
          this.streaming({ input: `${folder}/in`, folder, mapper: 'node m.mjs', shipped: `${folder}/m.mjs` }),
        ].join('\n'),
      );
    return { name, command };
  }

  hadoopJar(name, mapper) {
    const shipped = mapper.endsWith('m.mjs') ? `${this.target}/m.mjs` : undefined;
    const input = `${this.target}/large`;
    const splits = LARGE_SPLITS.hadoop;
    return {
      name,
      command: (folder) => this.inClient(this.streaming({ input, folder, mapper, shipped, splits })),
    };
  }

  /** A `hadoop jar` command without reducers. `shipped` is a file in HDFS. */
  streaming({ input, folder, mapper, shipped, splits = [] }) {
    return [
      ...['hadoop', 'jar', streamingJar, '-D', `mapreduce.job.name=${this.mark}`],
      ...['-D', 'mapreduce.job.reduces=0', '-D', 'stream.map.output=keyonlytext', ...splits],
      ...(shipped === undefined ? [] : ['-files', `${fs}${shipped}#m.mjs`]),
      ...['-input', input, '-output', `${folder}/out`, '-mapper', `'${mapper}'`],
    ].join(' ');
  }

  /** The words that run a script in the client container, in a process group of its own whose id is kept. */
  inClient(script) {
    const whole = `cd ${this.inContainer}\necho $$ > pid\ntrap 'rm -f pid' EXIT\nset -e\n${script}`;
    return ['docker', 'exec', '-i', CONTAINER, 'setsid', '--wait', 'bash', '-c', whole];
  }

  /** Each job runs once a round, with a folder of its own in HDFS; the first round is not counted. */
  async inTurns(jobs, rounds) {
    const times = jobs.map(() => []);
    for (let round = 0; round <= rounds; round++) {
      for (const [at, { command }] of jobs.entries()) {
        this.number++;
        const folder = `${this.target}/${this.number}`;
        const seconds = await this.run(command(folder));
        if (round > 0) times[at].push(seconds);
        await this.run(this.inClient(`hadoop fs -rm -r -skipTrash ${folder}`));
      }
    }
    return jobs.map(({ name }, at) => ({ name, wallSeconds: median(times[at]), rounds: times[at] }));
  }

  /** Runs a command and returns its seconds. Ctrl-C at the terminal reaches only this process, which passes it on once. */
  async run(words, stdin = '/dev/null', stop = this.stop.signal) {
    stop?.throwIfAborted();
    const log = join(this.work, 'log');
    const files = [openSync(stdin), openSync(log, 'w')];
    const start = performance.now();
    const child = spawn(words[0], words.slice(1), { stdio: [files[0], files[1], files[1]], detached: true });
    const pass = () => child.kill('SIGINT');
    stop?.addEventListener('abort', pass);
    try {
      const [code] = await once(child, 'exit');
      const seconds = (performance.now() - start) / 1000;
      stop?.throwIfAborted();
      if (code === 0) return seconds;
    } finally {
      stop?.removeEventListener('abort', pass);
      files.forEach(closeSync);
    }
    const lines = readFileSync(log, 'utf8').trim().split('\n').slice(-10);
    throw new Error(`failed: ${words.join(' ')}\n${lines.join('\n')}`);
  }

  /** Ends what still runs, then removes all. A script that could not be ended would make its folders again. */
  async clear() {
    const { inContainer, target, mark } = this;
    const steps = [
      `[ ! -e ${inContainer}/pid ] || kill -- -$(cat ${inContainer}/pid)`,
      `for id in $(yarn application -list | grep -F ${mark} | cut -f 1); do yarn application -kill $id; done`,
      `hadoop fs -rm -r -f -skipTrash ${target} '/user/hadoop/.hadoop-elt/mappers/${mark}-*'`,
      `rm -rf ${inContainer}`,
    ];
    // Files that docker cp made are owned by root.
    const asRoot = ['docker', 'exec', '-u', 'root', '-e', 'HADOOP_USER_NAME=hadoop', CONTAINER, 'bash', '-c'];
    for (const step of steps) {
      await this.run([...asRoot, step], undefined, null).catch((error) => console.error(error.message));
    }
    rmSync(this.work, { recursive: true });
  }
}
