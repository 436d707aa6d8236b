import { resolve } from 'node:path';
import type { Context } from '../context.js';
import { type Arguments, flagOf } from './define-command.js';
import { scheduledCommand } from './scheduled.js';

const { fresh: _once, ...PASSED } = scheduledCommand.options;
/** The options of `scheduled` that a scheduler passes on. */
export const SCHEDULED_OPTIONS = PASSED;
/** Their values are paths, which must not depend on where the scheduler starts. */
const PATHS: ReadonlySet<string> = new Set(['cluster', 'state-dir', 'logs', 'input']);

/** The words that a scheduler starts: this program, `scheduled`, the job and all that is passed on. */
export function wordsOf(
  { cwd, nodePath, programPath }: Context,
  args: Arguments & { readonly job: string; readonly program: string | undefined },
): string[] {
  const program = args.program === undefined ? [nodePath, programPath ?? 'hadoop-elt'] : [args.program];
  return [
    ...program,
    'scheduled',
    resolve(cwd, args.job),
    ...passedOn(cwd, args, Object.keys(SCHEDULED_OPTIONS)),
  ];
}

/** The value of an option; a path does not depend on where it is read. */
export function absolute(cwd: string, name: string, given: string | undefined): string | undefined {
  if (given === undefined || !PATHS.has(name) || /^[a-z][a-z0-9+.-]+:/i.test(given)) return given;
  return resolve(cwd, given);
}

/** The options of a command that are given, as words for a scheduler. */
export function passedOn(cwd: string, args: Arguments, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const value = args[name];
    if (value === undefined || value === false) return [];
    const flag = flagOf(name);
    if (value === true) return [flag];
    return [value].flat().flatMap((one) => {
      const given = absolute(cwd, name, String(one)) ?? '';
      return name.length > 1 && given.startsWith('-') ? [`${flag}=${given}`] : [flag, given];
    });
  });
}
