import { byteStringOfText } from '../../../mapper/records/byte-string.js';
import { plainDialect } from '../../../mapper/records/dialect.js';
import { isHeader } from '../../../mapper/records/header.js';
import { headerMatcherOf } from '../../../mapper/records/header-matcher.js';
import { headerStartOf } from '../../../mapper/records/header-start.js';
import { recordReaderOf } from '../../../mapper/records/record-reader.js';
import { headerLine, writtenFormOf } from '../../../mapper/records/record-writer.js';
import type { KeyLayout } from '../engine.js';

/** Whether the record between two positions, the second behind its LF, is a header. */
export type IsHeaderLine = (bytes: Buffer, from: number, end: number) => boolean;

/** Recognises the headers of part files with this layout, as the mapper writes them. */
export function headerLinesOf({ names, delimiter, form = {} }: KeyLayout): IsHeaderLine {
  if (names === null) return () => false;
  const dialect = plainDialect(delimiter);
  const read = recordReaderOf(dialect);
  if (form.headerMatch === 'loose') {
    const mayStart = headerStartOf([names], dialect);
    const match = headerMatcherOf(names, { isLoose: true });
    return (bytes, from, end) => {
      if (!mayStart(bytes, from)) return false;
      const [fields = []] = read(bytes.subarray(from, end));
      return match(fields) !== null;
    };
  }
  const { comment, ...style } = form;
  const written = writtenFormOf({ delimiter, ...(comment === undefined ? {} : { comment }) }, style);
  const line = headerLine(names.map(byteStringOfText), written);
  // Names that are not in UTF-8 are read as Latin-1.
  const latin1Line = headerLine(names, written);
  return (bytes, from, end) => {
    const length = end - from;
    if (length > line.length || length < latin1Line.length) return false;
    if (length === line.length && line.compare(bytes, from, end) === 0) return true;
    if (latin1Line.length === line.length) return false;
    const [fields = []] = read(bytes.subarray(from, end));
    return isHeader(fields, names);
  };
}
