import { copyBytes, delimiter, LF, QUOTE } from './bytes';
import { HAS_DELIMITER, HAS_QUOTE, HAS_QUOTES, VALUE } from './field-index';
import { countUnlessRejected, forgetInvalid } from './invalid';
import * as layout from './layout';
import { copyQuotedFields, isUnknown } from './record';
import { applyRules } from './rules-of-field';

/**
 * `mapRecord` for programs whose output has other columns than the data, or whose fields have several rules: each step
 * says which field it takes. Steps are in the order of the output.
 */
export function mapArrangedRecord(
  line: usize,
  first: usize,
  next: usize,
  flags: u32,
  output: usize,
  program: usize,
): usize {
  if (isUnknown(line, <u32>(next - first) >> 2, flags, program)) return 0;
  forgetInvalid(load<u32>(program, layout.PENDING));
  const hasQuotes = (flags & HAS_QUOTES) !== 0;
  const scratch: usize = load<u32>(program, layout.SCRATCH);
  const stepsEnd: usize = load<u32>(program, layout.STEPS_END);
  let step = program + layout.PROGRAM_HEAD;
  let out = output;
  while (step < stepsEnd) {
    const field: usize = load<u32>(step, layout.FIELD);
    const entry = first + (field << 2);
    const from = field === 0 ? line : <usize>(load<u32>(entry - 4) & VALUE) + 1;
    if (<u32>load<u8>(step, layout.OPERATION) === layout.COPY) {
      const count = load<u32>(step, layout.ARGUMENT);
      const last = count === layout.ALL_FIELDS ? next - 4 : entry + ((<usize>(count - 1)) << 2);
      // No field may be left to copy.
      if (last >= entry) {
        out = hasQuotes
          ? copyQuotedFields(from, entry, last, out)
          : copyBytes(from, load<u32>(last) & VALUE, out);
        store<u8>(out++, delimiter);
      }
      step += layout.STEP_BYTES;
      continue;
    }
    const indexed = load<u32>(entry);
    if ((indexed & HAS_QUOTE) !== 0) return 0;
    const quotes = <usize>(hasQuotes && <u32>load<u8>(from) === QUOTE);
    const end = <usize>(indexed & VALUE) - quotes;
    const written = applyRules(from + quotes, end, (indexed & HAS_DELIMITER) !== 0, out, step, scratch);
    if (written === 0) return 0;
    let stepFlags: u32 = load<u8>(step, layout.FLAGS);
    if ((stepFlags & layout.IS_DROPPED) === 0) {
      out = written;
      store<u8>(out++, delimiter);
    }
    while ((stepFlags & (layout.FOLLOWED_BY_RULE | layout.FOLLOWED_BY_RULES)) !== 0) {
      step += layout.STEP_BYTES;
      stepFlags = load<u8>(step, layout.FLAGS);
    }
    step += layout.STEP_BYTES;
  }
  if (!countUnlessRejected(line)) return layout.IS_REJECTED;
  // A record of one empty field would be a blank line.
  if (out - output === 1 && (load<u32>(program, layout.FORM) & layout.QUOTES_EMPTY) !== 0) {
    store<u8>(out - 1, QUOTE);
    store<u8>(out++, QUOTE);
    out++;
  }
  store<u8>(out - 1, LF);
  return out;
}
