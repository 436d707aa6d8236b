/**
 * Kills real submissions with SIGKILL, in each step in turn at a moment chosen by a seed, and runs each again. Every
 * result is one JSON line in a file; a later call with the same seed goes on where the last one ended.
 */
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openHadoop } from './hadoop.mjs';
import { leftIn, outputIn, recordsDigest, start, writeJob } from './submission.mjs';

const HELP = `npm run drill:kills -- [options]

  --kills N         how many (21: three in each step)
  --seed N          of the moments (1)
  --mode MODE       create, replace or append (create)
  --cluster FILE    cluster file (docker/cluster.yaml)
  --results FILE    where results are kept (.bench/kills-MODE-SEED.jsonl)

Exit code 1 if a kill broke a promise.
`;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '21' },
    seed: { type: 'string', default: '1' },
    mode: { type: 'string', default: 'create' },
    cluster: {
      type: 'string',
      default: fileURLToPath(new URL('../../docker/cluster.yaml', import.meta.url)),
    },
    results: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const STEPS = ['check', 'scan', 'upload', 'mapper', 'run', 'verify', 'publish'];
/** Records of each input. */
const SIZES = [2_000, 60_000, 250_000];

if (values.help) process.stdout.write(HELP);
else process.exitCode = await main();

async function main() {
  const { cluster, mode } = values;
  const seed = Number(values.seed);
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const results = values.results ?? join(root, '.bench', `kills-${mode}-${seed}.jsonl`);
  mkdirSync(dirname(results), { recursive: true });
  const done = existsSync(results) ? readFileSync(results, 'utf8').trim().split('\n').map(JSON.parse) : [];
  const hadoop = openHadoop(cluster);
  const place = (name) => placeFor({ name: `kills-${mode}-${seed}-${name}`, cluster, mode });
  const undisturbed = await measure(hadoop, place('undisturbed'));
  for (let kill = done.length; kill < Number(values.kills); kill++) {
    const step = STEPS[kill % STEPS.length];
    const after = randomOf(seed, kill) * undisturbed.durationOf(step);
    const group = kill % 2 === 1;
    const result = {
      kill,
      step,
      ...(await killOne(hadoop, place(kill), { step, after, group }, undisturbed)),
    };
    appendFileSync(results, `${JSON.stringify(result)}\n`);
    done.push(result);
    process.stdout.write(`${formatResult(result)}\n`);
  }
  const broken = done.filter(({ faults }) => faults.length > 0);
  process.stdout.write(`Seed ${seed}, ${mode}: ${done.length} kills, ${broken.length} broke a promise\n`);
  return broken.length === 0 ? 0 : 1;
}

/** Where one submission works: a folder on this machine, a folder in HDFS, and its arguments. */
function placeFor({ name, cluster, mode }) {
  const folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-kills-'));
  const base = `/tmp/hadoop-elt-drills/${name}`;
  const job = writeJob(folder, { name, base, sizes: SIZES });
  return { name, folder, base, args: ['submit', job, '--cluster', cluster, '--mode', mode] };
}

/** Runs the job once without a kill: how long each step takes, and what there is at the end. */
async function measure(hadoop, { folder, base, args }) {
  await hadoop.remove(base);
  const { exitCode, events, stderr } = await start(args).ended;
  if (exitCode !== 0) throw new Error(`The job fails without a kill: ${stderr}`);
  const durations = new Map(
    events.flatMap(({ event, step, durationMs }) => (event === 'step-done' ? [[step, durationMs]] : [])),
  );
  const left = await leftIn(hadoop, base);
  const digest = await recordsDigest(hadoop, await outputIn(hadoop, base));
  await hadoop.remove(base);
  rmSync(folder, { recursive: true });
  return { durationOf: (step) => durations.get(step) ?? 0, left, digest };
}

/** Kills one submission and runs it again. `faults` says in words which promises were broken. */
async function killOne(hadoop, { name, folder, base, args }, { step, after, group }, undisturbed) {
  await hadoop.remove(base);
  const first = start(args);
  await first.event((event) => event.event === 'step-started' && event.step === step);
  await sleep(after);
  first.kill('SIGKILL', { group });
  const { signal } = await first.ended;
  const uploaded = (await hadoop.filesBelow(`${base}/raw`)).filter(({ name: file }) =>
    /^\d\.csv$/.test(file),
  );
  const second = await start(args).ended;
  const again = await hadoop.filesBelow(`${base}/raw`);
  const applications = await hadoop.applicationsNamed(name);
  const faults = [];
  if (second.exitCode !== 0) faults.push(`the second run ended with ${second.exitCode}: ${second.stderr}`);
  const resent = uploaded.filter(
    ({ name: file, fileId }) => !again.some((other) => other.name === file && other.fileId === fileId),
  );
  if (resent.length > 0) faults.push(`sent again: ${resent.map(({ name: file }) => file).join(', ')}`);
  const submitted = applicationsIn(first.events);
  const followed = applicationsIn(second.events);
  const survived = submitted.filter((id) =>
    applications.some((app) => app.id === id && app.state !== 'KILLED'),
  );
  // Its output was taken over as it was, or published already.
  const isKept = second.events.some(
    ({ event, step }) => event === 'nothing-to-do' || (event === 'step-kept' && step === 'run'),
  );
  for (const id of survived) {
    if (!followed.includes(id) && !isKept) faults.push(`${id} ran on, but was not used`);
  }
  if (overlap(applications)) faults.push('two applications worked at the same time');
  const left = await leftIn(hadoop, base);
  if (left.join() !== undisturbed.left.join()) faults.push(`left: ${left.join(', ')}`);
  const digest = second.exitCode === 0 ? await recordsDigest(hadoop, await outputIn(hadoop, base)) : null;
  if (digest !== null && digest !== undisturbed.digest) faults.push('the records differ');
  if (faults.length === 0) await hadoop.remove(base);
  rmSync(folder, { recursive: true });
  return {
    afterMs: Math.round(after),
    group,
    wasKilled: signal === 'SIGKILL',
    uploadsKept: uploaded.length - resent.length,
    applications: applications.map(({ id, finalStatus }) => `${id} ${finalStatus}`),
    faults,
  };
}

function applicationsIn(events) {
  return events.flatMap(({ event, applicationId }) => (event === 'job-started' ? [applicationId] : []));
}

/** Whether two applications of one job wrote records at the same time. The job of the rejects starts after it. */
function overlap(applications) {
  return applications.some((one, index) => {
    const next = applications[index + 1];
    return next !== undefined && (one.finishedTime === 0 || one.finishedTime > next.startedTime);
  });
}

/** A number from 0 to 1 that depends on nothing but its arguments (mulberry32). */
function randomOf(seed, index) {
  let state = (seed * 0x9e3779b9 + index * 0x6d2b79f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
}

function formatResult({ kill, step, afterMs, group, uploadsKept, applications, faults }) {
  const outcome = faults.length === 0 ? 'ok' : `BROKEN: ${faults.join('; ')}`;
  const whom = group ? 'with its children' : 'alone';
  return `${kill} ${step} after ${afterMs} ms, ${whom}; uploads kept ${uploadsKept}; ${applications.join(', ') || 'no application'}; ${outcome}`;
}
