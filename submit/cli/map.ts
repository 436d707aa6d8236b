import { resolve } from 'node:path';
import { MAPPER_EXIT } from '../../mapper/contract.js';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { agreeOnNames, mapperPlanOf } from '../job/plan.js';
import { readHeaders } from '../sources/read-headers.js';
import { localStore } from '../stores/local/local-store.js';
import { type Arguments, defineCommand } from './define-command.js';
import { loadPlan } from './job-options.js';

export const mapCommand = defineCommand({
  name: 'map',
  positional: {
    name: 'job',
    describe: 'job file; may be left out in a folder with just one *.elt.yaml',
    required: false,
  },
  describe:
    "Map CSV from stdin to stdout by a job file, as a task would. The first record of stdin is the header, unless the job file or --header-from gives the columns' names",
  options: {
    emit: {
      type: 'text',
      group: 'Output',
      choices: ['records', 'rejects'],
      default: 'records',
      describe: 'rejects: write only the rejected records, each after its reason',
    },
    'header-from': {
      type: 'text',
      group: 'Job',
      describe: 'Take the column names from this file: for data without its header',
    },
  },
  examples: [
    ['hadoop-elt map sales.elt.yaml < in.csv > out.csv', 'map a file'],
    ['head -3 in.csv | hadoop-elt map sales.elt.yaml', 'try a rule'],
    ['hadoop-elt map sales.elt.yaml --emit rejects < in.csv', 'see what is rejected, and why'],
  ],
  async run(context, args) {
    const plan = await loadPlan(context, args.job ?? (await onlyJobFile(context)), args);
    const headers = await headersFrom(context, args, plan.settings);
    const mapperPlan = mapperPlanOf(plan, {
      names: agreeOnNames(plan, headers),
      quotedLineBreaks: plan.settings['csv.quotedLineBreaks'].value,
    });
    return exitCodeOfMapper(context.mapper.run(mapperPlan, args.emit ?? 'records'));
  },
});

async function onlyJobFile(context: Context): Promise<string> {
  const names = (await localStore.list(context.cwd))
    .map(({ name }) => name)
    .filter((name) => name.endsWith('.elt.yaml'));
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  const problem =
    names.length === 0
      ? 'map needs a job file, and there is no *.elt.yaml in this folder'
      : `map needs a job file; this folder has ${names.join(', ')}`;
  throw new Failure('usage', { problem, command: 'map' });
}

/** Arguments of a command that has the option --header-from. */
export type HeaderArguments = Arguments & { readonly 'header-from': string | undefined };

/** The header that --header-from names, if it does. */
export async function headersFrom(
  context: Context,
  args: HeaderArguments,
  settings: Parameters<typeof readHeaders>[1],
): ReturnType<typeof readHeaders> {
  const path = args['header-from'];
  if (path === undefined) return [];
  const withHeader = { ...settings, 'csv.header': { value: true, origin: { from: 'default' } } } as const;
  const headers = await readHeaders([{ path: resolve(context.cwd, path) }], withHeader);
  if (headers.length === 0) {
    throw new Failure('usage', {
      problem: `--header-from ${JSON.stringify(path)} is an empty file: it has no header`,
    });
  }
  return headers;
}

/** The mapper has told what is wrong; its exit codes of a task become those of this program. */
function exitCodeOfMapper(code: number): number {
  switch (code) {
    case MAPPER_EXIT.done:
    case MAPPER_EXIT.bug:
    case MAPPER_EXIT.brokenPipe:
      return code;
    case MAPPER_EXIT.usage:
    case MAPPER_EXIT.header:
      return EXIT.usage;
    case MAPPER_EXIT.io:
      return EXIT.localFile;
    default:
      return EXIT.jobFailed;
  }
}
