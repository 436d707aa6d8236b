import type { Options } from 'yargs';
import type { Context } from '../context.js';

/** Options as they were typed: every value is text, so that our own parsers decide. */
export type Arguments = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

/** One command of the program, as data. */
export interface Command {
  readonly name: string;
  readonly positional: { readonly name: string; readonly describe: string; readonly required: boolean };
  readonly describe: string;
  readonly options: Readonly<Record<string, Options>>;
  /** Command line and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  /** Text after the options in the help. */
  readonly epilogue?: string;
  /** Returns the exit code. */
  run(context: Context, args: Arguments): Promise<number>;
}

/** The text of an option that takes one value. */
export function textOf(args: Arguments, name: string): string | undefined {
  const value = args[name];
  return typeof value === 'string' ? value : Array.isArray(value) ? String(value.at(-1)) : undefined;
}
