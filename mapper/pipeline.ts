import type { InputPlaces, MapperCounts, MapperDigests } from './contract.js';
import type { MapperDefinition } from './definition.js';
import { atPlace } from './digest/digest.js';
import { openDigests } from './digest/digests.js';
import { Findings } from './findings.js';
import { type Origins, recordSourceOf } from './hadoop/input-places.js';
import { type TaskContext, taskNumberOf } from './hadoop/task-environment.js';
import { instantiateKernel } from './kernel/instantiate.js';
import { openKernelPath } from './kernel/kernel-path.js';
import { layOutColumns, ruledLabels } from './mapping/column-layout.js';
import { blankLinesAreOdd } from './mapping/field-count.js';
import { hidesData } from './mapping/hidden-columns.js';
import { mappingForInput, openerOfLayouts } from './mapping/input-layouts.js';
import { outputHeader } from './mapping/output-layout.js';
import { RecordMapper } from './mapping/record-mapper.js';
import { blankLinesOf, ReferenceMapping } from './mapping/reference-mapping.js';
import { RecordOutput } from './record-output.js';
import { readableText as textOf } from './records/byte-string.js';
import { type Dialect, dialectOf } from './records/dialect.js';
import { headerFields } from './records/header.js';
import { headerMatcherOf } from './records/header-matcher.js';
import { recordReaderOf } from './records/record-reader.js';
import { type OpenMapping, RecordStream } from './records/record-stream.js';
import { writtenFormOf } from './records/record-writer.js';
import { Tally } from './tally.js';

/** The settings of one run of the pipeline. */
export interface PipelineContext {
  /** The task, or null in a pipe. */
  readonly task: TaskContext | null;
  /** `rejects` writes the rejected records, with their reasons, instead of the output. */
  readonly emit: 'records' | 'rejects';
  /** What the submitter knows of the task's input; default nothing. */
  readonly places?: InputPlaces | null;
  /** Where the lines of inputs come from that were made of other files. */
  readonly origins?: Origins | null;
  /** Whether the first record must have the names that the mapper knows, in any order. Default no. */
  readonly expectsHeader?: boolean;
  /** `reference` runs without the kernel and gives the same bytes and counts. Default `kernel`. */
  readonly path?: 'kernel' | 'reference';
}

/** Bytes in, bytes out. Both methods throw a MapperFailure when the mapper has to stop. */
export interface Pipeline {
  /** Kept up to date by `push` and `end`. */
  readonly counts: Readonly<MapperCounts>;
  /** The first example of each problem; null in a task. */
  readonly findings: Findings | null;
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
  { task, emit, places = null, origins = null, expectsHeader = false, path = 'kernel' }: PipelineContext,
  sink: (bytes: Buffer) => void,
): Pipeline {
  const { csv, records } = definition;
  const tally = new Tally();
  const findings = task === null || emit === 'records' ? new Findings(task === null) : null;
  const blankLines = blankLinesOf(records);
  // Only the reference knows why a record is rejected.
  const useKernel = path === 'kernel' && emit === 'records';
  const kernel = useKernel || task !== null ? instantiateKernel() : null;
  const digests = task === null ? null : openDigests(kernel);
  const output = new RecordOutput(
    {
      form: writtenFormOf(csv, definition.output.csv),
      header: definition.output.header,
      isFirstPart: task?.writesFirstPart ?? true,
      emit,
      hidesData: hidesData(definition),
      source: recordSourceOf(task, places, origins),
    },
    tally,
    (bytes) => {
      digests?.bytes.add(bytes);
      sink(bytes);
    },
  );
  if (csv.delimiterIsOpen !== true) output.beginRejects();
  const openMapping: OpenMapping = (header, { separator, builtFor }) => {
    const dialect = { ...dialectOf(csv), ...(separator === undefined ? {} : { delimiter: separator }) };
    const names = header?.names ?? null;
    const written = definition.output.columns ?? names;
    const read = { ...csv, delimiter: textOf(dialect.delimiter) };
    const form = writtenFormOf(read, definition.output.csv, written?.length ?? null);
    output.useForm(form);
    output.beginRejects();
    const isLoose = csv.headerMatch === 'loose';
    const layout = layOutColumns(definition, names, {
      isLoose,
      ...(builtFor === undefined ? {} : { builtFor }),
    });
    tally.expectColumns(ruledLabels(layout));
    if (header !== null) {
      const fields = headerFields(header);
      if (layout.output === null) output.beginRecords(fields);
      else output.beginRecords(outputHeader(layout.output, fields), 'instead of those met');
    }
    const match = { isLoose };
    const mapper = new RecordMapper({ definition, dialect, layout, task, findings });
    const matchHeader = names === null ? null : headerMatcherOf(names, match);
    const referenceOf = (of: Dialect) =>
      new ReferenceMapping(recordReaderOf(of), matchHeader, mapper, output, blankLines);
    const reference = referenceOf(dialect);
    const kernelForm = { dialect, form, match };
    const parts = { layout, form: kernelForm, referenceOf, output, findings };
    const canUseKernel =
      useKernel && kernel !== null && (blankLines === 'are records' || blankLinesAreOdd(layout.fieldCount));
    const planned = (canUseKernel ? openKernelPath(kernel, reference, parts) : null) ?? reference;
    // Such a pipe has one order of columns, and that is another one than was planned.
    if (header === null || builtFor !== undefined) return planned;
    const openLayout = openerOfLayouts({
      ...{ definition, layout, header, read: kernelForm, task },
      ...{ output, findings, useKernel },
    });
    return mappingForInput(csv, { names: header.names, read: kernelForm, task }, planned, openLayout);
  };
  const options = {
    csv,
    malformed: records.malformed,
    task,
    expectsHeader,
    findings,
    hidesData: hidesData(definition),
  };
  const stream = new RecordStream(options, openMapping, output, digests?.lines);
  return {
    counts: tally.counts,
    findings,
    get room() {
      return stream.room;
    },
    push(chunk) {
      stream.push(chunk);
      tally.setLinesRead(stream.linesRead);
    },
    end() {
      stream.end();
      output.beginRejects();
      tally.setLinesRead(stream.linesRead);
      if (digests === null) return null;
      const { lines, bytes } = digests;
      return { read: lines.value, written: atPlace(bytes.end(), taskNumberOf(task)) };
    },
  };
}
