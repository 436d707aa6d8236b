import { resolve } from 'node:path';
import { Failure } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { defineCommand } from './define-command.js';
import { isRun, LAST, runIdOf, unknownRun, wantedRunOf } from './find-run.js';
import { limitOf, sinceOf } from './history-limits.js';
import { historyPlaceOf, jobNameOf } from './history-place.js';
import { OVERRIDE_OPTIONS } from './job-options.js';
import { DEFAULT_RUNS, reportOfJob, reportOfRun, writeReport } from './make-report.js';

export const reportCommand = defineCommand({
  name: 'report',
  positional: {
    name: 'job',
    describe: 'job file, or name of a job; by default all jobs of this folder',
    required: false,
  },
  second: {
    name: 'run',
    describe: `id of a run, a part of it, or the word ${LAST}: one run, as with --run`,
  },
  describe: 'Make a page of HTML: a job over time, or with --run one run. It is one file and loads nothing',
  options: {
    run: {
      type: 'text',
      value: 'RUN',
      group: 'Job',
      describe: `One run: its id, a part of it, or the word ${LAST}`,
      default: 'the job over time',
    },
    'state-dir': OVERRIDE_OPTIONS['state-dir'],
    since: {
      type: 'text',
      value: 'TIME',
      group: 'Output',
      describe:
        'Only runs that started then or later: a time before now such as 90d, or a date such as 2026-11-20',
      default: 'from the first',
    },
    limit: {
      type: 'text',
      value: 'COUNT',
      group: 'Output',
      describe: 'Only the latest so many',
      default: String(DEFAULT_RUNS),
    },
    o: {
      type: 'text',
      value: 'FILE',
      group: 'Output',
      alias: 'out',
      describe: 'Write the page to a file; - is stdout',
      default: 'stdout',
    },
    force: { type: 'flag', group: 'Output', describe: 'Write over a file that is no report' },
  },
  examples: [
    ['hadoop-elt report sales.elt.yaml -o sales.html', 'the job over time'],
    ['hadoop-elt report sales.elt.yaml last -o last.html', 'its latest run'],
  ],
  epilogue: 'A report that is there already is made anew; any other file stays unless --force is given.',
  onlyAnswers: ({ o }) => o === undefined || o === '-',
  async run(context, args) {
    const { cwd, machine, stdout } = context;
    const { job, asked } = wantedOf(args);
    const { o: out } = args;
    const place = await historyPlaceOf(context, { job, stateDir: args['state-dir'] });
    if (out === undefined && stdout.isTerminal) {
      throw new Failure('usage', {
        problem: 'A page is no text for a terminal: name a file with -o FILE, or -o - to see its HTML',
        command: 'report',
      });
    }
    const page = await make();
    if (out === undefined || out === '-') stdout.write(page);
    else await writeReport(context, resolve(cwd, out), page, args.force === true);
    return EXIT.done;

    async function make(): Promise<string> {
      if (asked !== undefined) {
        const runId = await runIdOf(context, asked, place, 'report');
        const made = await reportOfRun(context, place.stateDir, runId);
        if (made === null) throw unknownRun('report', asked, place.stateDir, 'it has no journal', []);
        return made;
      }
      const sinceMs = sinceOf(args.since, machine.clock.now(), 'report');
      const limit = limitOf(args.limit, DEFAULT_RUNS, 'report');
      const title = job === undefined ? 'All jobs' : await jobNameOf(context, job);
      return reportOfJob(context, place, title, { limit, ...(sinceMs === undefined ? {} : { sinceMs }) });
    }
  },
});

/** The job, and the run if one is meant. Throws `usage`. */
function wantedOf({
  job,
  second,
  run,
}: {
  readonly job: string | undefined;
  readonly second?: string | undefined;
  readonly run: string | undefined;
}): { readonly job: string | undefined; readonly asked: string | undefined } {
  if (run === undefined && second === undefined && (job === undefined || !isRun(job)))
    return { job, asked: undefined };
  const wanted = wantedRunOf([job, second], { run }, 'report');
  return { job: wanted.job, asked: wanted.run ?? LAST };
}
