import { copyBytes, inputQuote, LF, QUOTE } from './bytes';
import { HAS_ESCAPE, HAS_QUOTE, HAS_QUOTES, VALUE } from './field-index';
import { countUnlessRejected, forgetInvalid } from './invalid';
import * as layout from './layout';
import { isUnknownByField } from './record-by-field';
import { applyRules } from './rules-of-field';
import { finishField, isNull } from './written-field';

/** `mapArrangedRecord` for programs whose form is BY_FIELD: each field is looked at, for nulls and for quotes. */
export function mapArrangedByField(
  line: usize,
  first: usize,
  next: usize,
  flags: u32,
  output: usize,
  program: usize,
): usize {
  if (isUnknownByField(line, <u32>(next - first) >> 2, flags, program)) return 0;
  forgetInvalid(load<u32>(program, layout.PENDING));
  const hasQuotes = (flags & HAS_QUOTES) !== 0;
  const form = load<u32>(program, layout.FORM);
  const nulls: usize = load<u32>(program, layout.NULLS);
  const outDelimiter: usize = load<u32>(program, layout.OUT_DELIMITER_TEXT);
  const outDelimiterEnd = outDelimiter + <usize>load<u32>(program, layout.OUT_DELIMITER_LENGTH);
  const room = <usize>((form & layout.QUOTES_ALL) !== 0);
  const scratch: usize = load<u32>(program, layout.SCRATCH);
  const stepsEnd: usize = load<u32>(program, layout.STEPS_END);
  let step = program + layout.PROGRAM_HEAD;
  let isFirst = true;
  let out = output;
  while (step < stepsEnd) {
    const isCopy = <u32>load<u8>(step, layout.OPERATION) === layout.COPY;
    const count = isCopy ? load<u32>(step, layout.ARGUMENT) : 1;
    let stepFlags: u32 = load<u8>(step, layout.FLAGS);
    const isDropped = (stepFlags & layout.IS_DROPPED) !== 0;
    let entry = first + ((<usize>load<u32>(step, layout.FIELD)) << 2);
    const last = count === layout.ALL_FIELDS ? next - 4 : entry + ((<usize>(count - 1)) << 2);
    for (; entry <= last; entry += 4) {
      const field = load<u32>(entry);
      const from = entry === first ? line : <usize>(load<u32>(entry - 4) & VALUE) + 1;
      const end: usize = field & VALUE;
      const quotes = <usize>(hasQuotes && <u32>load<u8>(from) === inputQuote);
      const place = isFirst || isDropped ? out : copyBytes(outDelimiter, outDelimiterEnd, out);
      const start = place + room;
      let written = start;
      if (nulls === 0 || quotes !== 0 || !isNull(from, end, nulls)) {
        if ((field & (HAS_QUOTE | HAS_ESCAPE)) !== 0) return 0;
        written = isCopy
          ? copyBytes(from + quotes, end - quotes, start)
          : applyRules(from + quotes, end - quotes, false, start, step, scratch);
        if (written === 0) return 0;
      }
      if (!isDropped) {
        out = finishField(start, written, program);
        isFirst = false;
      }
    }
    while ((stepFlags & (layout.FOLLOWED_BY_RULE | layout.FOLLOWED_BY_RULES)) !== 0) {
      step += layout.STEP_BYTES;
      stepFlags = load<u8>(step, layout.FLAGS);
    }
    step += layout.STEP_BYTES;
  }
  if (!countUnlessRejected(line)) return layout.IS_REJECTED;
  // A record of one empty field would be a blank line.
  if (out === output && (form & layout.QUOTES_EMPTY) !== 0) {
    store<u8>(out++, QUOTE);
    store<u8>(out++, QUOTE);
  }
  store<u8>(out++, LF);
  return out;
}
