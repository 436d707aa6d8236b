import { gzipSync } from 'node:zlib';
import { linesOf } from './lines.mjs';

const END = Buffer.from('\n');
const TAB = 0x09;

/** A mapper's stdout → keys and values for reducers: a line without a tab is a key with an empty value. */
export function keysAndValuesIn(stdout, how) {
  return spoil([...linesOf(stdout)], how).map((line) => {
    const tab = line.indexOf(TAB);
    return tab === -1
      ? { key: line, value: Buffer.alloc(0) }
      : { key: line.subarray(0, tab), value: line.subarray(tab + 1) };
  });
}

/**
 * The stdout of a mapper or reducer → the records of its part file, one per line. Unless lines are keys only, a line without a tab is a
 * key with an empty value, so a separator follows it (TextOutputFormat).
 */
export function recordsIn(stdout, conf, kind) {
  const isKeyOnly = conf.get(`stream.${kind}.output`) === 'keyonlytext';
  const separator = Buffer.from(conf.get('mapreduce.output.textoutputformat.separator'));
  return [...linesOf(stdout)].map((line) => {
    if (isKeyOnly) return line;
    const tab = line.indexOf(TAB);
    return tab === -1
      ? Buffer.concat([line, separator])
      : Buffer.concat([line.subarray(0, tab), separator, line.subarray(tab + 1)]);
  });
}

/** The bytes of a part file. */
export function partBytes(records, conf) {
  const bytes = Buffer.concat(records.flatMap((record) => [record, END]));
  return isGzip(conf) ? gzipSync(bytes) : bytes;
}

/** `part-00007`, by the task's number. */
export function partName(taskNumber, conf) {
  return `part-${String(taskNumber).padStart(5, '0')}${isGzip(conf) ? '.gz' : ''}`;
}

function isGzip(conf) {
  return (
    conf.flag('mapreduce.output.fileoutputformat.compress') &&
    conf.get('mapreduce.output.fileoutputformat.compress.codec').endsWith('GzipCodec')
  );
}

/** A line that another has taken the place of: its last byte differs. */
export function corrupted(line) {
  const other = Buffer.from(line);
  if (other.length > 0) other[other.length - 1] ^= 1;
  return other;
}

/** The records with a fault of the kind `how`. The task's counters stay correct. */
export function spoil(records, how) {
  const middle = Math.floor(records.length / 2);
  const record = records[middle];
  if (record === undefined) return records;
  switch (how) {
    case 'drop-line':
      return records.toSpliced(middle, 1);
    case 'double-line':
      return records.toSpliced(middle, 0, record);
    case 'corrupt-output':
      return records.toSpliced(middle, 1, corrupted(record));
    case 'swap-lines':
      // A single record has none to change places with.
      return middle === 0 ? records : records.toSpliced(middle - 1, 2, record, records[middle - 1] ?? record);
    default:
      return records;
  }
}
