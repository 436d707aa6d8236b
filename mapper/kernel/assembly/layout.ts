/**
 * The numbers that the host and the kernel share. This file is both TypeScript and AssemblyScript: the host imports it
 * (assembly-types.d.ts declares `u32` and `usize` for it), and compile.mjs compiles it with the kernel. Offsets and
 * sizes are in bytes; numbers in memory are little-endian.
 */

/** A program: a head of PROGRAM_HEAD bytes, and its steps in column order. program.ts writes it. */
/** u32: address of the header's text (see `mayBeHeader` in record.ts), or 0. */
export const HEADER: usize = 0;
/** u32: address of an array of one u32 per step, for the invalid fields of the current record. */
export const PENDING: usize = 4;
/** u32: the fewest and the most fields that a record may have. */
export const FEWEST_FIELDS: usize = 8;
export const MOST_FIELDS: usize = 12;
/** u32: flags. Without BY_FIELD the records are RFC 4180, and so is the output, with the same delimiter. */
export const FORM: usize = 16;
/** For `runArranged…` only. u32: address after the last step, and of the buffers for results of steps that others follow. */
export const STEPS_END: usize = 20;
export const SCRATCH: usize = 24;
/** The following are for BY_FIELD alone. u32: the first byte of the delimiter in the output. */
export const OUT_DELIMITER: usize = 28;
/** u32: address of the texts that are null, or 0. A u32 with their number, then NULL_BYTES for each. */
export const NULLS: usize = 32;
/** u32: address of the text that is written for empty fields, and its length. */
export const NULL_TEXT: usize = 36;
export const NULL_TEXT_LENGTH: usize = 40;
/** u32: address of the delimiter in the output, and its length, at most MAX_NULL_BYTES. */
export const OUT_DELIMITER_TEXT: usize = 44;
export const OUT_DELIMITER_LENGTH: usize = 48;
/** u32: address of the records that `run` finds rejected: for each its address, and the records before it in the same `run`. */
export const REJECTED: usize = 52;
export const PROGRAM_HEAD: usize = 64;

export const REJECTED_RECORD: usize = 4;
export const REJECTED_BYTES: usize = 8;
export const MOST_REJECTED: u32 = 1024;
/** What `mapRecord` returns for a rejected record. */
export const IS_REJECTED: usize = 1;

/** Flags of FORM. */
export const BY_FIELD: u32 = 1;
export const QUOTES_ALL: u32 = 2;
export const LOOSE_HEADER: u32 = 4;
/** The output has one column: a record of one empty field would be a blank line, so it is quoted. */
export const QUOTES_EMPTY: u32 = 8;

/** A text that is null: a u32 with its length, 12 bytes of space, and MAX_NULL_BYTES of text. */
export const NULL_BYTES: usize = 32;
export const NULL_START: usize = 16;
export const MAX_NULL_BYTES: usize = 16;

/** A step of STEP_BYTES bytes. */
/** u8: one of the operations below. */
export const OPERATION: usize = 0;
/** u8: one of the actions below. */
export const ON_INVALID: usize = 1;
/** u16: one of the ROUND_… numbers below. */
export const ROUND_UPS: usize = 2;
/** u32: number of fields, address of a table or of patterns, or places. */
export const ARGUMENT: usize = 4;
/** u32: address of the marker as it is written, and its length. */
export const MARKER: usize = 8;
export const MARKER_LENGTH: usize = 12;
/** u32: number of invalid fields; the host reads it and resets it to 0. */
export const INVALID_COUNT: usize = 16;
/** u32: address of the record that raised INVALID_COUNT from 0. */
export const FIRST_INVALID: usize = 20;
/** For `runArranged…` only. u32: 0-based index of the first field that the step takes. */
export const FIELD: usize = 24;
/** u8: the FOLLOWED_BY_… and other flags below. */
export const FLAGS: usize = 28;
export const STEP_BYTES: usize = 32;

/** Flags of a step. Its result goes to the next step: of the same rules, or of those that come after them. */
export const FOLLOWED_BY_RULE: u32 = 1;
export const FOLLOWED_BY_RULES: u32 = 2;
/** The field is not written: its rules only count and refuse. */
export const IS_DROPPED: u32 = 4;
/** Invalid fields are counted elsewhere. */
export const IS_COUNTED_ELSEWHERE: u32 = 8;

/** Size of a buffer for the result of a step, and the most steps that one field may have. */
export const SCRATCH_BYTES: usize = 260 * 1024;
export const MAX_CHAIN: usize = 5;

/** Operations. COPY takes several fields, each of the others takes one. Operations from DATE on judge values. */
export const COPY: u32 = 0;
export const UPPER: u32 = 1;
export const LOWER: u32 = 2;
export const TRIM: u32 = 3;
export const DATE: u32 = 4;
export const DATE_OF_THREE: u32 = 5;
export const ROUND: u32 = 6;
export const MONEY: u32 = 7;
export const ANY_DATE: u32 = 8;
/** From here on 0 always means that the field is invalid. */
export const INTEGER: u32 = 9;
export const DECIMAL_NUMBER: u32 = 10;
export const BOOLEAN: u32 = 11;
export const CALENDAR_DAY: u32 = 12;

