import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';
import type { JobPlan } from '../job/plan.js';
import type { Profile } from '../profile/column-profile.js';
import { Profiler } from '../profile/profiler.js';
import { escapeControls } from '../report/escape.js';
import { formatProfile } from '../report/profile-text.js';
import { findInputs, requireInputs } from '../run/find-inputs.js';
import { readingOptionsOf } from '../run/steps/scan.js';
import { scanFailure } from '../sources/content-kind.js';
import { openFiles } from './connections.js';
import { defineCommand } from './define-command.js';
import { guessJob, readText } from './guess-job.js';
import { loadJob } from './job-options.js';

export const profileCommand = defineCommand({
  name: 'profile',
  positional: {
    name: 'job',
    describe: 'job file, whose inputs on this machine are read; or a CSV file, plain, gzip or bzip2',
    required: true,
  },
  describe:
    'Tell for each column what its values look like: types, empty fields, different values, extremes, patterns. Reads all data once',
  options: {
    json: { type: 'flag', group: 'Output', describe: 'The profile as JSON' },
    input: {
      type: 'texts',
      value: 'PATH',
      group: 'Job',
      describe: 'Path or glob of input, in place of those of the job',
      default: 'input.files of the job',
    },
  },
  examples: [
    ['hadoop-elt profile data.csv', 'look at a file that nobody knows'],
    ['hadoop-elt profile sales.elt.yaml --json | jq .columns[0].patterns', "look at a job's inputs"],
  ],
  epilogue:
    'Numbers of different values are exact up to 10,000; above, they are estimated, with an error below 2%.',
  onlyAnswers: () => true,
  async run(context, args) {
    const { job: name } = args;
    const isJob = /\.(?:ya?ml|json)$/i.test(name);
    const plan = isJob ? (await loadJob(context, name, args)).plan : (await guessJob(context, name)).plan;
    const { profile, files } = await profileInputs(context, plan);
    context.stdout.write(
      args.json === true
        ? `${JSON.stringify({ files, ...profile }, null, 2)}\n`
        : escapeControls(formatProfile(profile, files, plan.settings['csv.delimiter'].value)),
    );
    return EXIT.done;
  },
});

/**
 * Profiles the inputs of a plan that are on this machine, naming so many patterns of a column at most. Throws what finding
 * and reading them throws.
 */
export async function profileInputs(
  context: Context,
  plan: JobPlan,
  patternsNamed?: number,
): Promise<{ readonly profile: Profile; readonly files: readonly string[] }> {
  const source = openFiles(context);
  const { settings } = plan;
  const found = await findInputs(settings['input.files'].value, source, {
    recursive: settings['input.recursive'].value,
  });
  const [broken] = found.broken;
  if (broken !== undefined) throw broken.failure;
  requireInputs(plan, source, found);
  const reading = readingOptionsOf(settings, plan.columns);
  const profiler = new Profiler({
    ...reading,
    names: settings['csv.columns'].value,
    patternsNamed,
  });
  for (const { path } of found.items) {
    try {
      for await (const chunk of readText(context, path, reading)) {
        context.signal.throwIfAborted();
        profiler.push(chunk);
      }
      profiler.endFile();
    } catch (error) {
      throw scanFailure(path, error);
    }
  }
  return { profile: profiler.profile, files: found.items.map(({ path }) => path) };
}
