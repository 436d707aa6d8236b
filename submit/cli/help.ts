import cliui from 'cliui';
import { EXIT } from '../exit-codes.js';
import {
  type Command,
  flagOf,
  OPTION_GROUPS,
  type OptionDefinition,
  type OptionDefinitions,
  type Positional,
} from './define-command.js';

const WIDTH = 100;

/** Exit codes and their meaning, for the help. */
const EXIT_TEXTS: readonly (readonly [code: number | string, text: string])[] = [
  [EXIT.done, 'done, or nothing to do'],
  [EXIT.bug, 'a bug of hadoop-elt'],
  [EXIT.usage, 'usage, job file, cluster file or header'],
  [EXIT.localFile, 'a file of this machine, or no input'],
  [EXIT.remoteStore, 'HDFS, or an input at a URL'],
  [EXIT.hadoopUnreachable, 'Hadoop or the database was not found, or does not answer'],
  [EXIT.jobFailed, 'the job failed'],
  [EXIT.verificationFailed, 'verification or a check failed, nothing was published'],
  [EXIT.locked, 'locked by another run, or taken over by one'],
  [EXIT.loadFailed, 'published, but the load into the database failed'],
  [EXIT.inputLeft, 'published, but an input that was missing or broken was left out'],
  [EXIT.notYet, 'of step run --look only: the job still runs'],
  ['128+signal', 'interrupted: 130 by Ctrl-C (SIGINT), 143 by SIGTERM, 129 by SIGHUP'],
];

type Row = readonly [name: string, text: string];

/** Help of the program: its commands and exit codes. */
export function programHelp(commands: readonly Command[]): string {
  return [
    'hadoop-elt <command> [options]',
    '',
    'CSV pipelines on Hadoop Streaming, from a job file',
    '',
    'Commands:',
    table(commands.map(({ name, positional, describe }): Row => [`${name} ${shown(positional)}`, describe])),
    '',
    'hadoop-elt <command> --help describes a command, hadoop-elt --version prints the version.',
    '',
    'Exit codes:',
    table(EXIT_TEXTS.map(([code, text]): Row => [String(code), text])),
  ].join('\n');
}

/** Help of one command: its options by group, then examples, each on one line that can be copied. */
export function commandHelp(command: Command): string {
  const { name, positional, second, describe, options, examples, epilogue } = command;
  const place = shown(positional);
  const also = second === undefined ? '' : ` [${second.name}]`;
  return [
    `hadoop-elt ${name} ${place}${also} [options]`,
    '',
    wrapped(describe),
    '',
    table([
      [place, positional.describe],
      ...(second === undefined ? [] : [[also.trim(), second.describe] as const]),
    ]),
    '',
    ...OPTION_GROUPS.flatMap((group) => {
      const rows = rowsOf(options, group);
      return rows.length === 0 ? [] : [`${group}:`, table(rows), ''];
    }),
    'Examples:',
    ...examples.flatMap(([line, what]) => [`  # ${what}`, `  ${line}`]),
    ...(epilogue === undefined ? [] : ['', wrapped(epilogue)]),
    '',
    'Exit codes: see hadoop-elt --help',
  ].join('\n');
}

function rowsOf(options: OptionDefinitions, group: OptionDefinition['group']): readonly Row[] {
  return Object.entries(options)
    .filter(([, definition]) => definition.group === group)
    .map(([name, definition]) => [typedAs(name, definition), textOf(definition)]);
}

/** `-o, --out FILE`. */
function typedAs(
  name: string,
  { alias, type, value = 'VALUE', choices, optional }: OptionDefinition,
): string {
  const flags = [name, ...(alias === undefined ? [] : [alias])].map(flagOf).join(', ');
  if (type === 'flag') return flags;
  if (optional !== undefined) return `${flags} [${value}]`;
  return `${flags} ${choices === undefined ? value : choices.join('|')}`;
}

function textOf({ describe, type, default: fallback }: OptionDefinition): string {
  const repeated = type === 'texts' ? '; may be repeated' : '';
  return `${describe}${repeated}${fallback === undefined ? '' : ` (default: ${fallback})`}`;
}

function shown({ name, required }: Positional): string {
  return required ? `<${name}>` : `[${name}]`;
}

/** Two columns; long text wraps within its column. */
function table(rows: readonly Row[]): string {
  const page = cliui({ width: WIDTH });
  const width = Math.max(...rows.map(([name]) => name.length)) + 4;
  for (const [name, text] of rows) {
    page.div({ text: name, width, padding: [0, 2, 0, 2] }, { text, width: WIDTH - width });
  }
  return page.toString();
}

function wrapped(text: string): string {
  const page = cliui({ width: WIDTH });
  page.div({ text, width: WIDTH });
  return page.toString();
}
