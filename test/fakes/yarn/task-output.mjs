import { gzipSync } from 'node:zlib';
import { linesOf } from './lines.mjs';

const END = Buffer.from('\n');
const TAB = 0x09;

/**
 * What a mapper wrote → the records of its part file: each line is one. Unless it is to be key alone, what has no tab
 * gets one at its end, for the value after it is empty (TextOutputFormat).
 */
export function recordsIn(stdout, conf) {
  const isKeyOnly = conf.get('stream.map.output') === 'keyonlytext';
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

/** Records as a task that lies writes them; its counters stay those of the truth. */
export function spoil(records, how) {
  const middle = Math.floor(records.length / 2);
  const record = records[middle];
  if (record === undefined) return records;
  switch (how) {
    case 'drop-line':
      return records.toSpliced(middle, 1);
    case 'double-line':
      return records.toSpliced(middle, 0, record);
    case 'corrupt-output': {
      const other = Buffer.from(record);
      if (other.length > 0) other[other.length - 1] ^= 1;
      return records.toSpliced(middle, 1, other);
    }
    default:
      return records;
  }
}
