import type { MapperCounts, MapperPlan } from '../contract.js';
import { definitionOfPlan } from '../definition.js';
import { isMapperFailure } from '../failure.js';
import { newMapperCounts } from '../hadoop/counters.js';
import { createPipeline, type Pipeline } from '../pipeline.js';
import { explainFailure } from '../report/failure-text.js';
import { secretReader, withSecrets } from '../secrets.js';

/** What a plan makes of an input, all of it in memory. */
interface MappedBytes {
  readonly output: Uint8Array;
  readonly counts: Readonly<MapperCounts>;
  /** Why the mapper stopped, in words; null if it came to the end. */
  readonly stopped: string | null;
}

/** Maps a small input as a pipe does. */
export function mapBytes(
  plan: MapperPlan,
  emit: 'records' | 'rejects',
  input: Uint8Array,
  secrets: Readonly<Record<string, string>>,
): MappedBytes {
  const written: Buffer[] = [];
  let pipeline: Pipeline | undefined;
  let stopped: string | null = null;
  try {
    const context = { task: null, emit };
    const definition = withSecrets(definitionOfPlan(plan), secretReader({}, secrets));
    pipeline = createPipeline(definition, context, (bytes) => written.push(Buffer.from(bytes)));
    pipeline.push(input);
    pipeline.end();
  } catch (error) {
    if (!isMapperFailure(error)) throw error;
    stopped = explainFailure(error).lines.join('; ');
  }
  return { output: Buffer.concat(written), counts: pipeline?.counts ?? newMapperCounts(), stopped };
}
