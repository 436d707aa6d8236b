/** Compares the mapper with other tools; see `--help`. Also writes the results to .bench/results.json. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstDifference } from './compare.mjs';
import { generateData, readFirstLines, readSalesRecords } from './data.mjs';
import { openKernelShare } from './kernel-share.mjs';
import { buildMapper } from './mappers.mjs';
import { measure, median } from './measure.mjs';
import { HELP, parseOptions } from './options.mjs';
import { canDo, installPythonPeers } from './peers.mjs';
import { formatCase, formatRuns, formatStartUp } from './report.mjs';
import { measureRuns } from './runs.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, '.bench');
const START_UP_RUNS = 15;

async function main() {
  const options = parseOptions(process.argv.slice(2));
  if (options === null) return console.log(HELP);
  mkdirSync(folder, { recursive: true });
  if (options.install) installPythonPeers(folder);
  const sales = readSalesRecords(resolve(root, options.source));
  const peers = findPeers(options.peers);
  const shareOf = await openKernelShare(folder);
  const cases = options.cases.map((benchCase) => {
    const data = generateData(benchCase, options.records, sales, folder);
    buildMapper(benchCase, data.path, folder);
    const kernelShare = shareOf(benchCase, data);
    const result = { ...runCase(benchCase, data, peers, options.rounds), kernelShare };
    console.log(formatCase(result));
    return result;
  });
  const startUp = options.startUp ? measureStartUp(options.cases[0], cases[0]) : null;
  if (startUp !== null) console.log(formatStartUp(startUp));
  const runs = options.runs ? measureRuns(options.cases[0], cases[0], folder, options.rounds) : null;
  if (runs !== null) console.log(formatRuns(runs));
  const machine = {
    ...{ cpu: cpus()[0]?.model, cpus: cpus().length, memoryBytes: totalmem() },
    ...{ platform: platform(), arch: arch(), node: process.version },
  };
  writeFileSync(
    join(folder, 'results.json'),
    `${JSON.stringify({ machine, cases, startUp, runs }, null, 2)}\n`,
  );
  if (options.uploads) measureUploads(options.rounds);
}

/** Measures uploads, which need the cluster of docker/ and print their own table. */
function measureUploads(rounds) {
  try {
    execFileSync('docker', ['exec', 'hadoop-elt-client', 'true'], { stdio: 'ignore' });
  } catch {
    console.log('missing: the Hadoop cluster: uploads were not measured; npm run cluster:up starts it');
    return;
  }
  const script = join(root, 'test/bench/upload.mjs');
  execFileSync(process.execPath, [script, String(rounds)], { stdio: 'inherit' });
}

/** The installed peers, ready to run. Prints the names of the others. */
function findPeers(wanted) {
  return wanted.flatMap((peer) => {
    const { path, missing } = peer.prepare?.(folder) ?? {};
    if (missing !== undefined) console.log(`missing: ${peer.name}: ${missing}`);
    return missing === undefined ? [{ ...peer, path }] : [];
  });
}

/** Compares the bytes in the first round. Measures all other rounds, in which the peers take turns. */
function runCase(benchCase, data, peers, roundCount) {
  const notes = [];
  const rounds = new Map();
  const run = (peer) => {
    const stdout = join(folder, `out-${peer.name}.csv`);
    return measure(peer.command(benchCase, peer.path, folder), { stdin: data.path, stdout, env: peer.env });
  };
  for (const peer of peers) {
    if (!canDo(peer, benchCase)) continue;
    try {
      run(peer);
      const note = peer.changesNothing ? null : differenceNote(peer);
      if (note !== null) notes.push(note);
      rounds.set(peer, []);
    } catch (error) {
      notes.push(`${peer.name} ${error.message}`);
    }
  }
  for (let round = 0; round < roundCount; round++) {
    for (const [peer, results] of rounds) results.push(run(peer));
  }
  for (const peer of peers) rmSync(join(folder, `out-${peer.name}.csv`), { force: true });
  return {
    ...{ name: benchCase.name, about: benchCase.about, ...data, notes },
    peers: [...rounds].map(([{ name, about }, results]) => ({
      ...{ name, about },
      ...medians(results),
      rounds: results,
    })),
  };
}

/** The mapper runs first, and the others are compared with its output. */
function differenceNote({ name }) {
  if (name === 'mapper') return null;
  const expected = join(folder, 'out-mapper.csv');
  const difference = firstDifference(join(folder, `out-${name}.csv`), expected);
  if (difference === null) return null;
  const { lineNumber, found, expected: line } = difference;
  return `${name} writes other bytes, first in line ${lineNumber}:\n    ${found}\n    mapper: ${line}`;
}

/** Measures the start of Node alone, and the mapper of a case with a header and one record. */
function measureStartUp({ name }, data) {
  const stdin = join(folder, 'one-record.csv');
  const head = readFirstLines(data.path, 2);
  writeFileSync(stdin, head);
  const commands = [
    [process.execPath, '-e', '0'],
    [process.execPath, join(folder, `${name}.mjs`)],
  ];
  const results = commands.map(() => []);
  for (let round = 0; round < START_UP_RUNS; round++) {
    for (const [index, command] of commands.entries()) {
      results[index].push(measure(command, { stdin, stdout: join(folder, 'out-start-up.csv') }));
    }
  }
  return results.map(medians);
}

function medians(results) {
  const names = ['cpuSeconds', 'userSeconds', 'wallSeconds', 'peakRssBytes'];
  return Object.fromEntries(names.map((name) => [name, median(results.map((result) => result[name]))]));
}

await main();
