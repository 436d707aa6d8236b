import { posix } from 'node:path';
import { isFailure } from '../../errors.js';
import { isTemporaryOf } from '../../stores/store.js';
import type { JobTag } from '../engine.js';
import type { HadoopCluster } from './hadoop-cluster.js';
import { tagOfJob } from './streaming-arguments.js';

type Place = Pick<HadoopCluster, 'store' | 'sharedFolder'>;

/**
 * The file without which a job can't run. Removing it stops a command that a killed process has left, at whatever time
 * it submits: GenericOptionsParser, JobResourceUploader and the localisation on a node (Hadoop 3.3) all fail when a file
 * of `-files` is missing. It lies in the shared folder because `-files` can't name a path with a comma.
 */
export function permitPathOf({ sharedFolder }: Pick<Place, 'sharedFolder'>, job: JobTag): string {
  return `${folderOf({ sharedFolder })}/${tagOfJob(job)}`;
}

function folderOf({ sharedFolder }: Pick<Place, 'sharedFolder'>): string {
  return `${sharedFolder}/permits`;
}

/**
 * Gives a job its permit. `secrets`: the values that its tasks need, which the permit then holds, for its owner alone: the
 * hadoop command may run where it can't read files of this machine.
 */
export async function grantPermit(place: Place, job: JobTag, secrets: string | null = null): Promise<void> {
  await place.store.makeDirectory(folderOf(place));
  const path = permitPathOf(place, job);
  const content = Buffer.from(secrets ?? `${job.runId}\n`);
  await place.store.write(path, [content], undefined, job.runId, secrets === null ? undefined : 0o600);
}

/** Takes a job's permit. */
export async function takePermit(place: Place, job: JobTag): Promise<void> {
  await place.store.remove(permitPathOf(place, job));
}

/**
 * Takes a job's permit from a process that was killed, and removes what that process has written only in part: the permit,
 * or the archive of Node that is sent before it.
 */
export async function revokePermit(
  place: Place & Pick<HadoopCluster, 'nodeArchive'>,
  job: JobTag,
): Promise<void> {
  const { store, nodeArchive } = place;
  await takePermit(place, job);
  const folders = [folderOf(place), ...(nodeArchive === null ? [] : [posix.dirname(nodeArchive.path)])];
  for (const folder of folders) {
    if ((await store.stat(folder)) === undefined) continue;
    for (const { name, path } of await store.list(folder)) {
      if (isTemporaryOf(name, job.runId)) await store.remove(path);
    }
  }
}

/** Takes a job's permit after a failure, which matters more than one of the store. */
export async function takePermitQuietly(place: Place, job: JobTag): Promise<void> {
  await takePermit(place, job).catch((error: unknown) => {
    if (!isFailure(error, 'store')) throw error;
  });
}
