import { definitionOfPlan } from '../../mapper/definition.js';
import { ReferenceMapping } from '../../mapper/mapping/reference-mapping.js';
import { createPipeline } from '../../mapper/pipeline.js';
import { parseBundle } from '../../submit/job/bundle.js';

/** The share of records, from 0 to 1, that the kernel of a built mapper maps; headers do not count. */
export function kernelShareOf(bundle: string, data: Uint8Array): number {
  const plan = parseBundle(bundle)?.plan;
  if (plan === undefined || !('columns' in plan)) throw new RangeError('Not a mapper of a job file');
  let byReference = 0;
  const { mapLines } = ReferenceMapping.prototype;
  ReferenceMapping.prototype.mapLines = function (lines, firstLineNumber) {
    const count = mapLines.call(this, lines, firstLineNumber);
    byReference += count;
    return count;
  };
  try {
    const pipeline = createPipeline(definitionOfPlan(plan), { task: null, emit: 'records' }, () => undefined);
    pipeline.push(data);
    pipeline.end();
    const { recordsRead, headers } = pipeline.counts;
    return 1 - Math.max(0, byReference - headers) / recordsRead;
  } finally {
    ReferenceMapping.prototype.mapLines = mapLines;
  }
}
