import { join } from 'node:path';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { isRunId } from '../run/run-id.js';
import { readHistory } from '../state/history.js';
import { factsAt } from '../stores/file-tree.js';
import { attempt } from '../stores/system-failure.js';
import type { HistoryPlace } from './history-place.js';

/** The word for the latest run. */
export const LAST = 'last';

/** A run id, a part of one, or `last` → the id of a run of this place. Throws `usage`; `command` is named in it. */
export async function runIdOf(
  context: Pick<Context, 'machine' | 'processes'>,
  asked: string,
  { stateDir, isOfJob }: HistoryPlace,
  command: string,
): Promise<string> {
  const { machine, processes } = context;
  if (asked === LAST) {
    const { runs } = await readHistory({ files: machine.files, processes }, stateDir, {
      limit: 1,
      wanted: (run) => isOfJob?.(run) ?? true,
    });
    if (runs[0] !== undefined) return runs[0].runId;
    throw unknownRun(command, asked, stateDir, 'no run is there', []);
  }
  const folder = join(stateDir, 'runs');
  const isThere = (await factsAt(machine.files, folder)) !== undefined;
  const names = isThere ? await attempt('list', folder, () => machine.files.readdir(folder)) : [];
  const known = names.filter(isRunId).sort().reverse();
  const matching = known.filter((runId) => runId.includes(asked));
  const [first, second] = matching;
  if (first === undefined) throw unknownRun(command, asked, stateDir, 'no run of that id is there', known);
  if (second !== undefined)
    throw unknownRun(command, asked, stateDir, `${matching.length} runs have that in their ids`, matching);
  return first;
}

const MAX_NAMED = 5;

/** The failure for a run that is not there. */
export function unknownRun(
  command: string,
  asked: string,
  stateDir: string,
  why: string,
  named: readonly string[],
): Failure {
  const ids = named.slice(0, MAX_NAMED).map((runId) => `\n  ${runId}`);
  const more = named.length > MAX_NAMED ? '\n  …' : '';
  return new Failure(
    'usage',
    {
      problem: `Can't show run ${JSON.stringify(asked)} of ${JSON.stringify(stateDir)}: ${why}${ids.join('')}${more}`,
      command,
    },
    {
      hint: 'List the runs with hadoop-elt runs; name the job file with --job, or the folder of runs with --state-dir',
    },
  );
}
