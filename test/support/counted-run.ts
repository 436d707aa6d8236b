/**
 * A program that runs the submitter on a watched machine, in a process that strace can follow. Its argument is a JSON
 * file with a `CountedRun`. It writes a `CountedEnd` to stdout.
 */
import { readFileSync, writeSync } from 'node:fs';
import { realMachine } from '../../submit/cli/connections.js';
import { type BuiltSources, type Ended, runMain } from './program-context.js';
import { countingWatcher, watchedMachine } from './watched-machine.js';

/** What to run. */
export interface CountedRun extends BuiltSources {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How it ended, and the number of calls of each operation of the ports. */
export interface CountedEnd extends Ended {
  readonly counts: Readonly<Record<string, number>>;
}

const { args, cwd, env, ...sources } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as CountedRun;
const { watcher, counts } = countingWatcher();
const ended = await runMain(args, { cwd, env, machine: watchedMachine(realMachine, watcher) }, sources);
const end: CountedEnd = { ...ended, counts: Object.fromEntries(counts) };
writeSync(1, JSON.stringify(end));
