import type { InputPlaces, MapperCounts, MapperDigests, RefusedPlace } from './contract.js';
import type { MapperDefinition } from './definition.js';
import { atPlace, type Digest, digestSince, NO_DIGEST } from './digest/digest.js';
import { openDigests } from './digest/digests.js';
import { Findings } from './findings.js';
import { type Origins, type RecordSource, recordSourceOf } from './hadoop/input-places.js';
import { type LinesRead, type TaskContext, taskNumberOf } from './hadoop/task-environment.js';
import { instantiateKernel } from './kernel/instantiate.js';
import { openKernelPath } from './kernel/kernel-path.js';
import { layOutColumns, ruledLabels } from './mapping/column-layout.js';
import { blankLinesAreOdd } from './mapping/field-count.js';
import { hidesData } from './mapping/hidden-columns.js';
import { mappingForInput, namesOfInputs, openerOfLayouts } from './mapping/input-layouts.js';
import type { Mapping } from './mapping/mapping.js';
import { outputHeader } from './mapping/output-layout.js';
import { RecordMapper } from './mapping/record-mapper.js';
import { blankLinesOf, ReferenceMapping } from './mapping/reference-mapping.js';
import { RecordOutput } from './record-output.js';
import { readableText as textOf } from './records/byte-string.js';
import { type Dialect, dialectOf } from './records/dialect.js';
import { type Header, headerFields } from './records/header.js';
import { headerMatcherOf } from './records/header-matcher.js';
import { recordReaderOf } from './records/record-reader.js';
import { type OpenMapping, RecordStream, type StreamFacts } from './records/record-stream.js';
import { type WrittenForm, writtenFormOf } from './records/record-writer.js';
import { Tally } from './tally.js';

/** The settings of one run of the pipeline. */
export interface PipelineContext {
  /** The task, or null in a pipe. */
  readonly task: TaskContext | null;
  /** `rejects` writes the rejected records, with their reasons, instead of the output. */
  readonly emit: 'records' | 'rejects';
  /** Present if rejects are written beside the records: where they come from and go to. */
  readonly rejects?: RejectsTarget | null;
  /** What the submitter knows of the task's input; default nothing. */
  readonly places?: InputPlaces | null;
  /** Where the lines of inputs come from that were made of other files. */
  readonly origins?: Origins | null;
  /** The records that are rejected because what the output goes to does not take them; default none. */
  readonly refused?: readonly RefusedPlace[];
  /** Whether the first record must have the names that the mapper knows, in any order. Default no. */
  readonly expectsHeader?: boolean;
  /** `reference` runs without the kernel and gives the same bytes and counts. Default `kernel`. */
  readonly path?: 'kernel' | 'reference';
}

/** Where an input of a task is. */
export type TaskInput = Pick<TaskContext, 'inputFile' | 'inputStart'>;

/** The rejects of a task that writes records. */
export interface RejectsTarget {
  /** Where the records of the task's present input come from. Asked once for each input that has a reject. */
  source(task: TaskContext): RecordSource;
  /** The bytes are valid only during the call. */
  sink(bytes: Buffer): void;
}

/** What a pipeline says of the rejects beside its records: what one that writes only rejects would say. */
export interface RejectsReport {
  readonly counts: MapperCounts;
  readonly digests: MapperDigests;
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
  /** Ends the present input of a task that has several. What was read of it. */
  endInput(): LinesRead;
  /** Begins the next input of a task, which has lines and headers of its own. */
  beginInput(input: TaskInput): void;
  /** The input is complete. The digests of what was read and written; null in a pipe. */
  end(): MapperDigests | null;
  /** Null before the end, and where no rejects are written beside the records. */
  readonly rejects: RejectsReport | null;
}

/**
 * Joins the three parts: the stream finds the records, the mapping turns them into output, and the tally counts what
 * happens to each record. The bytes given to `sink` are valid only during the call.
 */
