import { type MalformedReason, RecordFramer } from '../../mapper/records/framer.js';
import { LineTooLong, type ScanOptions } from '../../mapper/records/scanner.js';

/** Receives the records of a file. The bytes are valid only during the call. */
export interface FoundRecords {
  /** Well-formed records of one line each, ended by LF. Returns their number. */
  lines(bytes: Buffer, firstLineNumber: number): number;
  /** One well-formed record of several lines, ended by LF. */
  spanningRecord(bytes: Buffer, firstLineNumber: number): void;
  /** A line without its line end. */
  malformedLine(line: Buffer, lineNumber: number, reason: MalformedReason): void;
}

/** Splits a file into records as a mapper does. Throws `LineTooLong`. */
export function openFramer(options: ScanOptions, found: FoundRecords): RecordFramer {
  const { delimiter, quotedLineBreaks, maxRecordBytes } = options;
  return new RecordFramer(
    {
      delimiter: delimiter.charCodeAt(0),
      lineBreaks: quotedLineBreaks === 'no' ? 'no' : 'yes',
      maxRecordBytes,
      dropBom: true,
    },
    {
      ...found,
      lineBreakInQuotes: () => {
        throw new Error('A line break in quotes is never called an error here');
      },
      lineTooLong: (lineNumber, maxBytes) => {
        throw new LineTooLong(lineNumber, maxBytes);
      },
    },
  );
}
