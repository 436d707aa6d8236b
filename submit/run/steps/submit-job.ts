import type { Run } from '../step.js';
import { beginJob, type JobsToRun, jobNewsOf, requestMaker, writePlacesFor } from './run-job.js';

/**
 * Starts the job of a run, or finds the one of an earlier try, and leaves it running: another process follows it. False if
 * there is nothing to leave, because the job has ended, or ends with this process: then the run step is to be performed.
 */
export async function submitJob(run: Run, toRun: JobsToRun): Promise<boolean> {
  const { ports, journal, signal, secrets = null } = run;
  const { engine } = ports;
  if (engine.leave === undefined || run.record.steps.has('run')) return false;
  const secretsPath = secrets === null ? null : await secrets.write(journal.folder);
  const news = jobNewsOf(run, 'records', () => undefined);
  try {
    const inputPlaces = await writePlacesFor(run, toRun);
    const requestOf = requestMaker(run, 'records', { ...toRun, secretsPath, inputPlaces });
    const { handle } = await beginJob(run, 'records', requestOf, news);
    return await engine.leave(handle, news.tell, signal);
  } finally {
    await news.noted();
    await secrets?.remove(journal.folder);
  }
}
