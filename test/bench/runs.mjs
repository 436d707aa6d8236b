import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './measure.mjs';

const PROGRAM = fileURLToPath(new URL('../../dist/hadoop-elt.mjs', import.meta.url));
const COPIES = 10;
const TASKS = [1, 2];

/**
 * Runs a whole job on the local engine, from the scan to the published output, alternately with one task at a time and
 * with two; returns the seconds of each. The input is one file with ten copies of the records of `data`, a case's data.
 * Throws an Error if the two outputs differ.
 */
export function measureRuns({ name }, data, folder, rounds) {
  const input = repeat(data.path, folder);
  const output = join(folder, 'run-output');
  const job = join(folder, `${name}.elt.yaml`);
  const run = (tasks) => {
    rmSync(output, { recursive: true, force: true });
    const started = performance.now();
    execFileSync(
      process.execPath,
      [PROGRAM, 'run', job, '--input', input, '--output', output, '--parallel', String(tasks)],
      { stdio: 'ignore' },
    );
    return (performance.now() - started) / 1000;
  };
  const published = () =>
    JSON.parse(readFileSync(join(output, '_hadoop-elt', 'manifest.json'), 'utf8')).parts;
  const seconds = TASKS.map(() => []);
  const parts = TASKS.map((tasks) => {
    run(tasks);
    return JSON.stringify(published());
  });
  if (parts.some((each) => each !== parts[0]))
    throw new Error('One task at a time and two publish other parts');
  for (let round = 0; round < rounds; round++) {
    for (const [index, tasks] of TASKS.entries()) seconds[index].push(run(tasks));
  }
  const { size: sizeBytes } = statSync(input);
  rmSync(output, { recursive: true });
  rmSync(input);
  return {
    sizeBytes,
    results: TASKS.map((tasks, index) => ({
      tasks,
      wallSeconds: median(seconds[index]),
      rounds: seconds[index],
    })),
  };
}

/** Writes a file with the header once and the records ten times. */
function repeat(path, folder) {
  const repeated = join(folder, 'run-input.csv');
  const bytes = readFileSync(path);
  const records = bytes.subarray(bytes.indexOf('\n') + 1);
  copyFileSync(path, `${repeated}.part`);
  for (let copy = 1; copy < COPIES; copy++) appendFileSync(`${repeated}.part`, records);
  renameSync(`${repeated}.part`, repeated);
  return repeated;
}
