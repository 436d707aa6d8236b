/**
 * The kernel: maps lines of CSV from one part of the memory to another by the steps that program.ts lays out.
 * It is AssemblyScript: TypeScript's syntax with WebAssembly's types. compile.mjs compiles it into kernel-module.ts.
 */
import { mapArrangedByField } from './arranged-by-field';
import { mapArrangedRecord } from './arranged-record';
import { setDelimiter, setQuoting } from './bytes';
import { indexFieldsOfDialect } from './dialect-index';
import { addLines, addStripes, countLineEnds, endHash, prepareDigests } from './digest';
import { indexFields, VALUE } from './field-index';
import {
  FIELDS_INDEX_BYTES,
  IS_REJECTED,
  MOST_REJECTED,
  RECORDS_INDEX_BYTES,
  REJECTED,
  REJECTED_BYTES,
  REJECTED_RECORD,
} from './layout';
import { unifyLineEnds } from './line-ends';
import { isOther, plainLines } from './plain-lines';
import { mapRecord } from './record';
import { mapRecordByField } from './record-by-field';

export {
  addLines,
  addStripes,
  countLineEnds,
  endHash,
  isOther,
  plainLines,
  prepareDigests,
  setDelimiter,
  setQuoting,
  unifyLineEnds,
};

/** Where `run` stopped: the address of the first line that it did not map. */
export let at: usize = 0;
/** Where `run` stopped in the output. */
export let out: usize = 0;
/** How many records the last `run` took: those that it wrote, and those that it noted as rejected. */
export let records: u32 = 0;
/** How many of them are rejected. They are not counted in any other way: the host gives them to the reference. */
export let rejected: u32 = 0;

/** Notes that the record at `at` is rejected. False if there is no room: the reference gets it as one not understood. */
function noteRejected(program: usize): bool {
  if (rejected === MOST_REJECTED) return false;
  const entry = <usize>load<u32>(program, REJECTED) + <usize>rejected * REJECTED_BYTES;
  store<u32>(entry, <u32>at);
  store<u32>(entry, records, REJECTED_RECORD);
  rejected++;
  return true;
}

/**
 * Maps the lines from `from` to `end`, each ended by LF, and writes them to `output`, but for rejected records. Stops at a
 * record that it does not understand, or when the output reaches `outputLimit`, which one record may overrun. At `index`
 * there must be space for both indexes, some slack, and 4 bytes for each byte of the longest line.
 */
export function run(
  from: usize,
  end: usize,
  output: usize,
  outputLimit: usize,
  index: usize,
  program: usize,
): void {
  at = from;
  out = output;
  records = 0;
  rejected = 0;
  const fields = index + RECORDS_INDEX_BYTES;
  while (at < end && out < outputLimit) {
    const recordsEnd = indexFields(at, end, fields, index, fields + FIELDS_INDEX_BYTES);
    let first = fields;
    for (let record = index; record < recordsEnd; record += 4) {
      if (out >= outputLimit) return;
      const info = load<u32>(record);
      const next = <usize>(info & VALUE);
      const written = mapRecord(at, first, next, info, out, program);
      if (written > IS_REJECTED) out = written;
      else if (written === 0 || !noteRejected(program)) return;
      at = <usize>(load<u32>(next - 4) & VALUE) + 1;
      records++;
      first = next;
    }
  }
}

/** `run` for programs whose form is BY_FIELD. Several functions, so that the loop of each stays small. */
export function runByField(
  from: usize,
  end: usize,
  output: usize,
  outputLimit: usize,
  index: usize,
  program: usize,
): void {
  at = from;
  out = output;
  records = 0;
  rejected = 0;
  const fields = index + RECORDS_INDEX_BYTES;
  while (at < end && out < outputLimit) {
    const recordsEnd = indexFieldsOfDialect(at, end, fields, index, fields + FIELDS_INDEX_BYTES);
    let first = fields;
    for (let record = index; record < recordsEnd; record += 4) {
      if (out >= outputLimit) return;
      const info = load<u32>(record);
      const next = <usize>(info & VALUE);
      const written = mapRecordByField(at, first, next, info, out, program);
      if (written > IS_REJECTED) out = written;
      else if (written === 0 || !noteRejected(program)) return;
      at = <usize>(load<u32>(next - 4) & VALUE) + 1;
      records++;
      first = next;
    }
  }
}

/** `run` for programs whose steps say which field they take. */
export function runArranged(
  from: usize,
  end: usize,
  output: usize,
  outputLimit: usize,
  index: usize,
  program: usize,
): void {
  at = from;
  out = output;
  records = 0;
  rejected = 0;
  const fields = index + RECORDS_INDEX_BYTES;
  while (at < end && out < outputLimit) {
    const recordsEnd = indexFields(at, end, fields, index, fields + FIELDS_INDEX_BYTES);
    let first = fields;
    for (let record = index; record < recordsEnd; record += 4) {
      if (out >= outputLimit) return;
      const info = load<u32>(record);
      const next = <usize>(info & VALUE);
      const written = mapArrangedRecord(at, first, next, info, out, program);
      if (written > IS_REJECTED) out = written;
      else if (written === 0 || !noteRejected(program)) return;
      at = <usize>(load<u32>(next - 4) & VALUE) + 1;
      records++;
      first = next;
    }
  }
}

/** `runArranged` for programs whose form is BY_FIELD. */
export function runArrangedByField(
  from: usize,
  end: usize,
  output: usize,
  outputLimit: usize,
  index: usize,
  program: usize,
): void {
  at = from;
  out = output;
  records = 0;
  rejected = 0;
  const fields = index + RECORDS_INDEX_BYTES;
  while (at < end && out < outputLimit) {
    const recordsEnd = indexFieldsOfDialect(at, end, fields, index, fields + FIELDS_INDEX_BYTES);
    let first = fields;
    for (let record = index; record < recordsEnd; record += 4) {
      if (out >= outputLimit) return;
      const info = load<u32>(record);
      const next = <usize>(info & VALUE);
      const written = mapArrangedByField(at, first, next, info, out, program);
      if (written > IS_REJECTED) out = written;
      else if (written === 0 || !noteRejected(program)) return;
      at = <usize>(load<u32>(next - 4) & VALUE) + 1;
      records++;
      first = next;
    }
  }
}
