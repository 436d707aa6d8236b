import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('measure.py', import.meta.url));

/**
 * Runs a command with a file as stdin and a file as stdout; returns wallSeconds, cpuSeconds (user and system),
 * userSeconds and peakRssBytes. Node cannot measure a single child process, so a Python script does. Throws an Error if
 * the command fails.
 */
export function measure(command, { stdin, stdout, env = {} }) {
  const stderr = `${stdout}.err`;
  const text = execFileSync('python3', [SCRIPT, stdin, stdout, stderr, ...command], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1024 * 1024,
  });
  const { exitCode, ...costs } = JSON.parse(text);
  if (exitCode === 0) return costs;
  const lines = readFileSync(stderr, 'utf8').trim().split('\n');
  throw new Error(`ended with exit code ${exitCode}: ${lines.at(-1)?.slice(0, 200)}`);
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
