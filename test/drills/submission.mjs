import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built program. */
export const PROGRAM = fileURLToPath(new URL('../../dist/hadoop-elt.mjs', import.meta.url));

/** Column names of the inputs. */
export const HEADER = 'Region,Order Date,Amount,Note';

/** Writes a job file and its inputs, of these numbers of records, in a folder. Returns the path of the job file. */
export function writeJob(folder, { name, base, sizes, more = '' }) {
  const job = join(folder, 'job.yaml');
  write(
    job,
    `name: ${name}
input: { files: [in/*.csv], upload: ${base}/raw }
columns:
  Region: upper
  Order Date: { date: { from: M/d/yyyy, to: yyyy-MM-dd, invalid: bad } }
  Amount: { round: { places: 1, onInvalid: reject } }
output: { path: ${base}/out }
${more}`,
  );
  for (const [index, size] of sizes.entries()) write(join(folder, `in/${index}.csv`), recordsOf(index, size));
  return job;
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** One record in a thousand is rejected. */
function recordsOf(input, size) {
  const lines = [HEADER];
  for (let at = 0; at < size; at++) {
    const amount = at % 1000 === 999 ? 'none' : `${at}.${at % 1000}`;
    lines.push(`region ${input}-${at},${1 + (at % 12)}/3/2020,${amount},${'x'.repeat(at % 97)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A submission that runs: its events, as they come, and its end. `onEvent` hears each event. */
export function start(args, { cwd, onEvent } = {}) {
  const events = [];
  const waiting = onEvent === undefined ? [] : [onEvent];
  const child = spawn(process.execPath, [PROGRAM, ...args, '--json'], { detached: true, cwd });
  let stderr = '';
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const event = JSON.parse(line);
      events.push(event);
      for (const wait of waiting) wait(event);
    }
  });
  const ended = new Promise((resolve) => {
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, events, stderr }));
  });
  return {
    ended,
    events,
    /** Resolves with the first event that `matches`; with null if the program ends before one comes. */
    event(matches) {
      const seen = new Promise((resolve) => {
        const past = events.find(matches);
        if (past !== undefined) resolve(past);
        else waiting.push((event) => matches(event) && resolve(event));
      });
      return Promise.race([seen, ended.then(() => null)]);
    },
    /** Sends a signal to the program alone, or to all that it has started too. */
    kill(signal, { group = false } = {}) {
      try {
        process.kill(group ? -child.pid : child.pid, signal);
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    },
  };
}

/** SHA-256 of the records in the part files of an output, joined in order, without headers. */
export async function recordsDigest(hadoop, output) {
  const hash = createHash('sha256');
  for (const { name } of await hadoop.filesBelow(output)) {
    if (!/^part-\d+$/.test(name)) continue;
    const text = (await hadoop.read(`${output}/${name}`)).toString('utf8');
    for (const line of text.split('\n')) if (line !== '' && line !== HEADER) hash.update(`${line}\n`);
  }
  return hash.digest('hex');
}

/** The names of all files below a folder, without what differs from run to run. */
export async function leftIn(hadoop, base) {
  return (await hadoop.filesBelow(base)).map(({ name }) => name.replaceAll(/\d{8}T\d{9}Z-[0-9a-f]+/g, 'RUN'));
}

/** The folder of the part files: the output, or its only batch. */
export async function outputIn(hadoop, base) {
  const [batch] = (await hadoop.filesBelow(`${base}/out`)).flatMap(
    ({ name }) => /^batch=[^/]+(?=\/part-)/.exec(name)?.[0] ?? [],
  );
  return batch === undefined ? `${base}/out` : `${base}/out/${batch}`;
}
