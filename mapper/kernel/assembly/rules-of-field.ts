import { copyBytes, LF, quoteIfNeeded } from './bytes';
import { applyRule, isInvalid } from './field';
import { noteInvalid } from './invalid';
import * as layout from './layout';

/**
 * Applies the rules of a field to the text from `from` to `end`: those of the step, and those that follow it. Writes the
 * result to `out`. Returns the address after it, or 0 if the reference must map the record. At `scratch` there are
 * buffers for the results between the rules.
 *
 * Where a rule finds the text invalid, the rules that follow it in the same list are left out, and `keep` means the text
 * that this list was given.
 */
export function applyRules(
  from: usize,
  end: usize,
  hasDelimiter: bool,
  out: usize,
  firstStep: usize,
  scratch: usize,
): usize {
  let step = firstStep;
  let buffer = scratch;
  let given = from;
  let givenEnd = end;
  let text = from;
  let textEnd = end;
  while (true) {
    let flags: u32 = load<u8>(step, layout.FLAGS);
    const isLast = (flags & (layout.FOLLOWED_BY_RULE | layout.FOLLOWED_BY_RULES)) === 0;
    const written = applyRule(text, textEnd, isLast ? out : buffer, step);
    if (written !== 0) {
      if (isLast) return hasDelimiter ? quoteIfNeeded(out, written) : written;
      // Rules look at the byte behind the text: it must be no part of a date or a number.
      store<u8>(written, LF);
      text = buffer;
      textEnd = written;
      buffer += layout.SCRATCH_BYTES;
    } else {
      if (!isInvalid(text, textEnd, step)) return 0;
      if ((flags & layout.IS_COUNTED_ELSEWHERE) === 0) noteInvalid(step);
      const writesMarker = <u32>load<u8>(step, layout.ON_INVALID) === layout.WRITE_MARKER;
      const marker: usize = load<u32>(step, layout.MARKER);
      const markerEnd = marker + load<u32>(step, layout.MARKER_LENGTH);
      while ((flags & layout.FOLLOWED_BY_RULE) !== 0) {
        step += layout.STEP_BYTES;
        flags = load<u8>(step, layout.FLAGS);
      }
      if ((flags & layout.FOLLOWED_BY_RULES) === 0) {
        if (writesMarker) return copyBytes(marker, markerEnd, out);
        const kept = copyBytes(given, givenEnd, out);
        return hasDelimiter ? quoteIfNeeded(out, kept) : kept;
      }
      // A marker is written as CSV, which is no text for a rule.
      if (writesMarker) return 0;
      text = given;
      textEnd = givenEnd;
    }
    if ((flags & layout.FOLLOWED_BY_RULES) !== 0) {
      given = text;
      givenEnd = textEnd;
    }
    step += layout.STEP_BYTES;
  }
}
