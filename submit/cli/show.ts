import { basename, dirname, join, resolve } from 'node:path';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { formatRun, runJson } from '../report/show-text.js';
import { isRunId } from '../run/run-id.js';
import { readHistory } from '../state/history.js';
import { createJournals } from '../state/journal.js';
import { detailsOfRun } from '../state/run-details.js';
import { factsOfRun } from '../state/run-facts.js';
import { factsAt } from '../stores/file-tree.js';
import { attempt } from '../stores/system-failure.js';
import { defineCommand } from './define-command.js';
import { historyPlaceOf } from './history-place.js';
import { OVERRIDE_OPTIONS } from './job-options.js';

const LAST = 'last';

export const showCommand = defineCommand({
  name: 'show',
  positional: {
    name: 'run',
    describe: `id of a run, a part of it that no other run has, the folder of a run, or the word ${LAST}`,
    required: true,
  },
  describe:
    'Show a run: its steps, counts and inputs, why it failed, where its logs are, what the next run does',
  options: {
    job: {
      type: 'text',
      value: 'FILE',
      group: 'Job',
      describe: 'Job file, or name of a job, whose run it is',
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
    ['hadoop-elt show last --job jobs/sales.elt.yaml', 'the latest run of a job'],
    ['hadoop-elt show 42b4a4 --json', 'by the end of its id'],
  ],
  onlyAnswers: () => true,
  async run(context, { run: asked, job, 'state-dir': stateDirGiven, json }) {
    const { machine, processes, stdout } = context;
    const isPath = /[/\\]/.test(asked);
    const place = await historyPlaceOf(context, { job, stateDir: stateDirGiven });
    const stateDir = isPath ? dirname(dirname(resolve(context.cwd, asked))) : place.stateDir;
    const runId = await runIdOf(context, isPath ? basename(asked) : asked, { ...place, stateDir });
    const entries = await createJournals(machine.files, stateDir).read(runId);
    const run = factsOfRun(entries, processes);
    if (run === null) throw unknownRun(runId, stateDir, 'it has no journal', []);
    const shown = { run, details: detailsOfRun(entries), folder: join(stateDir, 'runs', runId) };
    stdout.write(json === true ? runJson(shown) : formatRun(shown));
    return EXIT.done;
  },
});

type Place = Awaited<ReturnType<typeof historyPlaceOf>>;

async function runIdOf(context: Context, asked: string, { stateDir, isOfJob }: Place): Promise<string> {
  const { machine, processes } = context;
  if (asked === LAST) {
    const { runs } = await readHistory({ files: machine.files, processes }, stateDir, {
      limit: 1,
      wanted: (run) => isOfJob?.(run) ?? true,
    });
    if (runs[0] !== undefined) return runs[0].runId;
    throw unknownRun(asked, stateDir, 'no run is there', []);
  }
  const folder = join(stateDir, 'runs');
  const isThere = (await factsAt(machine.files, folder)) !== undefined;
  const names = isThere ? await attempt('list', folder, () => machine.files.readdir(folder)) : [];
  const known = names.filter(isRunId).sort().reverse();
  const matching = known.filter((runId) => runId.includes(asked));
  const [first, second] = matching;
  if (first === undefined) throw unknownRun(asked, stateDir, 'no run of that id is there', known);
  if (second !== undefined)
    throw unknownRun(asked, stateDir, `${matching.length} runs have that in their ids`, matching);
  return first;
}

const MAX_NAMED = 5;

function unknownRun(asked: string, stateDir: string, why: string, named: readonly string[]): Failure {
  const ids = named.slice(0, MAX_NAMED).map((runId) => `\n  ${runId}`);
  const more = named.length > MAX_NAMED ? '\n  …' : '';
  return new Failure(
    'usage',
    {
      problem: `Can't show run ${JSON.stringify(asked)} of ${JSON.stringify(stateDir)}: ${why}${ids.join('')}${more}`,
      command: 'show',
    },
    {
      hint: 'List the runs with hadoop-elt runs; name the job file with --job, or the folder of runs with --state-dir',
    },
  );
}
