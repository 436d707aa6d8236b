import { isFinalState } from '../../hadoop/resource-manager.js';
import type { RenamingStore } from '../../stores/store.js';
import type { JobToFind } from '../engine.js';
import { endInHistory } from './application-end.js';
import { rawPathOf } from './job-command.js';
import type { Services } from './services.js';
import { tagOfJob } from './streaming-arguments.js';

/**
 * The id of a job's application that has not ended, or that has succeeded and whose output is there; null if there is
 * none. The history server knows an application that the resourcemanager has forgotten, but only by its id.
 */
export async function findApplication(
  services: Services,
  store: RenamingStore,
  job: JobToFind,
): Promise<string | null> {
  const applications = (await services.resourceManager?.withTag(tagOfJob(job))) ?? [];
  const running = applications.find(({ state }) => !isFinalState(state));
  if (running !== undefined) return running.id;
  const succeeded =
    applications.find(({ state, finalStatus }) => state === 'FINISHED' && finalStatus === 'SUCCEEDED')?.id ??
    (await succeededInHistory(services, applications.length === 0 ? job.applicationId : null));
  if (succeeded === null) return null;
  return job.outputPath === undefined || (await isOutputThere(store, job.outputPath)) ? succeeded : null;
}

async function succeededInHistory(
  services: Services,
  applicationId: string | null | undefined,
): Promise<string | null> {
  if (!applicationId) return null;
  return (await endInHistory(services, applicationId, null))?.state === 'succeeded' ? applicationId : null;
}

/** Either still where Hadoop wrote it, or where its parts are put in order. */
async function isOutputThere(store: RenamingStore, outputPath: string): Promise<boolean> {
  const raw = await store.stat(rawPathOf({ outputPath }));
  return raw !== undefined || (await store.stat(outputPath)) !== undefined;
}
