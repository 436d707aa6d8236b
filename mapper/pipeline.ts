import type { MapperCounts } from './contract.js';
import type { MapperDefinition } from './definition.js';
import { MapperFailure, quoteExcerpt } from './failure.js';
import { newMapperCounts } from './hadoop/counters.js';
import { describePlace, type TaskContext } from './hadoop/task-environment.js';
import { Kernel } from './kernel/kernel.js';
import { layOutColumns } from './mapping/column-layout.js';
import { RecordMapper } from './mapping/record-mapper.js';
import { keepYoungGenerationSmall } from './process/young-generation.js';
import { byteStringOf, byteStringOfText, LF, readableText } from './records/byte-string.js';
import { readRecords } from './records/csv-reader.js';
import { writeRecords } from './records/csv-writer.js';
import { countLineFeeds, type MalformedReason, RecordFramer, type RecordHandler } from './records/framer.js';
import { columnNames, isHeader, plainHeaderLine } from './records/header.js';

/** How the pipeline runs this time. */
export interface PipelineContext {
  /** The task, or null in a pipe. */
  readonly task: TaskContext | null;
  /** `rejects` writes the rejected records with their reasons in place of the output. */
  readonly emit: 'records' | 'rejects';
  /** `reference` does without the kernel, with the same bytes and counts; default `kernel`. */
  readonly path?: 'kernel' | 'reference';
}

/** Bytes that are read at once for the reference: with more, the records made of them fill the heap. */
const CHUNK_BYTES = 16 * 1024;
/** Records by the reference, from which on there will be many more. */
const MANY_BY_REFERENCE = 1000;

/** Bytes in, bytes out. Both methods throw a MapperFailure when the mapper has to stop. */
export interface Pipeline {
  /** Kept up to date by `push` and `end`. */
  readonly counts: MapperCounts;
  /** Where to read the next bytes; another place each time, maybe. From elsewhere they are copied before they are mapped. */
  readonly room: Uint8Array;
  /** Takes the next bytes of the input; they may be reused after the call. */
  push(chunk: Uint8Array): void;
  /** The input is complete. */
  end(): void;
}