/** The argument of a DECIMAL that may have any number of digits. */
export const ANY_DIGITS: u32 = 0xffffffff;

/** The argument of a COPY that takes all remaining fields. */
export const ALL_FIELDS: u32 = 0;

/** What happens to an invalid field. */
export const WRITE_MARKER: u32 = 0;
export const KEEP: u32 = 1;
export const LEAVE_TO_REFERENCE: u32 = 2;
/** The record is not written. */
export const REJECT: u32 = 3;

/**
 * When `round` adds 1 in the last place kept. The low byte is for numbers without a minus sign, the high byte for
 * numbers with one. Bit 2 × class is for an even last digit, the next bit for an odd one. The class of the digits cut
 * off is 0 for only zeros, 1 for less than half, 2 for exactly half, 3 for more than half.
 */
export const ROUND_HALF_EVEN: u32 = 0xe0e0;
export const ROUND_HALF_UP: u32 = 0xf0f0;
export const ROUND_HALF_DOWN: u32 = 0xc0c0;
export const ROUND_AWAY_FROM_ZERO: u32 = 0xfcfc;
export const ROUND_TO_ZERO: u32 = 0;
export const ROUND_CEILING: u32 = 0x00fc;
export const ROUND_FLOOR: u32 = 0xfc00;

/**
 * Patterns of `date`: a byte with the number of `from` patterns, those patterns, and the `to` pattern. A pattern is a
 * byte with the number of its elements, and four bytes per element. These are LITERAL, its byte, 0, 0; or the offset of
 * a part (see below), fewest digits, most digits, and 1 for a two-digit year.
 */
export const LITERAL: u32 = 0xff;
/** Offsets of the parts of a date, eight bytes each. */
export const YEAR: usize = 0;
export const MONTH: usize = 8;
export const DAY: usize = 16;
export const HOUR: usize = 24;
export const MINUTE: usize = 32;
export const SECOND: usize = 40;

/**
 * The argument of DATE_OF_THREE: first the two bytes between the numbers to read. At WRITTEN_LENGTH, the length of the
 * result. From SHUFFLES on, 16 bytes per combination of digit counts, which gather the digits as YYYYMMDD. At ORDER, 16
 * bytes that put those digits in the order of the result. At ADDED, 16 bytes to add to them.
 */
export const WRITTEN_LENGTH: usize = 2;
export const SHUFFLES: usize = 16;
export const ORDER: usize = SHUFFLES + 64 * 16;
export const ADDED: usize = ORDER + 16;
export const DATE_OF_THREE_BYTES: usize = ADDED + 16;
/** In a shuffle: gives a zero byte. */
export const GATHER_ZERO: u32 = 0x80;
/** First byte of a shuffle: the pattern does not allow these digit counts. */
export const NOT_OF_PATTERN: u32 = 0xff;

/**
 * The argument of ANY_DATE: u32 number of `from` patterns; u32 offsets of the zone that is read and of the one that is written,
 * or 0. From ANY_PATTERNS on the patterns, `to` last: u32 number of elements, four bytes free, and eight bytes per element: u8
 * what it is, three u8 and a u32 for it. Offsets are from the start of the argument.
 */
export const ANY_READ_ZONE: usize = 4;
export const ANY_WRITE_ZONE: usize = 8;
export const ANY_PATTERNS: usize = 16;
/** u8: the byte. */
export const ANY_LITERAL: u32 = 0;
/** u8: fewest digits; u8: most; u8: the part; u32: NOT_TWO_DIGITS, or 0. Written with at least the fewest digits. */
export const ANY_NUMBER: u32 = 1;
export const NOT_TWO_DIGITS: u32 = 1;
/** u32: the first of the hundred years. */
export const ANY_YEAR_OF_CENTURY: u32 = 2;
/** u8: digits; u32: nanoseconds of the last digit. */
export const ANY_FRACTION: u32 = 3;
/** u8: flags. */
export const ANY_OFFSET: u32 = 4;
export const OFFSET_Z: u32 = 1;
export const OFFSET_COLON: u32 = 2;
export const OFFSET_MAY_END: u32 = 4;
/** u8: 1 if a point behind it is taken. */
export const ANY_HALF: u32 = 5;
/**
 * u8: 1 if a point behind it is taken; u8; u8: the part; u32: offset of the names. Names that are read are a byte with the length,
 * one with the value of the part, and the letters in lower case; a length of 0 ends them. Names that are written have 16 bytes
 * each, the first with the length.
 */
