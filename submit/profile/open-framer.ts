import { byteStringOfText, readableText } from '../../mapper/records/byte-string.js';
import { type Decoder, openDecoder } from '../../mapper/records/decoder.js';
import { commentOf, type Dialect, dialectOf } from '../../mapper/records/dialect.js';
import { type MalformedReason, RecordFramer } from '../../mapper/records/framer.js';
import { LineTooLong, type ScanOptions, SeparatorDiffers } from '../../mapper/records/scanner.js';

/** Receives the records of a file. The bytes are decoded, and valid only during the call. */
export interface FoundRecords {
  /** Well-formed records of one line each, ended by LF. Returns their number. */
  lines(bytes: Buffer, firstLineNumber: number, dialect: Dialect): number;
  /** One well-formed record of several lines, ended by LF. */
  spanningRecord(bytes: Buffer, firstLineNumber: number, dialect: Dialect): void;
  /** A line without its line end. */
  malformedLine(line: Buffer, lineNumber: number, reason: MalformedReason): void;
}

/** Takes a file in chunks of any size. */
export interface OpenFramer {
  push(chunk: Uint8Array): void;
  end(): void;
}

/** Splits a file into records as a mapper does. Throws `LineTooLong` and `SeparatorDiffers`. */
export function openFramer(options: ScanOptions, found: FoundRecords): OpenFramer {
  const { dialect: unusual, delimiter, quotedLineBreaks, maxRecordBytes } = options;
  let dialect = dialectOf({ ...unusual, delimiter });
  let decoder: Decoder | null | undefined;
  const decoderFor = (head: Uint8Array): Decoder | null => {
    const encoding = unusual?.encoding ?? utf16MarkOf(head);
    return encoding === null ? null : openDecoder(encoding, true);
  };
  const onSeparator = (separator: string) => {
    if (separator === byteStringOfText(delimiter)) return;
    if (unusual?.delimiterIsOpen !== true) throw new SeparatorDiffers(readableText(separator), delimiter);
    dialect = { ...dialect, delimiter: separator };
  };
  const framer = new RecordFramer(
    {
      dialect,
      comment: commentOf(unusual),
      preamble: { skipLines: unusual?.skipLines ?? 0, onSeparator },
      lineBreaks: quotedLineBreaks === 'no' ? 'no' : 'yes',
      maxRecordBytes,
      dropBom: true,
    },
    {
      lines: (bytes, firstLineNumber) => found.lines(bytes, firstLineNumber, dialect),
      spanningRecord: (bytes, firstLineNumber) => found.spanningRecord(bytes, firstLineNumber, dialect),
      malformedLine: (line, lineNumber, reason) => found.malformedLine(line, lineNumber, reason),
      lineBreakInQuotes: () => {
        throw new Error('A line break in quotes is never called an error here');
      },
      lineTooLong: (lineNumber, maxBytes) => {
        throw new LineTooLong(lineNumber, maxBytes);
      },
    },
  );
  return {
    push: (chunk) => {
      if (decoder === undefined) decoder = decoderFor(chunk);
      framer.push(decoder === null ? chunk : decoder.push(chunk));
    },
    end: () => {
      if (decoder) framer.push(decoder.end());
      framer.end();
    },
  };
}

/** UTF-16, if its byte order mark starts the bytes. */
function utf16MarkOf([first, second]: Uint8Array): { readonly label: string } | null {
  if (first === 0xff && second === 0xfe) return { label: 'utf-16le' };
  return first === 0xfe && second === 0xff ? { label: 'utf-16be' } : null;
}
