import { MAPPER_EXIT } from '../../mapper/contract.js';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import type { MapperBundle } from '../job/bundle.js';
import { agreeOnHeader, type JobPlan, mapperPlanOf } from '../job/plan.js';
import { yearAt } from '../run/run-id.js';
import { mapperPathOf } from '../run/steps/place-mapper.js';
import { readingOptionsOf } from '../run/steps/scan.js';
import { openStateFolder } from '../state/state-folder.js';
import { entryAt, replaceFile } from '../stores/file-tree.js';
import { defineCommand } from './define-command.js';
import { headersFrom, headersOfInputs } from './headers.js';
import { jobFilesIn, loadJob } from './job-options.js';
import { readSecrets } from './read-secrets.js';

export const mapCommand = defineCommand({
  name: 'map',
  positional: {
    name: 'job',
    describe: 'job file; optional in a folder with exactly one *.elt.yaml',
    required: false,
  },
  describe:
    "Map CSV from stdin to stdout by a job file, as a task would. The first record of stdin is the header, unless the job file or --header-from gives the columns' names; with records.onDrift it is one of the inputs' headers",
  options: {
    emit: {
      type: 'text',
      group: 'Output',
      choices: ['records', 'rejects'],
      default: 'records',
      describe:
        'What to write: the mapped records, or only the rejected ones, each with line, column, rule, value and reason',
    },
    quiet: {
      type: 'flag',
      group: 'Output',
      describe: 'Say nothing at the end of what was invalid, odd or rejected',
    },
    'header-from': {
      type: 'text',
      value: 'FILE',
      group: 'Job',
      describe: 'Take the column names from this file, for data without a header',
    },
  },
  examples: [
    ['hadoop-elt map sales.elt.yaml < in.csv > out.csv', 'map a file'],
    ['head -3 in.csv | hadoop-elt map sales.elt.yaml', 'try a rule'],
    ['hadoop-elt map sales.elt.yaml --emit rejects < in.csv', 'see what is rejected, and why'],
  ],
  async run(context, args) {
    const { plan, makeBundle } = await loadJob(context, args.job ?? (await onlyJobFile(context)), args);
    const named = await headersFrom(context, args['header-from'], readingOptionsOf(plan.settings));
    // Files of other columns can follow each other: only their headers tell which columns all of them have.
    const mayDrift = plan.settings['records.onDrift'].value !== 'fail';
    const headers = named.length === 0 && mayDrift ? await headersOfInputs(context, plan) : named;
    const decided = mapperPlanOf(plan, {
      ...agreeOnHeader(plan, headers),
      quotedLineBreaks: plan.settings['csv.quotedLineBreaks'].value,
      firstYear: yearAt(context.machine.clock.now()),
      mayHaveSeparator: true,
    });
    const mapperPlan =
      named.length === 0 ? decided : { ...decided, csv: { ...decided.csv, headerIsOptional: true as const } };
    const mapperArguments = ['--emit', args.emit ?? 'records', ...(args.quiet === true ? ['--quiet'] : [])];
    return exitCodeOfMapper(
      plan.ownMapper === null
        ? await context.mapper.run(mapperPlan, mapperArguments, await readSecrets(context, plan.secrets))
        : await runBundle(context, plan, makeBundle(mapperPlan), mapperArguments),
    );
  },
});

/** Runs the mapper of a user as a task would: its file, named by its content, is kept in the state folder. */
async function runBundle(
  { machine: { files, programs }, nodePath, signal }: Context,
  plan: JobPlan,
  bundle: MapperBundle,
  args: readonly string[],
): Promise<number> {
  const path = mapperPathOf(plan, { sharedFolder: plan.settings.stateDir.value }, bundle);
  await openStateFolder(files, plan.settings.stateDir.value, ['mappers']);
  const there = await entryAt(files, path);
  // A link is replaced: it may lead to another user's program.
  if (there?.type !== 'file' || there.sizeBytes !== Buffer.byteLength(bundle.text)) {
    await replaceFile(files, path, Buffer.from(bundle.text));
  }
  const [stdin, stdout, stderr] = [0, 1, 2];
  const { ended } = programs.start([nodePath, path, ...args], {
    stdin,
    stdout,
    stderr,
    env: {},
    signal,
  });
  const { exitCode } = await ended;
  signal.throwIfAborted();
  return exitCode ?? MAPPER_EXIT.bug;
}

async function onlyJobFile(context: Context): Promise<string> {
  const names = await jobFilesIn(context, context.cwd);
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  const problem =
    names.length === 0
      ? 'map needs a job file, but this folder has no *.elt.yaml'
      : `map needs a job file; this folder has ${names.join(', ')}`;
  throw new Failure('usage', { problem, command: 'map' });
}

/** Mapper exit code → exit code of this program. The mapper itself has reported the error. */
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