export const ANY_NAME: u32 = 6;
/** The whole text is a number, see date-number.ts. u8: 1 for milliseconds; u8: 1 for the 1904 date system. */
export const ANY_EPOCH: u32 = 7;
export const ANY_SERIAL: u32 = 8;
/** The parts of a date. */
export const PART_YEAR: u32 = 0;
export const PART_MONTH: u32 = 1;
export const PART_DAY: u32 = 2;
export const PART_HOUR: u32 = 3;
export const PART_MINUTE: u32 = 4;
export const PART_SECOND: u32 = 5;
export const PART_HOUR12: u32 = 6;
export const PART_HALF: u32 = 7;
export const PART_NANOSECOND: u32 = 8;
export const PART_WEEKDAY: u32 = 9;
export const NO_WEEKDAY: u32 = 7;
/**
 * A zone: u32 number of changes; i32 the first offset; i64 the moment at which the table ends; the offsets that there are, the
 * largest first, and their number; and for each change its moment as i64, the offset after it as i32, and four bytes free.
 */
export const ZONE_COUNT: usize = 0;
export const ZONE_FIRST: usize = 4;
export const ZONE_LIMIT: usize = 8;
export const ZONE_OFFSET_COUNT: usize = 16;
export const ZONE_OFFSETS: usize = 20;
export const MOST_ZONE_OFFSETS = 31;
export const ZONE_CHANGES: usize = 144;
export const NO_OFFSET = -0x80000000;

/**
 * The argument of MONEY, a style of numbers. First a byte for each char of ASCII: what it is around the digits (MARK), and
 * whether it is a decimal or a group sign between them; a byte without any of these belongs to a word.
 */
export const MARK: u32 = 0x0f;
export const MARK_SPACE: u32 = 1;
export const MARK_MINUS: u32 = 2;
export const MARK_PLUS: u32 = 3;
export const MARK_OPEN: u32 = 4;
export const MARK_CLOSE: u32 = 5;
export const MARK_PERCENT: u32 = 6;
export const DECIMAL: u32 = 0x10;
export const GROUP: u32 = 0x20;
/** u32: digits after the point of the result. */
export const PLACES: usize = 128;
/** u8: digits of all groups but the last, and of the last. */
export const FIRST_GROUPS: usize = 132;
export const LAST_GROUP: usize = 133;
/** u8: 1 if currencies, parentheses and a minus at the end are taken; what a percent sign means. */
export const HAS_CURRENCY: usize = 134;
export const PERCENT: usize = 135;
export const PERCENT_NONE: u32 = 0;
export const PERCENT_DROP: u32 = 1;
export const PERCENT_DIVIDE: u32 = 2;
/** u8: the group sign and the decimal sign of the short way; both 0 where groups have other sizes than three digits. */
export const GROUP_SIGN: usize = 136;
export const DECIMAL_SIGN: usize = 137;
/** A bit for each code of three letters, AAA to ZZZ. */
export const CODES: usize = 144;
/**
 * A table of u64, of which each is the UTF-8 of a sign or short name of a currency, or of two words that name one together
 * with a space between them, or 0: open addressing.
 */
export const SIGNS: usize = CODES + 2200;
export const SIGNS_BYTES: usize = 16 * 1024;
/** For each place of the point in 16 bytes, and 16 for none, a shuffle that leaves out the group signs before it. */
export const WITHOUT_GROUPS: usize = SIGNS + SIGNS_BYTES;
/**
 * What the last texts around numbers meant, by a hash of them: u64 the text before, u64 the text behind, u32 flags. At first
 * all zeros.
 */
export const AROUND: usize = WITHOUT_GROUPS + 17 * 16;
export const AROUND_COUNT: usize = 16;
export const AROUND_BYTES: usize = 24;
export const AROUND_AFTER: usize = 8;
export const AROUND_FLAGS: usize = 16;
export const IS_KNOWN: u32 = 1;
export const IS_SHORT_WAY: u32 = 2;
export const IS_NEGATIVE: u32 = 4;
export const MONEY_BYTES: usize = AROUND + AROUND_COUNT * AROUND_BYTES;

/** Indexing stops when the field index has this size: small enough to stay in the processor's L1 cache. */
export const FIELDS_INDEX_BYTES: usize = 16 * 1024;
/** Size of the record index. Each block of input may add 32 fields and as many records. */
export const RECORDS_INDEX_BYTES: usize = FIELDS_INDEX_BYTES + 256;

/** Addresses of the keys and of the masks of digests; `prepareDigests` writes them. */
export const DIGEST_KEYS: usize = 1024;
export const DIGEST_KEY_BYTES: usize = 1024;
export const DIGEST_MASKS: usize = DIGEST_KEYS + DIGEST_KEY_BYTES;
/** Here the host puts the state of a digest. */
export const DIGEST_STATE: usize = DIGEST_MASKS + 128;
/** A state: u64 sum of the hashes so far; the four sums of a hash that is under way; u32 offset of its next key. */
export const SUM: usize = 0;
export const HASH: usize = 16;
export const KEY_OFFSET: usize = 48;
export const STATE_BYTES: usize = 64;