export function createPipeline(
  definition: MapperDefinition,
  context: PipelineContext,
  sink: (bytes: Buffer) => void,
): Pipeline {
  const { emit, rejects = null, refused = [], expectsHeader = false } = context;
  // The kernel does not number records.
  const path = refused.length > 0 ? 'reference' : (context.path ?? 'kernel');
  // Its input changes where there are several.
  const task = context.task === null ? null : { ...context.task };
  const { csv, records } = definition;
  const tally = new Tally();
  const findings = task === null || emit === 'records' ? new Findings(task === null) : null;
  const blankLines = blankLinesOf(records);
  // Only the reference knows why a record is rejected.
  const useKernel = path === 'kernel' && emit === 'records';
  const kernel = useKernel || task !== null ? instantiateKernel() : null;
  const digests = task === null ? null : openDigests(kernel);
  const rejectTally = new Tally();
  const rejectBytes = rejects === null ? null : (digests?.newBytes() ?? null);
  let source: RecordSource | null = null;
  const sourceOfInput = (): RecordSource => {
    source ??=
      rejects !== null && task !== null
        ? rejects.source(task)
        : recordSourceOf(task, context.places ?? null, context.origins);
    return source;
  };
  const output = new RecordOutput(
    {
      form: writtenFormOf(csv, definition.output.csv),
      header: definition.output.header,
      isFirstPart: task?.writesFirstPart ?? true,
      emit,
      hidesData: hidesData(definition),
      source: sourceOfInput,
      refused,
      ...(rejects !== null && {
        besides: {
          tally: rejectTally,
          sink: (bytes: Buffer) => {
            rejectBytes?.add(bytes);
            rejects.sink(bytes);
          },
        },
      }),
    },
    tally,
    (bytes) => {
      digests?.bytes.add(bytes);
      sink(bytes);
    },
  );
  if (csv.delimiterIsOpen !== true) output.beginRejects();
  /** Mappings by what the first lines of an input tell: nearly always one. */
  const opened = new Map<string, OpenedMapping>();
  const openPlanned = (header: Header | null, { separator, builtFor }: StreamFacts): OpenedMapping => {
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
    const canUseKernel = useKernel && (blankLines === 'are records' || blankLinesAreOdd(layout.fieldCount));
    // A kernel has memory for one program.
    const ownKernel = !canUseKernel ? null : opened.size === 0 ? kernel : instantiateKernel();
    const planned = (ownKernel === null ? null : openKernelPath(ownKernel, reference, parts)) ?? reference;
    // Such a pipe has one order of columns, and that is another one than was planned.
    if (header === null || builtFor !== undefined) return { form, ofInput: () => planned };
    const openLayout = openerOfLayouts({
      ...{ definition, layout, header, read: kernelForm, task },
      ...{ output, findings, useKernel },
    });
    const input = { names: header.names, read: kernelForm, task, namesOf: namesOfInputs(csv) };
    return { form, ofInput: () => mappingForInput(csv, input, planned, openLayout) };
  };
  let last: { readonly header: Header; readonly known: OpenedMapping } | null = null;
  const openMapping: OpenMapping = (header, facts) => {
    const isPlain = facts.separator === undefined && facts.builtFor === undefined;
    // Nearly always the same names of the plan; their text may be long.
    if (isPlain && header !== null && last?.header.names === header.names) {
      output.useForm(last.known.form);
      return last.known.ofInput();
    }
    const key = JSON.stringify([header, facts]);
    const known = opened.get(key) ?? openPlanned(header, facts);
    opened.set(key, known);
    last = isPlain && header !== null && header.names === csv.names ? { header, known } : last;
    output.useForm(known.form);
    return known.ofInput();
  };
  const options = {
    csv,
    dialect: dialectOf(csv),
    malformed: records.malformed,
    task,
    expectsHeader,
    findings,
    kernel: path === 'kernel' ? kernel : null,
    hidesData: hidesData(definition),
  };
  const openStream = () => new RecordStream(options, openMapping, output, digests?.lines);
  let stream = openStream();
  let linesBefore = 0;
  let digestBefore = NO_DIGEST;
  let digestAfter: Digest | null = null;
  let hasBegun = false;
  let hasEnded = false;
  const sumOfLines = () => digests?.lines.value ?? NO_DIGEST;
  const countLines = () => tally.setLinesRead(linesBefore + stream.linesRead);
  const endStream = () => {
    if (hasEnded) return;
    hasEnded = true;
    stream.end();
    countLines();
  };
  let report: RejectsReport | null = null;
  return {
    counts: tally.counts,
    findings,
    get room() {
      return stream.room;
    },
    push(chunk) {
      hasBegun = true;
      stream.push(chunk);
      countLines();
    },
    endInput() {
      hasBegun = true;
      endStream();
      digestAfter = sumOfLines();
      return { lines: stream.linesRead, digest: digestSince(digestBefore, digestAfter) };
    },
    beginInput(input) {
      if (task === null) throw new RangeError('Only a task has several inputs');
      // Nothing is known of the data before the first input, which may tell the delimiter.
      if (hasBegun) endStream();
      linesBefore += stream.linesRead;
      digestBefore = digestAfter ?? sumOfLines();
      digestAfter = null;
      Object.assign(task, input);
      findings?.beginInput(input);
      source = null;
      hasEnded = false;
      stream = openStream();
    },
    end() {
      endStream();
      output.beginRejects();
      if (digests === null) return null;
      const { lines, bytes } = digests;
      const place = taskNumberOf(task);
      const read = lines.value;
      if (rejectBytes !== null) {
        const { linesWritten, headersAdded } = rejectTally.counts;
        const own = { linesWritten, headersAdded, recordsRejected: output.rejectsWritten };
        const written = atPlace(rejectBytes.end(), place);
        report = { counts: { ...tally.counts, ...own }, digests: { read, written } };
      }
      return { read, written: atPlace(bytes.end(), place) };
    },
    get rejects() {
      return report;
    },
  };
}

/** The mapping for what the first lines of an input tell. */
interface OpenedMapping {
  /** How it writes. */
  readonly form: WrittenForm;
  /** That of the task's present input. */
  ofInput(): Mapping;
}
