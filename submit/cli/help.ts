import yargs, { type Options } from 'yargs';
import { EXIT } from '../exit-codes.js';
import { type Command, OPTION_GROUPS, type OptionDefinition, type Positional } from './define-command.js';

const WIDTH = 100;

/** The numbers are those of `EXIT`. */
const EXIT_TEXTS: Readonly<Record<string, string>> = {
  [EXIT.done]: 'done, or nothing to do',
  [EXIT.bug]: 'a bug of hadoop-elt',
  [EXIT.usage]: 'usage, job file, cluster file or header',
  [EXIT.localFile]: 'a file of this machine, or no input',
  [EXIT.remoteStore]: 'HDFS',
  [EXIT.hadoopUnreachable]: 'Hadoop was not found, or does not answer',
  [EXIT.jobFailed]: 'the job failed',
  [EXIT.verificationFailed]: 'verification failed, nothing was published',
  [EXIT.locked]: 'locked by another run',
  '128+': 'interrupted: 128 and the number of the signal',
};

/** What the program can do, and its exit codes. */
export async function programHelp(commands: readonly Command[]): Promise<string> {
  const page = helpPage(
    'hadoop-elt <command> [options]\n\nCSV pipelines on Hadoop Streaming, from a job file',
  );
  for (const { name, positional, describe } of commands)
    page.command(`${name} ${shown(positional)}`, describe);
  return [
    await page.getHelp(),
    '',
    'Each command tells more with --help.',
    '',
    'Exit codes:',
    ...Object.entries(EXIT_TEXTS).map(([code, text]) => `  ${code.padStart(4)}  ${text}`),
  ].join('\n');
}

/** One command: its options in groups, then examples, each in one line that can be copied. */
export async function commandHelp({
  name,
  positional,
  describe,
  options,
  examples,
  epilogue,
}: Command): Promise<string> {
  const place = shown(positional);
  const page = helpPage(
    `hadoop-elt ${name} ${place} [options]\n\n${describe}\n\n  ${place}  ${positional.describe}`,
  );
  for (const group of OPTION_GROUPS) {
    for (const [option, definition] of Object.entries(options)) {
      if (definition.group === group) page.option(option, yargsOption(definition));
    }
  }
  return [
    await page.getHelp(),
    '',
    'Examples:',
    ...examples.flatMap(([line, what]) => [`  # ${what}`, `  ${line}`]),
    ...(epilogue === undefined ? [] : ['', epilogue]),
  ].join('\n');
}

function yargsOption({ type, describe, group, alias, choices, ...definition }: OptionDefinition): Options {
  return {
    type: type === 'flag' ? 'boolean' : 'string',
    describe: type === 'texts' ? `${describe}; may be repeated` : describe,
    group: `${group}:`,
    ...(alias === undefined ? {} : { alias }),
    ...(choices === undefined ? {} : { choices }),
    ...(definition.default === undefined ? {} : { defaultDescription: definition.default }),
  };
}

function shown({ name, required }: Positional): string {
  return required ? `<${name}>` : `[${name}]`;
}

function helpPage(usage: string) {
  return yargs([])
    .scriptName('hadoop-elt')
    .usage(usage)
    .help(false)
    .version(false)
    .exitProcess(false)
    .locale('en')
    .wrap(WIDTH);
}
