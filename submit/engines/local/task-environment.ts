import { TASK_ENVIRONMENT } from '../../../mapper/contract.js';
import type { JobRequest } from '../engine.js';
import type { TaskSplits } from './group-splits.js';

/**
 * The variables of a Hadoop Streaming task that mappers read. `range` is the byte range that the task reads from stdin;
 * null: all bytes. Of several splits they name the first.
 */
export function taskEnvironment(
  request: JobRequest,
  [split, ...others]: TaskSplits,
  number: string,
  range: { readonly start: number; readonly end: number } | null,
): Record<string, string> {
  const job = `local_${request.runId.replaceAll(/[^A-Za-z0-9]/g, '')}_0001`;
  return {
    [TASK_ENVIRONMENT.attemptId]: `attempt_${job}_m_0${number}_0`,
    [TASK_ENVIRONMENT.inputFile]: `file:${split.input.path}`,
    [TASK_ENVIRONMENT.inputStart]: String(split.start),
    [TASK_ENVIRONMENT.inputLength]: String(split.length),
    mapreduce_task_id: `task_${job}_m_0${number}`,
    [TASK_ENVIRONMENT.partition]: String(Number(number)),
    mapreduce_job_id: `job_${job}`,
    mapreduce_job_name: request.jobName,
    mapreduce_task_output_dir: request.outputPath,
    ...(request.secretsPath ? { [TASK_ENVIRONMENT.secrets]: request.secretsPath } : {}),
    ...(request.rejects ? { [TASK_ENVIRONMENT.rejectsDescriptor]: '3' } : {}),
    ...(request.inputPlaces ? { [TASK_ENVIRONMENT.inputPlaces]: request.inputPlaces } : {}),
    ...(others.length > 0 ? { [TASK_ENVIRONMENT.stdinFrames]: '1' } : {}),
    ...(range === null ? {} : { [TASK_ENVIRONMENT.stdinRange]: `${range.start}-${range.end}` }),
  };
}
