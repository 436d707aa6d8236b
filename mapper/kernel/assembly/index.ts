/**
 * The kernel: maps lines of CSV from one part of the memory to another by the steps that program.ts lays out.
 * AssemblyScript: TypeScript's syntax with WebAssembly's types; compile.mjs makes kernel-module.ts of it.
 */
import { setDelimiter } from './bytes';
import { indexEnd, indexFields, VALUE } from './field-index';
import { mapRecord } from './record';

export { setDelimiter };

/** The index is made for so many bytes of it at once, few enough to stay in the processor's nearest cache. */
const INDEX_BYTES: usize = 16 * 1024;

/** Where `run` stopped: the first byte of the line that it did not take. */
export let at: usize = 0;
/** Where `run` stopped in the output. */
export let out: usize = 0;
/** Records that the last `run` wrote. */
export let records: u32 = 0;

/**
 * Maps the lines from `from` to `end`, each ended by LF, and writes them to `output`. Stops at a record that it does
 * not understand, or when the output has come to `outputLimit`; one record may go beyond that. `index` is room for
 * INDEX_BYTES and 8 bytes for each byte of the longest line.
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
  while (at < end && out < outputLimit) {
    indexFields(at, end, index, index + INDEX_BYTES);
    for (let record = index; record < indexEnd; ) {
      if (out >= outputLimit) return;
      const last = record + ((<usize>(load<u32>(record) & VALUE)) << 2);
      const written = mapRecord(at, record, out, program);
      if (written === 0) return;
      out = written;
      at = <usize>(load<u32>(last) & VALUE) + 1;
      records++;
      record = last + 4;
    }
  }
}
