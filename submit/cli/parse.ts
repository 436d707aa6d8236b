import yargs from 'yargs';
import { nearest } from '../config/nearest.js';
import { Failure } from '../errors.js';
import type { Arguments, Command } from './command.js';

/** What a command line asks for. */
export type Request =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'command'; readonly command: Command; readonly args: Arguments };

/** Arguments → request. Throws `usage`. yargs parses and formats; it neither prints nor exits here. */
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
    const text = await programHelp(commands);
    if (first === undefined) throw new Failure('usage', { problem: `No command was given\n\n${text}` });
    return { kind: 'text', text };
  }
  if (first === '--version' || first === '-V') return { kind: 'text', text: version };
  const name = first === 'help' ? rest[0] : first;
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) throw unknownCommand(name ?? '', commands);
  const parser = commandParser(command);
  if (first === 'help' || rest.includes('--help') || rest.includes('-h')) {
    return { kind: 'text', text: await parser.getHelp() };
  }
  return { kind: 'command', command, args: await parse(parser, command, rest) };
}

function unknownCommand(name: string, commands: readonly Command[]): Failure {
  const names = commands.map((command) => command.name);
  const near = nearest(name, names);
  const meant = near === undefined ? '' : `\n  Did you mean ${near}?`;
  return new Failure('usage', {
    problem: `Unknown command ${JSON.stringify(name)}; the commands are ${names.join(', ')}${meant}`,
  });
}

async function parse(
  parser: ReturnType<typeof commandParser>,
  command: Command,
  argv: readonly string[],
): Promise<Arguments> {
  let parsed: Record<string, unknown>;
  try {
    parsed = (await parser.parseAsync([...argv])) as Record<string, unknown>;
  } catch (error) {
    throw new Failure('usage', { problem: (error as Error).message, command: command.name });
  }
  const positionals = (parsed._ as readonly (string | number)[]).map(String);
  const { name, required } = command.positional;
  if (positionals.length > 1) {
    const problem = `${command.name} takes one <${name}>, but ${positionals.length} were given: ${positionals.join(' ')}`;
    throw new Failure('usage', { problem, command: command.name });
  }
  if (required && positionals.length === 0) {
    const problem = `${command.name} needs a <${name}>: ${command.positional.describe}`;
    throw new Failure('usage', { problem, command: command.name });
  }
  return { ...parsed, [name]: positionals[0] } as Arguments;
}

function commandParser(command: Command) {
  const { name, required, describe } = command.positional;
  const shown = required ? `<${name}>` : `[${name}]`;
  const parser = yargs([])
    .scriptName('hadoop-elt')
    .usage(`hadoop-elt ${command.name} ${shown}\n\n${command.describe}\n\n  ${shown}  ${describe}`)
    .parserConfiguration({ 'parse-positional-numbers': false, 'camel-case-expansion': false })
    .options({ ...command.options })
    .strictOptions()
    .help(false)
    .version(false)
    .exitProcess(false)
    .wrap(100)
    .fail((message, error) => {
      throw error ?? new Error(message);
    });
  for (const [line, what] of command.examples) parser.example(line, what);
  return command.epilogue === undefined ? parser : parser.epilogue(command.epilogue);
}

function programHelp(commands: readonly Command[]): Promise<string> {
  const parser = yargs([])
    .scriptName('hadoop-elt')
    .usage('hadoop-elt <command> [options]\n\nCSV pipelines on Hadoop Streaming, from a job file')
    .help(false)
    .version(false)
    .exitProcess(false)
    .wrap(100)
    .epilogue(
      'Each command tells more with --help.\n' +
        'Exit codes: 0 done, or nothing to do; 1 a bug; 2 usage or job file; 3 local file; 4 HDFS; 5 Hadoop not\n' +
        'reachable; 6 job failed; 7 verification failed, nothing published; 8 locked by another run;\n' +
        '128+signal interrupted',
    );
  for (const { name, positional, describe } of commands) {
    parser.command(
      `${name} ${positional.required ? `<${positional.name}>` : `[${positional.name}]`}`,
      describe,
    );
  }
  return parser.getHelp();
}
