import { Failure } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { formatHistory, historyJson } from '../report/history-text.js';
import { readHistory } from '../state/history.js';
import type { RunFacts } from '../state/run-facts.js';
import { defineCommand } from './define-command.js';
import { LAST } from './find-run.js';
import { limitOf, sinceOf } from './history-limits.js';
import { historyPlaceOf } from './history-place.js';
import { OVERRIDE_OPTIONS } from './job-options.js';

const DEFAULT_LIMIT = 20;

export const runsCommand = defineCommand({
  name: 'runs',
  positional: {
    name: 'job',
    describe: 'job file, or name of a job; by default all jobs of this folder',
    required: false,
  },
  describe: 'List the runs of a job: when, how it ended, how long it took, records, invalid values, rejects',
  options: {
    'state-dir': OVERRIDE_OPTIONS['state-dir'],
    since: {
      type: 'text',
      value: 'TIME',
      group: 'Output',
      describe:
        'Only runs that started then or later: a time before now such as 12h or 7d, or a date such as 2026-11-20 or 2026-11-20T02:00Z',
      default: 'from the first',
    },
    failed: { type: 'flag', group: 'Output', describe: 'Only runs that failed, were killed or had no input' },
    limit: {
      type: 'text',
      value: 'COUNT',
      group: 'Output',
      describe: 'Only the latest so many',
      default: `${DEFAULT_LIMIT}; with --json and --since all`,
    },
    all: { type: 'flag', group: 'Output', describe: 'All runs' },
    json: { type: 'flag', group: 'Output', describe: 'One JSON object per run on stdout' },
  },
  examples: [
    ['hadoop-elt runs sales.elt.yaml', 'the latest runs of a job'],
    ['hadoop-elt runs sales.elt.yaml --failed --since 7d', 'what went wrong this week'],
    [
      "hadoop-elt runs sales.elt.yaml --json | jq -r '[.startedAt, .records.invalid] | @csv'",
      'since when is it broken?',
    ],
  ],
  epilogue:
    'Times are in UTC, as in run ids. A run without an end whose process is gone is killed; one whose process can not be seen from here is unknown. no-input is a start, or a day of --from and --to, for which no input was there, or not all of it in time; a plain run or submit leaves no trace then.',
  onlyAnswers: () => true,
  async run(context, args) {
    const { machine, processes, stdout } = context;
    const { stateDir, isOfJob } = await historyPlaceOf(context, {
      job: args.job,
      stateDir: args['state-dir'],
    });
    const asJson = args.json === true;
    const sinceMs = sinceOf(args.since, machine.clock.now(), 'runs');
    const showsAll = args.all === true || ((asJson || sinceMs !== undefined) && args.limit === undefined);
    const history = await readHistory({ files: machine.files, processes }, stateDir, {
      ...(sinceMs === undefined ? {} : { sinceMs }),
      ...(showsAll ? {} : { limit: limitOf(args.limit, DEFAULT_LIMIT, 'runs') }),
      wanted: (run) => (isOfJob?.(run) ?? true) && (args.failed !== true || hasFailed(run)),
    });
    if (args.job === LAST && history.runs.length === 0) {
      const problem = 'No job is called last; the latest run is shown by hadoop-elt show last';
      throw new Failure('usage', { problem, command: 'runs' });
    }
    if (asJson) for (const run of history.runs) stdout.write(`${historyJson(run)}\n`);
    else stdout.write(formatHistory(history, { stateDir, isOfOneJob: isOfJob !== null }));
    return EXIT.done;
  },
});

function hasFailed({ state, loadFailure }: RunFacts): boolean {
  return state === 'failed' || state === 'killed' || state === 'no-input' || loadFailure !== null;
}
