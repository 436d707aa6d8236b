/**
 * Lets a real cron start a job on a cluster every minute while inputs arrive, starts it once more beside a run of cron, and
 * kills a run in the middle. Every record must be published once.
 */
import { execFile, spawn } from 'node:child_process';
import {
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

const HELP = `npm run drill:cron -- [options]

  --minutes N       how long (5)
  --cluster FILE    cluster file (docker/cluster.yaml)

Needs cron and the right to start it, unless it runs. The job's lines are taken out of the crontab at the end. Exit code 1
if a promise was broken.
`;

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
const RECORDS_OF_AN_INPUT = 5_000;
const KEPT_LOGS = 3;
/** Exit code of a start beside another run. */
const LOCKED = 8;

if (values.help) process.stdout.write(HELP);
else process.exitCode = await main();

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-cron-'));
  const base = `/tmp/hadoop-elt-drills/${folder.split('-').at(-1)}`;
  const job = join(folder, 'nightly.elt.yaml');
  writeFileSync(
    job,
    `name: ${folder.split('-').at(-1)}
input: { files: [in/*.csv], upload: ${base}/raw, onMissing: continue }
columns: { Region: upper, Amount: { round: { places: 1 } } }
output: { path: ${base}/out, mode: append }
scheduled: { keepLogs: ${KEPT_LOGS} }
`,
  );
  mkdirSync(join(folder, 'in'));
  const hadoop = openHadoop(values.cluster);
  const schedule = (...more) =>
    call([
      'schedule',
      job,
      '--cron',
      '* * * * *',
      '--engine',
      'hadoop',
      '--cluster',
      values.cluster,
      ...more,
    ]);
  const cron = await startCron();
  const told = { killedAt: null, refused: 0, faults: [] };
  let inputs = 0;
  try {
    await schedule('--install');
    const end = Date.now() + Number(values.minutes) * 60_000;
    say('cron starts the job every minute');
    while (Date.now() < end) {
      // The next run continues the killed one if its inputs are the same: none arrives from before it starts.
      if (told.refused === 0 || (told.killedAt !== null && Date.now() - told.killedAt > 75_000)) {
        deliver(folder, inputs++);
        say(`input ${inputs} has arrived`);
      }
      await sleep(Math.min(25_000, Math.max(0, end - Date.now())));
      await disturb(folder, job, told);
    }
  } finally {
    await schedule('--uninstall');
    cron?.kill();
  }
  while (running(folder).length > 0) await sleep(500);
  // What arrived last.
  const last = await call(['scheduled', job, '--engine', 'hadoop', '--cluster', values.cluster]);
  if (last.code !== 0) told.faults.push(`the last start ended with ${last.code}: ${last.stderr}`);
  const runs = (await call(['runs', job, '--json', '--all'])).stdout.trim().split('\n').map(JSON.parse);
  for (const { runId, state, attempts, records } of runs) {
    say(`run ${runId} ${state}, attempts ${attempts}, records ${records?.written ?? 0}`);
  }
  told.faults.push(...(await faultsOf({ hadoop, folder, base, inputs, runs, told })));
  for (const fault of told.faults) say(`FAULT: ${fault}`);
  say(`${inputs} inputs, ${runs.length} runs, ${told.refused} refused, ${told.faults.length} faults`);
  if (told.faults.length === 0) {
    await hadoop.remove(base);
    rmSync(folder, { recursive: true, force: true });
  } else say(`left: ${folder} and ${base} in HDFS`);
  return told.faults.length === 0 ? 0 : 1;
}

/** Starts the job beside a run of cron, once; kills a run of cron, once. */
async function disturb(folder, job, told) {
  const [pid] = running(folder);
  if (pid === undefined) return;
  if (told.refused === 0) {
    const { code } = await call(['scheduled', job, '--engine', 'hadoop', '--cluster', values.cluster]);
    if (code === LOCKED) told.refused++;
    else if (running(folder).includes(pid)) told.faults.push(`a start beside a run ended with ${code}`);
    say(`a start beside a run of cron: exit code ${code}`);
    return;
  }
  if (told.killedAt !== null) return;
  process.kill(pid, 'SIGKILL');
  told.killedAt = Date.now();
  say(`killed the run with process ${pid}`);
}

async function faultsOf({ hadoop, folder, base, inputs, runs, told }) {
  const faults = [];
  const expected = new Set();
  for (let input = 0; input < inputs; input++) {
    for (let at = 0; at < RECORDS_OF_AN_INPUT; at++) expected.add(`R${input}-${at}`);
  }
  let records = 0;
  for (const { name } of await hadoop.filesBelow(`${base}/out`)) {
    if (!/(^|\/)part-[^/]*$/.test(name)) continue;
    for (const line of (await hadoop.read(`${base}/out/${name}`)).toString('utf8').trim().split('\n')) {
      if (line.startsWith('Region,')) continue;
      records++;
      expected.delete(line.split(',')[0]);
    }
  }
  if (expected.size > 0) faults.push(`${expected.size} records are missing`);
  const all = inputs * RECORDS_OF_AN_INPUT;
  if (records !== all) faults.push(`${records} records were published instead of ${all}`);
  const logs = readdirSync(join(folder, '.hadoop-elt/logs'));
  if (logs.length > KEPT_LOGS) faults.push(`${logs.length} logs stayed instead of ${KEPT_LOGS}`);
  if (told.refused !== 1) faults.push('no start beside a run was refused');
  if (!runs.some(({ attempts }) => attempts > 1)) faults.push('no killed run was continued');
  return faults;
}

/** Puts an input in place under a temporary name, then renames it, as whoever delivers files should. */
function deliver(folder, input) {
  const lines = ['Region,Amount'];
  for (let at = 0; at < RECORDS_OF_AN_INPUT; at++) lines.push(`r${input}-${at},${at}.25`);
  const path = join(folder, 'in', `${input}.csv`);
  writeFileSync(`${path}.part`, `${lines.join('\n')}\n`);
  renameSync(`${path}.part`, path);
}

/** The processes that run the job: those that have its path and a scheduled start in their words. */
function running(folder) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return (
          words.includes('scheduled') &&
          words.some((word) => word.startsWith(folder)) &&
          !words[0].endsWith('sh')
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** A cron, if none runs; null if one does. */
async function startCron() {
  const isCron = (pid) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'cron';
    } catch {
      return false;
    }
  };
  if (readdirSync('/proc').some((name) => /^\d+$/.test(name) && isCron(name))) return null;
  const cron = spawn('cron', ['-f'], { stdio: 'inherit' });
  await new Promise((resolve, reject) => cron.once('spawn', resolve).once('error', reject));
  return cron;
}

function call(args) {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

function say(text) {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}
