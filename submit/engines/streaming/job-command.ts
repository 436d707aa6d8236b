import type { JobRequest } from '../engine.js';
import { mustStayWhole } from '../engine.js';
import type { HadoopCluster } from './hadoop-cluster.js';
import { streamingArguments } from './streaming-arguments.js';

/** The command line that runs a job, one argument an item. Throws `usage`. Pure. */
export function commandOf(
  { settings, streamingJar, nodeArchive }: Pick<HadoopCluster, 'settings' | 'streamingJar' | 'nodeArchive'>,
  request: JobRequest,
): string[] {
  const job = {
    runId: request.runId,
    jobName: request.jobName,
    inputs: request.inputs,
    wholeFiles: mustStayWhole(request.inputs),
    splitSize: request.splitSizeIsChosen ? request.splitSize : null,
    mapperPath: request.mapperPath,
    nodeArchivePath: nodeArchive?.path ?? null,
    emit: request.emit,
    outputPath: rawPathOf(request),
    compression: request.compression,
    inputPlaces: request.inputPlaces ?? null,
  };
  return [...settings.hadoop.value, ...streamingArguments(job, settings, streamingJar)];
}

/** The folder that Hadoop writes to. Hadoop numbers parts by split size; renumbering in input order moves them on. */
export function rawPathOf({ outputPath }: Pick<JobRequest, 'outputPath'>): string {
  return `${outputPath}.unordered`;
}
