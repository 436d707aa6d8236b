import { copyBytes, QUOTE, quoteIfNeeded, skipSpaces, skipSpacesBack } from './bytes';
import { date } from './date';
import { dateOfThree } from './date-of-three';
import { HAS_DELIMITER, HAS_QUOTE, VALUE } from './field-index';
import { noteInvalid } from './invalid';
import { mapCase } from './letter-case';
import { round } from './round';
import * as step from './step';
import { trim } from './trim';

/**
 * Maps one field by its rule and writes it to `out`; its text is from `from` to `end`. Returns the byte after it
 * there, or 0 where the record is for the reference.
 */
// @inline
export function mapField(from: usize, end: usize, out: usize, ruled: usize): usize {
  const written = applyRule(from, end, out, ruled);
  return written === 0 ? refuseField(from, end, false, out, ruled) : written;
}

/** The same where a record has quotes; `indexed` is the field's entry in the index. */
export function mapFieldOfQuoted(field: usize, indexed: u32, out: usize, ruled: usize): usize {
  if ((indexed & HAS_QUOTE) !== 0) return 0;
  const quotes = <usize>(<u32>load<u8>(field) === QUOTE);
  const from = field + quotes;
  const end = <usize>(indexed & VALUE) - quotes;
  const hasDelimiter = (indexed & HAS_DELIMITER) !== 0;
  const written = applyRule(from, end, out, ruled);
  if (written === 0) return refuseField(from, end, hasDelimiter, out, ruled);
  return hasDelimiter ? quoteIfNeeded(out, written) : written;
}

/** Applies the rule to the text from `from` to `end`; returns the byte after what it wrote, or 0 if it did not. */
// @inline
function applyRule(from: usize, end: usize, out: usize, ruled: usize): usize {
  const argument = load<u32>(ruled, step.ARGUMENT);
  switch (<u32>load<u8>(ruled, step.OPERATION)) {
    case step.UPPER:
      return mapCase(from, end, out, 0x61, argument);
    case step.LOWER:
      return mapCase(from, end, out, 0x41, argument);
    case step.TRIM:
      return trim(from, end, out);
    case step.DATE:
      return date(from, end, out, argument);
    case step.DATE_OF_THREE: {
      const written = dateOfThree(from, end, out, argument);
      if (written !== 0) return written;
      const first = skipSpaces(from, end);
      return dateOfThree(first, skipSpacesBack(first, end), out, argument);
    }
    case step.ROUND:
      return round(from, end, out, argument, load<u16>(ruled, step.ROUND_UPS));
    default:
      return 0;
  }
}

/** What a rule did not take is invalid if the rule says all, and otherwise left to the reference: 0. */
function refuseField(from: usize, end: usize, hasDelimiter: bool, out: usize, ruled: usize): usize {
  const operation: u32 = load<u8>(ruled, step.OPERATION);
  const action: u32 = load<u8>(ruled, step.ON_INVALID);
  if (operation < step.DATE || action === step.LEAVE_TO_REFERENCE) return 0;
  if (operation === step.ROUND && mayHaveExponent(from, end)) return 0;
  noteInvalid(ruled);
  if (action === step.WRITE_MARKER) {
    const marker: usize = load<u32>(ruled, step.MARKER);
    return copyBytes(marker, marker + load<u32>(ruled, step.MARKER_LENGTH), out);
  }
  const written = copyBytes(from, end, out);
  return hasDelimiter ? quoteIfNeeded(out, written) : written;
}

/** `round` does not read exponents here. */
function mayHaveExponent(from: usize, end: usize): bool {
  for (let at = from + 1; at < end; at++) {
    const before: u32 = load<u8>(at - 1);
    if ((<u32>load<u8>(at) | 0x20) === 0x65 && (before === 0x2e || before - 0x30 <= 9)) return true;
  }
  return false;
}
