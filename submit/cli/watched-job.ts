import { resolve } from 'node:path';
import { localDayAt } from '../config/days.js';
import type { Context } from '../context.js';
import type { JobPlan } from '../job/plan.js';
import { type FoundInputs, findInputs } from '../run/find-inputs.js';
import type { Source } from '../sources/source.js';
import { factsAt } from '../stores/file-tree.js';
import { CONNECTIONS, openSource } from './connections.js';
import { prepareScheduled } from './prepare-scheduled.js';
import type { StartArguments } from './scheduled.js';

/** The inputs of a job, which are looked at again and again. */
export interface WatchedJob {
  /** The job as it was last read. */
  readonly plan: JobPlan;
  /** Reads the job again if it has changed, and finds its inputs. `stamp`: what the job file looks like. */
  look(): Promise<{ readonly found: FoundInputs; readonly stamp: string }>;
  close(): Promise<void>;
}

/** Opens a job to be watched. Throws what is wrong with it. */
export async function openWatchedJob(context: Context, args: StartArguments): Promise<WatchedJob> {
  const { machine } = context;
  // The logs of the runs have its warnings.
  const quiet: Context = { ...context, stderr: { ...context.stderr, write: () => undefined } };
  const prepare = async (): Promise<{ readonly plan: JobPlan; readonly source: Source }> => {
    const { engine, prepared, cluster } = await prepareScheduled(quiet, args);
    const source = await openSource(CONNECTIONS, engine, { context, plan: prepared.plan, cluster });
    return { plan: prepared.plan, source };
  };
  const stampOf = async () => {
    const facts = await factsAt(machine.files, resolve(context.cwd, args.job));
    return [facts?.modifiedMs, facts?.sizeBytes, facts?.identity].join(' ');
  };
  /** Another day has other paths. */
  const versionOf = (stamp: string) => `${stamp} ${localDayAt(machine.clock.now())}`;
  let version = versionOf(await stampOf());
  let job = await prepare();
  return {
    get plan() {
      return job.plan;
    },
    async look() {
      const stamp = await stampOf();
      if (version !== versionOf(stamp)) {
        const next = await prepare();
        await job.source.close();
        job = next;
        version = versionOf(stamp);
      }
      const { settings } = job.plan;
      const recursive = settings['input.recursive'].value;
      return { found: await findInputs(settings['input.files'].value, job.source, { recursive }), stamp };
    },
    close: () => job.source.close(),
  };
}
