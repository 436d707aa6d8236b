import { basename, dirname, join, resolve } from 'node:path';
import { EXIT } from '../exit-codes.js';
import { formatRun, runJson } from '../report/show-text.js';
import { createJournals } from '../state/journal.js';
import { detailsOfRun } from '../state/run-details.js';
import { factsOfRun } from '../state/run-facts.js';
import { defineCommand } from './define-command.js';
import { LAST, runIdOf, unknownRun, wantedRunOf } from './find-run.js';
import { historyPlaceOf } from './history-place.js';
import { OVERRIDE_OPTIONS } from './job-options.js';

export const showCommand = defineCommand({
  name: 'show',
  positional: {
    name: 'run',
    describe: `id of a run, a part of it that no other run has, the folder of a run, or the word ${LAST}, the latest run`,
    required: true,
  },
  second: {
    name: 'job',
    describe: `job file, or name of a job, whose run it is; without a run its ${LAST} one`,
  },
  describe:
    'Show a run: its steps, counts and inputs, why it failed, where its logs are, what the next run does',
  options: {
    job: {
      type: 'text',
      value: 'FILE',
      group: 'Job',
      describe: 'The same, as an option',
      default: 'any job of this folder',
    },
    'state-dir': {
      ...OVERRIDE_OPTIONS['state-dir'],
      default: '.hadoop-elt beside the job file of --job, else in this folder',
    },
    json: { type: 'flag', group: 'Output', describe: 'One JSON object on stdout' },
  },
  examples: [
    ['hadoop-elt show 20261125T184236574Z-42b4a4', 'in the folder of the job file'],
    ['hadoop-elt show last jobs/sales.elt.yaml', 'the latest run of a job'],
    ['hadoop-elt show 42b4a4 --json', 'by the end of its id'],
  ],
  onlyAnswers: () => true,
  async run(context, { run: first, second, job: named, 'state-dir': stateDirGiven, json }) {
    const { machine, processes, stdout } = context;
    const { run, job } = wantedRunOf([first, second], { job: named }, 'show');
    const asked = run ?? LAST;
    const isPath = /[/\\]/.test(asked);
    const place = await historyPlaceOf(context, { job, stateDir: stateDirGiven });
    const stateDir = isPath ? dirname(dirname(resolve(context.cwd, asked))) : place.stateDir;
    const runId = await runIdOf(context, isPath ? basename(asked) : asked, { ...place, stateDir }, 'show');
    const entries = await createJournals(machine.files, stateDir).read(runId);
    const facts = factsOfRun(entries, processes);
    if (facts === null) throw unknownRun('show', runId, stateDir, 'it has no journal', []);
    const shown = { run: facts, details: detailsOfRun(entries), folder: join(stateDir, 'runs', runId) };
    stdout.write(json === true ? runJson(shown) : formatRun(shown));
    return EXIT.done;
  },
});
