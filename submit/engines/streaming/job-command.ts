import type { JobRequest } from '../engine.js';
import { mustStayWhole } from '../engine.js';
import type { HadoopCluster } from './hadoop-cluster.js';
import { streamingArguments } from './streaming-arguments.js';

/**
 * The command line that runs a job, one argument an item. `permitPath`: a file that Hadoop must copy to each node before
 * it starts anything of the job there. `more`: properties that fit this job. Throws `usage`. Pure.
 */
export function commandOf(
  { settings, streamingJar, nodeArchive }: Pick<HadoopCluster, 'settings' | 'streamingJar' | 'nodeArchive'>,
  request: JobRequest,
  permitPath: string | null = null,
  more: Readonly<Record<string, string>> = {},
): string[] {
  const job = {
    runId: request.runId,
    jobName: request.jobName,
    inputs: request.inputs,
    wholeFiles: mustStayWhole(request.inputs) || request.taskBytes === null,
    splitSize: request.splitSizeIsChosen ? request.splitSize : null,
    mapperPath: request.mapperPath,
    nodeArchivePath: nodeArchive?.path ?? null,
    permitPath,
    emit: request.emit,
    outputPath: rawPathOf(request),
    compression: request.compression,
    inputPlaces: request.inputPlaces ?? null,
    hasSecrets: Boolean(request.secretsPath),
    isPrivate: request.isPrivate ?? false,
  };
  return [...settings.hadoop.value, ...streamingArguments(job, settings, streamingJar, more)];
}

/** The folder that Hadoop writes to. Hadoop numbers parts by split size; renumbering in input order moves them on. */
export function rawPathOf({ outputPath }: Pick<JobRequest, 'outputPath'>): string {
  return `${outputPath}.unordered`;
}
