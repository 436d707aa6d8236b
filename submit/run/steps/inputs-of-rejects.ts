import type { JobInput, JobResult } from '../../engines/engine.js';
import type { ScannedItem } from '../../sources/source.js';
import type { Run } from '../step.js';
import { combinedFolder, PRIVATE_MODE } from './combine.js';
import { copySplits, type Excerpt, inputsWithRejects } from './excerpts.js';

/** What the job of the rejects reads; where that is less than all inputs, of what it is made. */
export interface InputsOfRejects {
  readonly inputs: readonly JobInput[];
  /** The paths of the inputs among them. */
  readonly read?: readonly string[];
  /** The others. */
  readonly excerpts?: readonly Excerpt[];
}

/** A job that has read `inputs`, and what they are; `placesPath`: the file that will tell the mappers of them. */
interface ReadByJob {
  readonly items: readonly ScannedItem[];
  readonly inputs: readonly JobInput[];
  readonly placesPath: string;
}

/** What the job of the rejects has to read, once the job of the records has told where some are. Makes the copies that it needs. */
export async function inputsOfRejects(
  { runId, firstJob = 1, signal, ports: { engine, sink } }: Run,
  job: Pick<JobResult, 'tasks' | 'counts'>,
  { items, inputs, placesPath }: ReadByJob,
): Promise<InputsOfRejects> {
  const { store } = engine;
  const chosen = inputsWithRejects(inputs, job, { canCopy: engine.combines?.(placesPath) === true });
  if (chosen === null) return { inputs };
  const whole = chosen.flatMap((one) => ('splits' in one ? [] : [one]));
  if (whole.length === inputs.length) return { inputs };
  const read = whole.map(({ path }) => path);
  if (whole.length === chosen.length) return { inputs: whole, read };
  const folder = combinedFolder(sink.stagingFor(runId));
  await store.makeDirectory(folder);
  // Files of inputs that were in HDFS before may be for the user alone.
  const mode = items.every(({ isScanned }) => isScanned) ? {} : { mode: PRIVATE_MODE };
  const excerpts: Excerpt[] = [];
  const toRead: JobInput[] = [];
  for (const [number, one] of chosen.entries()) {
    if (!('splits' in one)) {
      toRead.push(one);
      continue;
    }
    const path = `${folder}/rejects-${firstJob}-${String(number).padStart(5, '0')}.csv`;
    const copied = await copySplits(store, one, path, { runId, signal, ...mode });
    toRead.push(copied.input);
    excerpts.push(copied.excerpt);
  }
  return { inputs: toRead, read, excerpts };
}
