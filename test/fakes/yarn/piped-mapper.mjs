import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { StringDecoder } from 'node:string_decoder';
import { StartError } from './command-words.mjs';

/** The process groups of the running mappers. */
const running = new Set();

/** Kills every mapper and its child processes. */
export function killAllMappers() {
  for (const pid of running) killGroup(pid);
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}

/**
 * Runs a mapper: writes `pieces` to its stdin, gives the lines of its stderr to `onErrorLine` and returns its stdout.
 * `isBroken` is true if the mapper ended before it had taken all pieces but the last. Hadoop flushes the last one at
 * the end and ignores errors of that write (PipeMapRed.mapRedFinished).
 *
 * @param {object} options
 * @param {string[]} options.words
 * @param {string} options.folder
 * @param {Record<string, string>} options.environment
 * @param {Iterable<{ bytes: Buffer, isLast: boolean }>} options.pieces
 * @param {(line: string) => void} options.onErrorLine
 * @param {(what: 'read' | 'wrote') => void} options.onActivity
 * @param {AbortSignal} options.signal kills it
 */
export async function runMapper({ words, folder, environment, pieces, onErrorLine, onActivity, signal }) {
  const [program, ...args] = words;
  const child = start(program, args, { cwd: folder, env: environment, detached: true });
  const ended = new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new StartError(program, error.code)));
    child.once('close', (code, signalName) => resolve(code ?? 128 + constants.signals[signalName]));
  });
  if (child.pid !== undefined) running.add(child.pid);
  const kill = () => child.pid !== undefined && killGroup(child.pid);
  signal.addEventListener('abort', kill, { once: true });
  const stdout = [];
  child.stdout.on('data', (chunk) => {
    onActivity('wrote');
    stdout.push(chunk);
  });
  readLines(child.stderr, (line) => {
    onActivity('read');
    onErrorLine(line);
  });
  // Errors are handled in the callback of each write.
  child.stdin.on('error', () => undefined);
  try {
    const [isBroken, exitCode] = await Promise.all([feed(child.stdin, pieces, onActivity), ended]);
    return { exitCode, isBroken, stdout: Buffer.concat(stdout) };
  } finally {
    running.delete(child.pid);
    signal.removeEventListener('abort', kill);
  }
}

/** Starts a program. Node reports some start errors as an event and throws others. */
function start(program, args, options) {
  try {
    return spawn(program, args, options);
  } catch (error) {
    throw new StartError(program, error.code);
  }
}

async function feed(stdin, pieces, onActivity) {
  for (const { bytes, isLast } of pieces) {
    const error = await new Promise((done) => {
      stdin.once('close', () => done(new Error('closed')));
      stdin.write(bytes, done);
    });
    stdin.removeAllListeners('close');
    onActivity('read');
    if (error && !isLast) return true;
    if (isLast) stdin.end();
  }
  return false;
}

function readLines(stream, onLine) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk) => {
    const lines = (rest + decoder.write(chunk)).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
