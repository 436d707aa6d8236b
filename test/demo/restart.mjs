/**
 * Four mishaps of a nightly load, on the Docker cluster, each followed by a plain rerun. What is printed are the commands
 * and the program's own words. The submissions run with `--json`, so that each mishap comes at a known moment.
 */
import { writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { formatRecording } from './recording-svg.mjs';
import { clusterProblem, expect, NotAsSaid, Stage } from './stage.mjs';

const HELP = `npm run demo:restart -- [options]

Shows on the Docker cluster what happens when a load goes wrong, and what running it again does: an input is missing,
the namenode goes down during the upload, a mapper fails, the client is killed. Takes about 3 minutes. It stops the
namenode for a moment, and removes all that it makes. The cluster must be up: npm run cluster:up

  --record FILE     write an SVG that plays what was printed

Exit codes: 0 all was as it says · 1 something was not · 5 the cluster is not ready · 128+n ended by signal n
`;

const REGIONS = ['americas', 'asia', 'europe'];

const { values } = parseArgs({
  options: { record: { type: 'string' }, help: { type: 'boolean', default: false } },
});
if (values.help) process.stdout.write(HELP);
else process.exitCode = await main();

async function main() {
  const problem = clusterProblem();
  if (problem !== null) {
    process.stderr.write(
      `The demo needs the Docker cluster, which is not ready\n${problem.replaceAll(/^/gm, '  ')}\nStart it: npm run cluster:up\n`,
    );
    return 5;
  }
  const stage = new Stage();
  try {
    await stage.open();
    await missingInput(stage);
    await namenodeDown(stage);
    await failingMapper(stage);
    await killedClient(stage);
    compare(stage);
  } catch (error) {
    // Lets a signal be heard that has ended what was waited for.
    await setImmediate();
    if (stage.endedBy !== null) return stage.endedBy;
    if (!(error instanceof NotAsSaid)) throw error;
    process.stderr.write(`The demo did not go as it should: not true that ${error.message}\n`);
    return 1;
  } finally {
    await stage.close();
  }
  if (values.record !== undefined) {
    writeFileSync(values.record, formatRecording('npm run demo:restart', stage.terminal.lines));
  }
  return 0;
}

async function missingInput(stage) {
  stage.tell('A job loads what three regions send each night');
  stage.shell('cat sales.elt.yaml');
  stage.terminal.say();
  stage.tell('Night 1. An input is missing: nothing has come from Europe');
  for (const region of ['americas', 'asia']) stage.nights.arrive(region, 1);
  const first = await stage.submit({ exitCode: 10 });
  const left = eventOf(first, 'inputs-left-out')?.left ?? [];
  expect(
    left.some(({ path }) => path.includes('europe')),
    'the missing input is named',
  );
  stage.tell('The file has come. Run again: it is loaded, and nothing else');
  stage.nights.arrive('europe', 1);
  const again = await stage.submit({ exitCode: 0 });
  const { files, inPlace } = resultOf(again, 'upload');
  expect(files === 1 && inPlace === 0, 'only the file from Europe is sent');
}

async function namenodeDown(stage) {
  stage.tell('Night 2. The namenode goes down during the upload');
  for (const region of ['americas', 'asia']) stage.nights.arrive(region, 2);
  stage.nights.arriveLarge('europe', 2);
  const first = await stage.submit({
    exitCode: 4,
    when: ({ event, step }) => event === 'step-started' && step === 'upload',
    async harm(submission) {
      await stage.stopOnceThere(submission, ['americas/night-2.csv', 'asia/night-2.csv']);
      stage.tell('Two files are there, a large one is on its way: now it goes down');
      stage.killNamenode();
      submission.kill('SIGCONT');
    },
  });
  expect(eventOf(first, 'kept-for-next-run') !== undefined, 'what was done is kept');
  stage.tell('It comes back. Run again: the two files that were there are not sent again');
  stage.startNamenode();
  const again = await stage.submit({ exitCode: 0 });
  const { files, inPlace } = resultOf(again, 'upload');
  expect(files === 3 && inPlace === 2, 'two uploads are kept, and one file is sent');
}

async function failingMapper(stage) {
  stage.tell('Night 3. The mapper fails: a record from Asia has a profit of "n/a"');
  for (const region of REGIONS) stage.nights.arrive(region, 3);
  const mend = stage.nights.damage('asia', 3);
  await stage.submit({ exitCode: 6 });
  stage.tell('Asia has sent the right file. Run again: only that one is sent');
  mend();
  const again = await stage.submit({ exitCode: 0 });
  const { files, inPlace, replaced } = resultOf(again, 'upload');
  expect(files === 3 && inPlace === 2 && replaced === 1, 'only the mended file is sent');
}

async function killedClient(stage) {
  stage.tell('Night 4. The client is killed while the job runs');
  for (const region of REGIONS) stage.nights.arrive(region, 4);
  const first = await stage.submit({
    exitCode: 128 + 9,
    when: ({ event }) => event === 'job-started',
    async harm(submission) {
      // Small files are sent beside the job.
      await submission.event(({ event, step }) => event === 'step-done' && step === 'upload');
      submission.kill('SIGKILL', { group: true });
      stage.terminal.say('Killed');
    },
  });
  stage.tell('Run again: uploads and mapper are kept, and the job that runs on is followed');
  const again = await stage.submit({ exitCode: 0 });
  const kept = again.flatMap(({ event, step }) => (event === 'step-kept' ? [step] : []));
  expect(kept.includes('upload'), 'the upload step is kept');
  const { applicationId } = eventOf(first, 'job-started');
  expect(eventOf(again, 'job-found')?.applicationId === applicationId, `${applicationId} is followed`);
}

/** Compares what is published with what a pipe makes of all files. */
function compare(stage) {
  stage.tell('After four bad nights: the cluster has the records that a pipe makes of all files, each once');
  const sum = 'grep -v ^Region, | LC_ALL=C sort | sha256sum';
  const published = stage.shell(`hadoop fs -cat 'warehouse/sales/*/part-*' | ${sum}`);
  const piped = stage.shell(`cat */night-*.csv | hadoop-elt map sales.elt.yaml | ${sum}`);
  expect(published === piped, 'the cluster has the records of the pipe');
}

function eventOf(events, name) {
  return events.find(({ event }) => event === name);
}

/** What a step did. */
function resultOf(events, name) {
  return events.find(({ event, step }) => event === 'step-done' && step === name)?.result ?? {};
}
