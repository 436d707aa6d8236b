import type { Context } from '../context.js';

/** Headings of the option groups in a command's help, in order. */
export const OPTION_GROUPS = ['Job', 'Output', 'Cluster', 'Hadoop'] as const;

/** One option. Values stay text, so that our own parsers validate them and say what is accepted. */
export interface OptionDefinition {
  /** `text`: one value, the last one wins. `texts`: one value each time it is given. `flag`: no value. */
  readonly type: 'text' | 'texts' | 'flag';
  readonly describe: string;
  readonly group: (typeof OPTION_GROUPS)[number];
  readonly alias?: string;
  /** Placeholder for the value in the help: `FILE`. `choices` are listed instead. */
  readonly value?: string;
  /** The only values that are accepted. */
  readonly choices?: readonly string[];
  /**
   * For a `text` that may be given without a value: what that means. The next word is its value only if it matches
   * `accepts`.
   */
  readonly optional?: { readonly implied: string; readonly accepts: RegExp };
  /** The default, as text for the help. */
  readonly default?: string;
}

/** Options by name. A name of one letter takes one dash, others two. */
export type OptionDefinitions = Readonly<Record<string, OptionDefinition>>;

export interface Positional {
  readonly name: string;
  readonly describe: string;
  readonly required: boolean;
}

type ValueOf<Option extends OptionDefinition> =
  | undefined
  | {
      flag: boolean;
      texts: readonly string[];
      text: Option extends { readonly choices: readonly (infer Choice)[] } ? Choice : string;
    }[Option['type']];

/** What a handler gets. Options, and a positional that is not required, are undefined when not given. */
export type ArgumentsOf<Options extends OptionDefinitions, Place extends Positional> = {
  readonly [Name in keyof Options | Place['name']]: Name extends keyof Options
    ? ValueOf<Options[Name]>
    : Place['required'] extends true
      ? string
      : string | undefined;
} & { readonly second?: string | undefined };

/** Arguments of any command. */
export type Arguments = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

/** One command of the program, as data. */
export interface Command<
  Options extends OptionDefinitions = OptionDefinitions,
  Place extends Positional = Positional,
> {
  readonly name: string;
  readonly positional: Place;
  /** A second word that may follow it: the argument `second`. */
  readonly second?: { readonly name: string; readonly describe: string };
  readonly describe: string;
  readonly options: Options;
  /** Pairs of a command line and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  /** Text after the options in the help. */
  readonly epilogue?: string;
  /**
   * True when the text on stdout is the only result, so that the command fails when stdout can't be written. Other
   * commands have done their work even if their summary is lost.
   */
  onlyAnswers?(args: ArgumentsOf<Options, Place>): boolean;
  /** Returns the exit code. */
  run(context: Context, args: ArgumentsOf<Options, Place>): Promise<number>;
}

/** Returns the command; infers the types of the handler's arguments from its options. */
export function defineCommand<const Options extends OptionDefinitions, const Place extends Positional>(
  command: Command<Options, Place>,
): Command<Options, Place> {
  return command;
}

/** An option's name with its dashes: `--input`, `-D`. */
export function flagOf(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}
