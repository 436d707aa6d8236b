import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { SALES_COLUMNS } from './cases.mjs';

const SEED = 20150221;

/** The records, as fields, of all CSV files in the folder that have the columns of the sales data. */
export function readSalesRecords(folder) {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.csv')) : [];
  const records = names.sort().flatMap((name) => {
    const [header, ...lines] = readFileSync(join(folder, name), 'utf8').split(/\r?\n/);
    if (header !== SALES_COLUMNS.join(',')) return [];
    return lines.map((line) => line.split(',')).filter((fields) => fields.length === SALES_COLUMNS.length);
  });
  if (records.length === 0) throw new Error(`No CSV file of sales records is in ${folder}`);
  return records;
}

/** Writes the data of a case if they do not exist; returns path, size in bytes and number of records. */
export function generateData(benchCase, recordsOfSales, sales, folder) {
  const { name, columns, record, share = 1, lineEnd = '\n', form = {} } = benchCase;
  const { delimiter = ',' } = form;
  const count = Math.max(1, Math.round(recordsOfSales * share));
  const path = join(folder, `${name}-${count}.csv`);
  if (!existsSync(path)) {
    const file = openSync(`${path}.part`, 'w');
    const random = mulberry32(SEED);
    const allQuoted = name === 'quoted-all';
    let lines = [(allQuoted ? columns.map((column) => `"${column}"`) : columns).join(delimiter)];
    for (let index = 0; index < count; index++) {
      const fields = record([String(index), ...sales[Math.floor(random() * sales.length)]], random);
      lines.push(fields.join(delimiter));
      if (lines.length === 10_000 || index === count - 1) {
        writeSync(file, lines.concat('').join(lineEnd));
        lines = [];
      }
    }
    closeSync(file);
    renameSync(`${path}.part`, path);
  }
  return { path, sizeBytes: statSync(path).size, records: count };
}

/** The first lines of a file, as far as they fit into a number of bytes. */
export function readFirstLines(path, count, most = 64 * 1024) {
  const file = openSync(path, 'r');
  const bytes = Buffer.alloc(most);
  const text = bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0));
  closeSync(file);
  return text.split('\n').slice(0, count).concat('').join('\n');
}

/** A seeded generator of numbers in [0, 1). */
function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
