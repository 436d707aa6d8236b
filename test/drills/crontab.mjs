/**
 * A crontab line starts a job on the Docker cluster each minute while inputs arrive. Meanwhile another start overlaps one of
 * its runs, and one is killed. Afterwards each record must be published once. As root where no cron daemon runs: one is
 * started.
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openHadoop } from './hadoop.mjs';
import { PROGRAM } from './submission.mjs';

const HELP = `npm run drill:crontab -- [options]

  --minutes N       how long (5)
  --cluster FILE    cluster file (docker/cluster.yaml)

Exit code 1 if a promise was broken.
`;
const RECORDS = 1000;
const KEPT_LOGS = 3;
const ARRIVE_EVERY_MS = 25_000;
/** Makes each mapper wait before it reads, so that a run can be met. */
const SLEEP = 'Atomics.wait(new/**/Int32Array(new/**/SharedArrayBuffer(4)),0,0,8000)';
const SLOWLY = ['-D', `mapreduce.map.env.NODE_OPTIONS=--import=data:text/javascript,${SLEEP}`];

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    cluster: {
      type: 'string',
      default: fileURLToPath(new URL('../../docker/cluster.yaml', import.meta.url)),
    },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else process.exitCode = await main();

async function main() {
  const name = `crontab-${process.pid}`;
  const folder = mkdtempSync(join(tmpdir(), `hadoop-elt-${name}-`));
  const job = join(folder, 'job.elt.yaml');
  const logs = join(folder, 'logs');
  const hadoop = openHadoop(values.cluster);
  const base = `/user/hadoop/${name}`;
  mkdirSync(join(folder, 'in'));
  writeFileSync(
    job,
    `name: ${name}\ninput: { files: in/*.csv, upload: ${base}/raw }\ncolumns: { Text: upper }\noutput: { path: ${base}/out, mode: append }\n`,
  );
  const options = ['--cluster', values.cluster, '--logs', logs, '--keep-logs', String(KEPT_LOGS), ...SLOWLY];
  const broken = [];
  const check = (holds, what) => {
    process.stdout.write(`${holds ? 'holds ' : 'BROKEN'}  ${what}\n`);
    if (!holds) broken.push(what);
  };
  let inputs = 0;
  const arrive = () => {
    const lines = Array.from({ length: RECORDS }, (_, at) => `record ${inputs}-${at}`);
    writeFileSync(join(folder, 'in', '.arriving'), `Text\n${lines.join('\n')}\n`);
    renameSync(join(folder, 'in', '.arriving'), join(folder, 'in', `${inputs}.csv`));
    inputs += 1;
  };
  const cron = startCron();
  try {
    arrive();
    const words = ['schedule', job, '--cron', '* * * * *', '--for', 'cron', '--install', ...options];
    process.stdout.write(execFileSync(process.execPath, [PROGRAM, ...words], { encoding: 'utf8' }));
    const arriving = setInterval(arrive, ARRIVE_EVERY_MS);
    // Rotation removes the oldest.
    const starts = new Set();
    const counting = setInterval(() => namesIn(logs).map((log) => starts.add(log)), 500);
    const endsMs = Date.now() + Number(values.minutes) * 60_000;
    const seen = new Set();
    try {
      const first = await metRun(logs, seen);
      const overlapping = await run('scheduled', job, ...options);
      check(overlapping === 8, `a start that overlaps run ${first.log} ends with 8: ${overlapping}`);
      const second = await metRun(logs, seen);
      process.kill(second.pid, 'SIGKILL');
      process.stdout.write(`killed  the run of ${second.log}\n`);
      const next = await metRun(logs, seen);
      check(
        /Continues what an earlier process has begun|Took over the lock/.test(next.text()),
        'the next run goes on from the one that was killed',
      );
      await sleep(Math.max(0, endsMs - Date.now()));
    } finally {
      clearInterval(arriving);
      clearInterval(counting);
      execFileSync(process.execPath, [
        PROGRAM,
        'schedule',
        job,
        '--cron',
        '* * * * *',
        '--for',
        'cron',
        '--uninstall',
      ]);
    }
    const last = await run('scheduled', job, ...options, '--wait', '5m');
    check(last === 0, `a last start ends with 0: ${last}`);
    check(
      starts.size > Number(values.minutes),
      `${starts.size} starts in ${values.minutes} minutes, one of them by hand`,
    );
    check(
      namesIn(logs).length <= KEPT_LOGS,
      `${namesIn(logs).length} logs are left, of at most ${KEPT_LOGS}`,
    );
    const times = new Map();
    for (const { name: file } of await hadoop.filesBelow(`${base}/out`)) {
      if (!/(^|\/)part-\d+$/.test(file)) continue;
      const text = (await hadoop.read(`${base}/out/${file}`)).toString();
      for (const line of text.split('\n'))
        if (line.startsWith('RECORD ')) times.set(line, (times.get(line) ?? 0) + 1);
    }
    const more = [...times.values()].filter((count) => count !== 1).length;
    check(
      times.size === inputs * RECORDS && more === 0,
      `${times.size} of ${inputs * RECORDS} records of ${inputs} inputs are published, ${more} of them more than once`,
    );
    return broken.length === 0 ? 0 : 1;
  } finally {
    cron?.kill();
    await hadoop.remove(base);
    rmSync(folder, { recursive: true });
  }
}

/** A cron daemon where none runs; null where one does. */
function startCron() {
  const isCron = (pid) => {
    try {
      return /^crond?$/.test(readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
    } catch {
      return false;
    }
  };
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.some(isCron) ? null : spawn('cron', ['-f'], { stdio: 'ignore' });
}

function namesIn(folder) {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** Waits for a start that is not seen yet, until its job has begun: its log, and its process. */
async function metRun(folder, seen) {
  for (let second = 0; second < 300; second += 0.2) {
    for (const log of namesIn(folder)) {
      if (seen.has(log)) continue;
      const text = () => readFileSync(join(folder, log), 'utf8');
      if (!/^ {2}run {6}/m.test(text())) continue;
      seen.add(log);
      return { log, text, pid: Number(/-(\d+)\.log$/.exec(log)[1]) };
    }
    await sleep(200);
  }
  throw new Error(`No run has begun in five minutes: ${namesIn(folder).join(', ')}`);
}

async function run(...args) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'ignore' });
  return new Promise((resolve) => child.on('close', resolve));
}
