import { anyDate } from './any-date';
import { copyBytes, QUOTE, quoteIfNeeded, skipSpaces, skipSpacesBack } from './bytes';
import { date } from './date';
import { hasManyDigits } from './date-number';
import { dateOfThree } from './date-of-three';
import { HAS_DELIMITER, HAS_QUOTE, VALUE } from './field-index';
import { noteInvalid } from './invalid';
import { boolean, day, decimal, integer } from './judge';
import * as layout from './layout';
import { mapCase } from './letter-case';
import { mayBeMoney, money } from './money';
import { round } from './round';
import { trim } from './trim';
import { isBeyondZones } from './zone';

/**
 * Applies the rule of one field to the text from `from` to `end` and writes the result to `out`. Returns the address
 * after the result, or 0 if the reference must map the record.
 */
// @inline
export function mapField(from: usize, end: usize, out: usize, ruled: usize): usize {
  const written = applyRule(from, end, out, ruled);
  return written === 0 ? refuseField(from, end, false, out, ruled) : written;
}

/** The same for a record that has quotes. `indexed` is the field's entry in the index. */
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

/** `mapField` for a result that is put into quotes afterwards, if it needs them. */
export function mapText(from: usize, end: usize, out: usize, ruled: usize): usize {
  const written = applyRule(from, end, out, ruled);
  return written === 0 ? refuseField(from, end, false, out, ruled) : written;
}

/** Applies the rule to the text from `from` to `end`. Returns the address after the result, or 0 if there is none. */
// @inline
export function applyRule(from: usize, end: usize, out: usize, ruled: usize): usize {
  const argument = load<u32>(ruled, layout.ARGUMENT);
  switch (<u32>load<u8>(ruled, layout.OPERATION)) {
    case layout.UPPER:
      return mapCase(from, end, out, 0x61, argument);
    case layout.LOWER:
      return mapCase(from, end, out, 0x41, argument);
    case layout.TRIM:
      return trim(from, end, out);
    case layout.DATE:
      return date(from, end, out, argument);
    case layout.DATE_OF_THREE: {
      const written = dateOfThree(from, end, out, argument);
      if (written !== 0) return written;
      const first = skipSpaces(from, end);
      return dateOfThree(first, skipSpacesBack(first, end), out, argument);
    }
    case layout.ROUND:
      return round(from, end, out, argument, load<u16>(ruled, layout.ROUND_UPS));
    case layout.ANY_DATE:
      return anyDate(from, end, out, argument);
    case layout.MONEY:
      return money(from, end, out, argument, load<u16>(ruled, layout.ROUND_UPS));
    case layout.INTEGER:
      return integer(from, end, out);
    case layout.DECIMAL_NUMBER:
      return decimal(from, end, out, argument);
    case layout.BOOLEAN:
      return boolean(from, end, out);
    case layout.CALENDAR_DAY:
      return day(from, end, out, argument);
    default:
      return 0;
  }
}

/**
 * Handles a field for which the rule gave no result. For rules that judge values (date, round) the field is invalid.
 * For all others this returns 0, and the reference maps the record.
 */
function refuseField(from: usize, end: usize, hasDelimiter: bool, out: usize, ruled: usize): usize {
  const action: u32 = load<u8>(ruled, layout.ON_INVALID);
  if (!isInvalid(from, end, ruled)) return 0;
  noteInvalid(ruled);
  if (action === layout.WRITE_MARKER) {
    const marker: usize = load<u32>(ruled, layout.MARKER);
    return copyBytes(marker, marker + load<u32>(ruled, layout.MARKER_LENGTH), out);
  }
  const written = copyBytes(from, end, out);
  return hasDelimiter ? quoteIfNeeded(out, written) : written;
}

/** Whether a field for which the rule gave no result is invalid; if not, the reference must map the record. */
export function isInvalid(from: usize, end: usize, ruled: usize): bool {
  const operation: u32 = load<u8>(ruled, layout.OPERATION);
  const action: u32 = load<u8>(ruled, layout.ON_INVALID);
  if (operation < layout.DATE || action === layout.LEAVE_TO_REFERENCE) return false;
  if (operation >= layout.INTEGER) return true;
  if (operation === layout.ROUND) return !mayHaveExponent(from, end);
  if (operation === layout.MONEY) return !mayBeMoney(from, end);
  // Spaces beyond ASCII are spaces of a date.
  if (!isAscii(from, end)) return false;
  return operation !== layout.ANY_DATE || !(isBeyondZones || hasManyDigits);
}

function isAscii(from: usize, end: usize): bool {
  for (let at = from; at < end; at++) {
    if (<u32>load<u8>(at) > 0x7f) return false;
  }
  return true;
}

/** Whether the text may be a number with an exponent, which only the reference reads. */
function mayHaveExponent(from: usize, end: usize): bool {
  for (let at = from + 1; at < end; at++) {
    const before: u32 = load<u8>(at - 1);
    if ((<u32>load<u8>(at) | 0x20) === 0x65 && (before === 0x2e || before - 0x30 <= 9)) return true;
  }
  return false;
}
