import type { Options } from 'yargs';
import { nearest } from '../config/nearest.js';
import { Failure } from '../errors.js';
import { type Arguments, type Command, flagOf, type OptionDefinition } from './define-command.js';

/** A parsed command line. */
export type Request =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'command'; readonly command: Command; readonly args: Arguments };

/** Arguments → request. Throws `usage`. yargs only parses: it neither prints nor exits. */
export async function parseArguments(
  argv: readonly string[],
  commands: readonly Command[],
  version: string,
): Promise<Request> {
  const [first, ...rest] = argv;
  if (
    first === undefined ||
    first === '--help' ||
    first === '-h' ||
    (first === 'help' && rest.length === 0)
  ) {
    const text = (await import('./help.js')).programHelp(commands);
    if (first === undefined) throw new Failure('usage', { problem: `No command was given\n\n${text}` });
    return { kind: 'text', text };
  }
  if (first === '--version' || first === '-V') return { kind: 'text', text: version };
  const name = first === 'help' ? rest[0] : first;
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) throw unknownCommand(name ?? '', commands);
  if (first === 'help' || rest.includes('--help') || rest.includes('-h')) {
    return { kind: 'text', text: (await import('./help.js')).commandHelp(command) };
  }
  return { kind: 'command', command, args: await parse(command, rest) };
}

function unknownCommand(name: string, commands: readonly Command[]): Failure {
  const names = commands.map((command) => command.name);
  const near = nearest(name, names);
  const meant = near === undefined ? '' : `\n  Did you mean ${near}?`;
  return new Failure('usage', {
    problem: `Unknown command ${JSON.stringify(name)}; the commands are ${names.join(', ')}${meant}`,
  });
}

async function parse(command: Command, argv: readonly string[]): Promise<Arguments> {
  const refuse = (problem: string) => new Failure('usage', { problem, command: command.name });
  const parsed = await parseWords(command, argv, refuse);
  const positionals = parsed._.map(String);
  const { name, required, describe } = command.positional;
  const { second } = command;
  if (positionals.length > (second === undefined ? 1 : 2)) {
    const takes = second === undefined ? `one <${name}>` : `<${name}> and <${second.name}>`;
    throw refuse(
      `${command.name} takes ${takes}, but ${second === undefined ? '' : 'these '}${positionals.length} were given: ${positionals.join(' ')}`,
    );
  }
  if (required && positionals.length === 0) {
    throw refuse(`${command.name} needs a <${name}>: ${describe}`);
  }
  const args: Record<string, Arguments[string]> = {
    [name]: positionals[0],
    ...(second !== undefined && { second: positionals[1] }),
  };
  for (const [option, definition] of Object.entries(command.options)) {
    args[option] = typedValue(option, definition, parsed[option], refuse);
  }
  return args;
}

async function parseWords(
  command: Command,
  argv: readonly string[],
  refuse: (problem: string) => Failure,
): Promise<{ readonly [name: string]: unknown; readonly _: readonly (string | number)[] }> {
  // Words without options need no parsing, and to load yargs takes a part of each start.
  if (!argv.some((word) => word.startsWith('-'))) return { _: argv };
  const { default: yargs } = await import('yargs');
  try {
    return await yargs([])
      .parserConfiguration({ 'parse-positional-numbers': false, 'camel-case-expansion': false })
      .options(
        Object.fromEntries(
          Object.entries(command.options).map(([name, definition]) => [name, yargsOption(definition)]),
        ),
      )
      .strictOptions()
      .help(false)
      .version(false)
      .exitProcess(false)
      // By default yargs translates its messages to the language of the environment.
      .locale('en')
      .fail((message, error) => {
        throw error ?? new Error(message);
      })
      .parseAsync(addImpliedValues(command, splitAttachedValues(command, argv)));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, withoutValue] = /^Not enough arguments following: (.+)$/.exec(message) ?? [];
    if (withoutValue !== undefined) throw refuse(`${flagOf(withoutValue)} needs a value`);
    const [, unknown] = /^Unknown arguments?: (.+)$/.exec(message) ?? [];
    throw refuse(unknown === undefined ? message : unknownOptions(unknown.split(', '), command));
  }
}

/** yargs tells them without their dashes, and each again by its alias. */
function unknownOptions(names: readonly string[], { options }: Command): string {
  const [first = ''] = names;
  // Short names are all near to each other.
  const near = nearest(
    first,
    Object.keys(options).filter((name) => name.startsWith(first.charAt(0))),
  );
  const told = `Unknown ${names.length > 1 ? 'arguments' : 'argument'}: ${names.map(flagOf).join(', ')}`;
  return near === undefined ? told : `${told}\n  Did you mean ${flagOf(near)}?`;
}

/** `nargs: 1`, because in `--input a.csv job.elt.yaml` only the first word belongs to the option. */
function yargsOption({ type, alias }: OptionDefinition): Options {
  return {
    ...(type === 'flag' ? { type: 'boolean' } : { type: 'string', nargs: 1, requiresArg: true }),
    ...(alias === undefined ? {} : { alias }),
  };
}

/** `-Dname=value`, as Hadoop's own commands accept it, → `-D name=value`; yargs would read eleven flags. */
function splitAttachedValues({ options }: Command, argv: readonly string[]): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return argv.flatMap((word, index) => {
    const [, letter = '', value = ''] = /^-([A-Za-z])([^=].*)$/s.exec(word) ?? [];
    const option = Object.entries(options).find(
      ([name, { alias }]) => name === letter || alias === letter,
    )?.[1];
    return index < end && option !== undefined && option.type !== 'flag' ? [`-${letter}`, value] : [word];
  });
}

/** `--wait` and `--wait 10m` → `--wait=…`, for options whose value may be left out. */
function addImpliedValues({ options }: Command, argv: readonly string[]): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const words: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    const optional = word.startsWith('--') ? options[word.slice(2)]?.optional : undefined;
    if (index >= end || optional === undefined) {
      words.push(word);
      continue;
    }
    const next = index + 1 < end ? argv[index + 1] : undefined;
    const isValue = next !== undefined && optional.accepts.test(next);
    words.push(`${word}=${isValue ? next : optional.implied}`);
    if (isValue) index += 1;
  }
  return words;
}

function typedValue(
  name: string,
  { type, choices }: OptionDefinition,
  parsed: unknown,
  refuse: (problem: string) => Failure,
): Arguments[string] {
  if (parsed === undefined) return undefined;
  const given: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (type === 'flag') return given.at(-1) === true;
  const texts = given.map(String);
  for (const text of texts) {
    // For example --output "$OUT" when OUT is not set.
    if (text === '') throw refuse(`${flagOf(name)} needs a value, but the one given is empty`);
    if (choices !== undefined && !choices.includes(text)) {
      throw refuse(`${flagOf(name)} is ${JSON.stringify(text)}; accepted: ${choices.join(', ')}`);
    }
  }
  return type === 'texts' ? texts : texts.at(-1);
}
