/**
 * A program that runs the submitter on a machine that kills this process at one operation, as `kill -9` would. Its argument
 * is a JSON file with a `KilledRun`. The product has no such switch.
 */
import { readFileSync, writeSync } from 'node:fs';
import { realMachine } from '../../submit/cli/connections.js';
import { type BuiltSources, runMain } from '../support/program-context.js';
import { watchedMachine } from '../support/watched-machine.js';

/** What to run, and at which of its operations (from 1) to kill it; 0: never. */
export interface KilledRun extends BuiltSources {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly killAt: number;
}

const { args, cwd, killAt, ...sources } = JSON.parse(
  readFileSync(process.argv[2] ?? '', 'utf8'),
) as KilledRun;
let count = 0;
const machine = watchedMachine(realMachine, {
  before() {
    count += 1;
    if (count === killAt) process.kill(process.pid, 'SIGKILL');
  },
});
const { exitCode, stderr } = await runMain(args, { cwd, machine }, sources);
writeSync(1, JSON.stringify({ exitCode, stderr, count }));