/** Joins framer, kernel, reader, rules and writer. What the sink is given is valid only during the call. */
export function createPipeline(
  definition: MapperDefinition,
  context: PipelineContext,
  sink: (bytes: Buffer) => void,
): Pipeline {
  const { csv, records, output } = definition;
  const { task, emit, path = 'kernel' } = context;
  const counts = newMapperCounts();
  let names = csv.names;
  let kernel: Kernel | null = null;
  let ownRoom: Buffer | null = null;
  let byReference = 0;
  let mapper = names === null && csv.header ? null : newRecordMapper();

  /** Called when the columns are known. */
  function newRecordMapper(): RecordMapper {
    const layout = layOutColumns(definition.columns, names);
    if (path === 'kernel' && emit === 'records') {
      const headerLine = names === null ? null : plainHeaderLine(names, csv.delimiter);
      const reference = (bytes: Buffer, firstLineNumber: number) =>
        headerLine?.equals(bytes) ? takePlainHeader(bytes) : takeByReference(bytes, firstLineNumber);
      kernel = Kernel.create(layout, csv.delimiter, { counts, write: sink, reference });
    }
    return new RecordMapper(definition, layout, counts, task);
  }

  /** Lines by the kernel, but for those that it leaves to the reference; returns how many records they are. */
  function takeLines(bytes: Buffer, firstLineNumber: number): number {
    const header = mapper === null ? bytes.subarray(0, bytes.indexOf(LF) + 1) : null;
    const headers = header === null ? 0 : takeByReference(header, firstLineNumber);
    const data = bytes.subarray(header?.length ?? 0);
    if (data.length === 0) return headers;
    const first = firstLineNumber + headers;
    return headers + (kernel === null ? takeByReference(data, first) : kernel.take(data, first));
  }

  /** A header that is known by its bytes need not wait for csv-parse: its first call takes a tenth of the start-up. */
  function takePlainHeader(line: Buffer): number {
    counts.recordsRead++;
    if (takeHeader(names ?? []) !== null) write(line);
    return 1;
  }

  function takeByReference(bytes: Buffer, firstLineNumber: number): number {
    return takeRecords(bytes, (index) => firstLineNumber + index);
  }

  /** Data of the lines `firstLineNumber`…: this is the reference path, which takes any well-formed record. */
  function takeRecords(bytes: Buffer, lineNumberOf: (recordIndex: number) => number): number {
    const rows: (readonly string[])[] = [];
    const inputs = readRecords(bytes, csv.delimiter);
    for (const [index, fields] of inputs.entries()) {
      const row = takeRecord(fields, lineNumberOf(index));
      if (row !== null) rows.push(row);
    }
    if (rows.length > 0) write(Buffer.from(writeRecords(rows, csv.delimiter), 'latin1'));
    if (byReference < MANY_BY_REFERENCE) {
      byReference += inputs.length;
      if (byReference >= MANY_BY_REFERENCE) keepYoungGenerationSmall();
    }
    return inputs.length;
  }

  /** The record to write for this one, or null. */
  function takeRecord(fields: readonly string[], lineNumber: number): readonly string[] | null {
    counts.recordsRead++;
    if (mapper === null) {
      requireStartOfFile();
      names = columnNames(fields);
      mapper = newRecordMapper();
    }
    if (names !== null && isHeader(fields, names)) return takeHeader(fields);
    const mapped = mapper.map(fields, lineNumber);
    if (mapped.kind === 'rejected') {
      counts.recordsRejected++;
      return emit === 'rejects' ? [byteStringOfText(mapped.reason), ...fields] : null;
    }
    counts.recordsWritten++;
    return emit === 'records' ? mapped.fields : null;
  }

  function takeHeader(fields: readonly string[]): readonly string[] | null {
    counts.headers++;
    if (output.header === 'drop') {
      counts.headersDropped++;
      return null;
    }
    counts.recordsWritten++;
    return emit === 'records' ? fields : null;
  }

  function takeMalformed(line: Buffer, lineNumber: number, reason: MalformedReason): void {
    counts.recordsRead++;
    counts.malformed++;
    if (mapper === null) {
      requireStartOfFile();
      throw new MapperFailure('header', `The header is malformed: ${reason}`, [
        describePlace(task, lineNumber),
        `The line is ${quoteExcerpt(readableText(byteStringOf(line, 0, Math.min(line.length, 400))))}`,
        'Correct the quoting of the header, or check csv.delimiter',
      ]);
    }
    switch (records.malformed) {
      case 'pass':
        counts.recordsWritten++;
        if (emit === 'records') write(Buffer.concat([line, Buffer.of(LF)]));
        return;
      case 'reject':
        counts.recordsRejected++;
        if (emit === 'rejects') {
          write(
            Buffer.from(
              writeRecords([[`malformed: ${reason}`, byteStringOf(line)]], csv.delimiter),
              'latin1',
            ),
          );
        }
        return;
      case 'fail':
        throw new MapperFailure('malformed', `A record is malformed: ${reason}`, [
          describePlace(task, lineNumber),
          `The line is ${quoteExcerpt(readableText(byteStringOf(line, 0, Math.min(line.length, 400))))}`,
          'Correct the quoting, or set records.malformed to pass or reject',
        ]);
    }
  }

  /** The first record of stdin is the header in a pipe, and in a task whose split starts the file. */
  function requireStartOfFile(): void {
    if (task === null || task.inputStart === 0) return;
    const start = task.inputStart === null ? 'an unknown byte' : `byte ${task.inputStart}`;
    throw new MapperFailure('header', `The column names are not known in a split that starts at ${start}`, [
      `The input is ${task.inputFile ?? 'not known'}`,
      'Build the mapper with its column names: from the inputs, with --header-from FILE, or with csv.columns',
    ]);
  }

  function failOnLineBreak(lineNumber: number): never {
    throw new MapperFailure('quotedLineBreak', 'A quoted field goes on over the end of a line', [
      describePlace(task, lineNumber),
      'These data were not scanned, so a split may have cut this record',
      'Set csv.quotedLineBreaks to yes (files are then never split), or to no (such a line is then malformed)',
    ]);
  }

  function write(bytes: Buffer): void {
    counts.linesWritten += countLineFeeds(bytes);
    sink(bytes);
  }

  const handler: RecordHandler = {
    lines: takeLines,
    spanningRecord: (bytes, firstLineNumber) => {
      takeRecords(bytes, () => firstLineNumber);
    },
    malformedLine: takeMalformed,
    lineBreakInQuotes: failOnLineBreak,
  };
  const framer = new RecordFramer(
    {
      delimiter: csv.delimiter.charCodeAt(0),
      lineBreaks: csv.quotedLineBreaks === 'auto' ? (task === null ? 'yes' : 'error') : csv.quotedLineBreaks,
      maxRecordBytes: csv.maxRecordBytes,
      dropBom: task === null,
    },
    handler,
  );
  return {
    counts,
    get room() {
      if (kernel !== null) return kernel.room;
      ownRoom ??= Buffer.allocUnsafe(CHUNK_BYTES);
      return ownRoom;
    },
    push(chunk) {
      framer.push(chunk);
      counts.linesRead = framer.linesRead;
    },
    end() {
      framer.end();
      counts.linesRead = framer.linesRead;
    },
  };
}
