import { dirname, join, resolve } from 'node:path';
import type { Context } from '../context.js';
import { isFailure } from '../errors.js';
import { defaultName } from '../job/settings.js';
import type { RunFacts } from '../state/run-facts.js';
import { factsAt } from '../stores/file-tree.js';
import { loadJobFile } from './job-options.js';

/** Where the history of a job, or of all jobs of a folder, is kept. */
export interface HistoryPlace {
  readonly stateDir: string;
  /** Null: the runs of all jobs are meant. */
  readonly isOfJob: ((run: Pick<RunFacts, 'job' | 'jobFile'>) => boolean) | null;
}

/**
 * The state folder, and which of its runs are meant. `job`: a job file, or the name of a job in the folder of this one. A job
 * file that has errors still has its history.
 */
export async function historyPlaceOf(
  context: Context,
  { job, stateDir }: { readonly job: string | undefined; readonly stateDir: string | undefined },
): Promise<HistoryPlace> {
  const { cwd, env, machine } = context;
  const named = stateDir ?? (env.HADOOP_ELT_STATE_DIR || undefined);
  const chosen = named === undefined ? undefined : resolve(cwd, named);
  if (job === undefined) return { stateDir: chosen ?? join(cwd, '.hadoop-elt'), isOfJob: null };
  const path = resolve(cwd, job);
  if ((await factsAt(machine.files, path)) === undefined && !/[/\\]|\.(ya?ml|json|[cm]?[jt]s)$/.test(job)) {
    return { stateDir: chosen ?? join(cwd, '.hadoop-elt'), isOfJob: (run) => run.job === job };
  }
  const name = await jobNameOf(context, job);
  return {
    stateDir: chosen ?? join(dirname(path), '.hadoop-elt'),
    isOfJob: (run) => run.job === name || run.jobFile === path,
  };
}

/** The name of a job; that of its file if the file has errors or is gone. */
export async function jobNameOf(context: Context, job: string): Promise<string> {
  const path = resolve(context.cwd, job);
  try {
    return (await loadJobFile(context, job)).content.name ?? defaultName(path);
  } catch (error) {
    if (!isFailure(error, 'job-file-invalid') && !isFailure(error, 'job-file-unreadable')) throw error;
    return defaultName(path);
  }
}
