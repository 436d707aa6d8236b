import { basename, dirname, relative, resolve, sep } from 'node:path';
import type { Context } from '../context.js';
import { quoteForShell } from '../engines/programs.js';
import { Failure } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { jobText } from '../init/job-text.js';
import { isAcceptedJob } from '../job/csv-keys.js';
import { parseJobFile } from '../job/job-file.js';
import { yearAt } from '../run/run-id.js';
import { factsAt, makeFolders, replaceFile } from '../stores/file-tree.js';
import { attempt } from '../stores/system-failure.js';
import { defineCommand } from './define-command.js';
import { guessJob } from './guess-job.js';
import { profileInputs } from './profile.js';

export const initCommand = defineCommand({
  name: 'init',
  positional: { name: 'file', describe: 'CSV file, plain, gzip or bzip2', required: true },
  describe:
    'Write a commented job file from a data file: how it is written, and a rule for each column whose values call for one. Reads all data once',
  options: {
    o: {
      alias: 'output',
      type: 'text',
      value: 'FILE',
      group: 'Output',
      describe: 'Job file to write; missing folders are created',
      default: 'stdout',
    },
    force: {
      type: 'flag',
      group: 'Output',
      describe: 'Write over a file that is there',
    },
  },
  examples: [
    ['hadoop-elt init data.csv', 'see what it would be'],
    ['hadoop-elt init data.csv -o data.elt.yaml', 'write it to a file'],
    ['hadoop-elt preview data.elt.yaml', 'and see what it does'],
  ],
  epilogue:
    'A rule is written only if it takes all values that were seen. Where they do not tell what is right, such as whether the day or the month is first, it asks, in a comment that begins with "?".',
  onlyAnswers: ({ o }) => o === undefined || o === '-',
  async run(context, { file, o: out, force }) {
    const path = out === undefined || out === '-' ? null : resolve(context.cwd, out);
    if (path !== null) await refuseToOverwrite(context, path, force === true);
    const text = await textFor(context, file, path);
    if (path === null) {
      context.stdout.write(text);
      return EXIT.done;
    }
    const { files } = context.machine;
    await attempt('make the folder', dirname(path), () => makeFolders(files, dirname(path)));
    await replaceFile(files, path, Buffer.from(text));
    const shown = quoteForShell([out ?? path]);
    context.stdout.write(`Wrote ${shown}; see what it does: hadoop-elt preview ${shown}\n`);
    return EXIT.done;
  },
});

async function textFor(context: Context, file: string, jobFile: string | null): Promise<string> {
  const { plan, csv } = await guessJob(context, file);
  // A rule has to fit all patterns.
  const { profile } = await profileInputs(context, plan, Number.POSITIVE_INFINITY);
  const input = resolve(context.cwd, file);
  const folder = jobFile === null ? context.cwd : dirname(jobFile);
  const known = (section: object) =>
    isAcceptedJob(JSON.stringify({ input: { files: ['-'] }, ...section, output: { path: '-' } }));
  const keys = Object.entries(csv);
  const text = jobText({
    input: relative(folder, input).split(sep).join('/'),
    name: nameOf(file),
    profile,
    csv: Object.fromEntries(keys.filter(([key, value]) => known({ csv: { [key]: value } }))),
    unknownCsv: Object.fromEntries(keys.filter(([key, value]) => !known({ csv: { [key]: value } }))),
    canNull: known({ csv: { nulls: ['NULL'] } }),
    thisYear: yearAt(context.machine.clock.now()),
    canPad: known({ records: { wrongFieldCount: 'pad' } }),
  });
  // What is written has to be accepted; else it is a bug.
  parseJobFile(jobFile ?? 'the job file', text);
  return text;
}

/** `raw/Sales May.csv.gz` → `Sales-May`. */
function nameOf(file: string): string {
  const name = basename(file)
    .replace(/\.gz$/i, '')
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return /^[A-Za-z]/.test(name) ? name : `job-${name}`.replace(/-$/, '');
}

/** Somebody may have worked on the file that is there. */
async function refuseToOverwrite({ machine }: Context, path: string, force: boolean): Promise<void> {
  const found = await attempt('look at', path, () => factsAt(machine.files, path));
  if (found === undefined) return;
  const details = { scheme: 'file', operation: 'write the job file to', path } as const;
  if (found.type === 'directory') throw new Failure('store', { ...details, problem: 'is-a-directory' });
  if (force) return;
  throw new Failure(
    'store',
    { ...details, problem: 'exists' },
    { hint: 'Give another name with -o, or --force to write over it' },
  );
}
