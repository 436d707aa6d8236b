import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Context } from '../context.js';
import { type Arguments, flagOf } from './define-command.js';
import { scheduledCommand } from './scheduled.js';

const { fresh: _once, ...PASSED } = scheduledCommand.options;
/** The options of `scheduled` that a scheduler passes on. */
export const SCHEDULED_OPTIONS = PASSED;
/** Their values are paths, which must not depend on where the scheduler starts. */
const PATHS: ReadonlySet<string> = new Set(['cluster', 'state-dir', 'logs', 'input']);

/** What says where the scheduler finds the files of a job. */
type PlacedArguments = Arguments & { readonly job: string; readonly at: string | undefined };

/** Paths as they are here → as they are where the scheduler runs: the folder of the job file may be elsewhere there. */
export function placesOf(
  { cwd }: Pick<Context, 'cwd'>,
  { job, at }: PlacedArguments,
): (path: string) => string {
  const folder = dirname(resolve(cwd, job));
  return (path) => {
    const here = resolve(cwd, path);
    if (at === undefined) return here;
    const within = relative(folder, here);
    return within.startsWith('..') || isAbsolute(within) ? here : join(at, within);
  };
}

/** The words that a scheduler starts: this program, `scheduled`, the job and all that is passed on. */
export function wordsOf(
  context: Context,
  args: PlacedArguments & { readonly program: string | undefined },
): string[] {
  const { nodePath, programPath } = context;
  const place = placesOf(context, args);
  const program = args.program === undefined ? [nodePath, programPath ?? 'hadoop-elt'] : [args.program];
  return [...program, 'scheduled', place(args.job), ...passedOn(place, args, Object.keys(SCHEDULED_OPTIONS))];
}

/** The value of an option; a path does not depend on where it is read. */
export function absolute(
  place: (path: string) => string,
  name: string,
  given: string | undefined,
): string | undefined {
  if (given === undefined || !PATHS.has(name) || /^[a-z][a-z0-9+.-]+:/i.test(given)) return given;
  return place(given);
}

/** The options of a command that are given, as words for a scheduler. */
export function passedOn(
  place: (path: string) => string,
  args: Arguments,
  names: readonly string[],
): string[] {
  return names.flatMap((name) => {
    const value = args[name];
    if (value === undefined || value === false) return [];
    const flag = flagOf(name);
    if (value === true) return [flag];
    return [value].flat().flatMap((one) => {
      const given = absolute(place, name, String(one)) ?? '';
      return name.length > 1 && given.startsWith('-') ? [`${flag}=${given}`] : [flag, given];
    });
  });
}
