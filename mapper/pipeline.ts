import type { InputPlaces, MapperCounts, MapperDigests } from './contract.js';
import type { MapperDefinition } from './definition.js';
import { atPlace } from './digest/digest.js';
import { openDigests } from './digest/digests.js';
import { recordSourceOf } from './hadoop/input-places.js';
import { type TaskContext, taskNumberOf } from './hadoop/task-environment.js';
import { instantiateKernel } from './kernel/instantiate.js';
import { KernelMapping } from './kernel/kernel-mapping.js';
import { layOutColumns } from './mapping/column-layout.js';
import { mappingForInput, openerOfLayouts } from './mapping/input-layouts.js';
import type { Mapping } from './mapping/mapping.js';
import { RecordMapper } from './mapping/record-mapper.js';
import { ReferenceMapping } from './mapping/reference-mapping.js';
import { RecordOutput } from './record-output.js';
import { type Header, headerFields } from './records/header.js';
import { RecordStream } from './records/record-stream.js';
import { Tally } from './tally.js';

/** The settings of one run of the pipeline. */
export interface PipelineContext {
  /** The task, or null in a pipe. */
  readonly task: TaskContext | null;
  /** `rejects` writes the rejected records, with their reasons, instead of the output. */
  readonly emit: 'records' | 'rejects';
  /** What the submitter knows of the task's input; default nothing. */
  readonly places?: InputPlaces | null;
  /** `reference` runs without the kernel and gives the same bytes and counts. Default `kernel`. */
  readonly path?: 'kernel' | 'reference';
}

/** Bytes in, bytes out. Both methods throw a MapperFailure when the mapper has to stop. */
export interface Pipeline {
  /** Kept up to date by `push` and `end`. */
  readonly counts: Readonly<MapperCounts>;
  /** The buffer to read the next bytes into; get it again before each read. Bytes in other buffers are copied. */
  readonly room: Uint8Array;
  /** Takes the next bytes of the input; they may be reused after the call. */
  push(chunk: Uint8Array): void;
  /** The input is complete. The digests of what was read and written; null in a pipe. */
  end(): MapperDigests | null;
}

/**
 * Joins the three parts: the stream finds the records, the mapping turns them into output, and the tally counts what
 * happens to each record. The bytes given to `sink` are valid only during the call.
 */
export function createPipeline(
  definition: MapperDefinition,
  { task, emit, places = null, path = 'kernel' }: PipelineContext,
  sink: (bytes: Buffer) => void,
): Pipeline {
  const { csv, records } = definition;
  const { delimiter } = csv;
  const tally = new Tally();
  // Only the reference knows why a record is rejected.
  const useKernel = path === 'kernel' && emit === 'records';
  const kernel = useKernel || task !== null ? instantiateKernel() : null;
  const digests = task === null ? null : openDigests(kernel);
  const output = new RecordOutput(
    {
      delimiter,
      header: definition.output.header,
      isFirstPart: task?.writesFirstPart ?? true,
      emit,
      source: recordSourceOf(task, places),
    },
    tally,
    (bytes) => {
      digests?.bytes.add(bytes);
      sink(bytes);
    },
  );
  output.beginRejects();
  const openMapping = (header: Header | null): Mapping => {
    const names = header?.names ?? null;
    const layout = layOutColumns(definition.columns, names);
    tally.expectColumns(layout.columns.map(({ label }) => label));
    if (header !== null) output.beginRecords(headerFields(header));
    const reference = new ReferenceMapping(
      delimiter,
      names,
      new RecordMapper(definition, layout, task),
      output,
    );
    const canUseKernel = useKernel && kernel !== null;
    const planned =
      (canUseKernel ? KernelMapping.create(kernel, layout, delimiter, reference, output) : null) ?? reference;
    if (header === null) return planned;
    const openLayout = openerOfLayouts(definition, { layout, header, task, output, useKernel });
    return mappingForInput(csv, header.names, task, planned, openLayout);
  };
  const options = { csv, malformed: records.malformed, task };
  const stream = new RecordStream(options, openMapping, output, digests?.lines);
  return {
    counts: tally.counts,
    get room() {
      return stream.room;
    },
    push(chunk) {
      stream.push(chunk);
      tally.setLinesRead(stream.linesRead);
    },
    end() {
      stream.end();
      tally.setLinesRead(stream.linesRead);
      if (digests === null) return null;
      const { lines, bytes } = digests;
      return { read: lines.value, written: atPlace(bytes.end(), taskNumberOf(task)) };
    },
  };
}
