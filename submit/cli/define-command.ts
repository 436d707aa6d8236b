import type { Context } from '../context.js';

/** Headings of the options in a command's help, in this order. */
export const OPTION_GROUPS = ['Job', 'Output', 'Cluster', 'Hadoop'] as const;

/** One option. Its values stay the text that was typed, so that our own parsers decide and say what is accepted. */
export interface OptionDefinition {
  /** `text` takes a value, the last one counts; `texts` takes a value each time it is given; `flag` takes none. */
  readonly type: 'text' | 'texts' | 'flag';
  readonly describe: string;
  readonly group: (typeof OPTION_GROUPS)[number];
  readonly alias?: string;
  /** What the help shows for its value: `FILE`. Choices stand for themselves. */
  readonly value?: string;
  /** The only values that are accepted. */
  readonly choices?: readonly string[];
  /** What holds without the option, as the help shows it. */
  readonly default?: string;
}

/** Options by their names; a name of one letter is typed with one dash. */
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

/** What a handler gets: an option that was not given is undefined; so is a positional that need not be given. */
export type ArgumentsOf<Options extends OptionDefinitions, Place extends Positional> = {
  readonly [Name in keyof Options | Place['name']]: Name extends keyof Options
    ? ValueOf<Options[Name]>
    : Place['required'] extends true
      ? string
      : string | undefined;
};

/** Arguments of any command. */
export type Arguments = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

/** One command of the program, as data. */
export interface Command<
  Options extends OptionDefinitions = OptionDefinitions,
  Place extends Positional = Positional,
> {
  readonly name: string;
  readonly positional: Place;
  readonly describe: string;
  readonly options: Options;
  /** Command line and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  /** Text after the options in the help. */
  readonly epilogue?: string;
  /**
   * True where all that the command does is to answer on stdout: it has failed when the answer can't be written. What
   * the others did stays done without its summary.
   */
  onlyAnswers?(args: ArgumentsOf<Options, Place>): boolean;
  /** Returns the exit code. */
  run(context: Context, args: ArgumentsOf<Options, Place>): Promise<number>;
}

/** A command whose handler's arguments have the types that its options say. */
export function defineCommand<const Options extends OptionDefinitions, const Place extends Positional>(
  command: Command<Options, Place>,
): Command<Options, Place> {
  return command;
}

/** `--input`, `-D`: as it is typed. */
export function flagOf(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}
