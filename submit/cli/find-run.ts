import { basename, join } from 'node:path';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { isRunId } from '../run/run-id.js';
import { readHistory } from '../state/history.js';
import type { RunFacts } from '../state/run-facts.js';
import { factsAt } from '../stores/file-tree.js';
import { attempt } from '../stores/system-failure.js';
import type { HistoryPlace } from './history-place.js';

/** The word for the latest run. */
export const LAST = 'last';

/** The run and the job among words and `--job`. */
export interface WantedRun {
  /** A run id, a part of one, the folder of a run, or `last`; null if none is given. */
  readonly run: string | null;
  /** A job file, or the name of a job; undefined: any job. */
  readonly job: string | undefined;
}

/**
 * Words of a command line in any order, and options → the run and the job that are meant: `last`, `last JOB`, `JOB last`. Throws
 * `usage`.
 */
export function wantedRunOf(
  words: readonly (string | undefined)[],
  named: { readonly run?: string | undefined; readonly job?: string | undefined },
  command: string,
): WantedRun {
  const given = words.filter((word) => word !== undefined);
  const refuse = (problem: string) => new Failure('usage', { problem, command });
  const sure = [...given.filter(isRun), named.run].filter((word) => word !== undefined);
  const others = given.filter((word) => !isRun(word));
  // A part of an id may be the name of a job as well: beside a run that is sure, it is.
  const part = sure.length > 0 ? -1 : others.findIndex((word) => /^[0-9a-fTZ-]+$/.test(word));
  const runs = part < 0 ? sure : others.splice(part, 1);
  const jobs = [...others, named.job].filter((word) => word !== undefined);
  if (runs.length > 1)
    throw refuse(`${command} takes one run, but ${runs.length} were given: ${runs.join(' ')}`);
  if (jobs.length > 1)
    throw refuse(`${command} takes one job, but ${jobs.length} were given: ${jobs.join(' ')}`);
  return { run: runs[0] ?? null, job: jobs[0] };
}

/** Whether a word is a run, and no name of a job: `last`, an id, or a path that ends in an id. */
export function isRun(word: string): boolean {
  return word === LAST || isRunId(basename(word));
}

/** A run id, a part of one, or `last` → the id of a run of this place. Throws `usage`; `command` is named in it. */
export async function runIdOf(
  context: Pick<Context, 'machine' | 'processes'>,
  asked: string,
  { stateDir, isOfJob }: HistoryPlace,
  command: string,
): Promise<string> {
  const { machine } = context;
  if (asked === LAST) {
    const latest = await latestRun(context, { stateDir, isOfJob });
    if (latest !== null) return latest.runId;
    const none = isOfJob === null ? 'no run is there' : 'no run of this job is there';
    throw unknownRun(command, asked, stateDir, none, []);
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

/** The latest run of this place that is wanted; by default any. Null if there is none. */
export async function latestRun(
  { machine, processes }: Pick<Context, 'machine' | 'processes'>,
  { stateDir, isOfJob }: HistoryPlace,
  isWanted: (run: RunFacts) => boolean = () => true,
): Promise<RunFacts | null> {
  const { runs } = await readHistory({ files: machine.files, processes }, stateDir, {
    limit: 1,
    wanted: (run) => isWanted(run) && (isOfJob?.(run) ?? true),
  });
  return runs[0] ?? null;
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
      hint: 'List the runs with hadoop-elt runs; name the job file beside the run, or the folder of runs with --state-dir',
    },
  );
}
