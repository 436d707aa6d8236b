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
/** u32: address after the last step, and of the buffers for results of steps that others follow. For `runArranged` only. */
export const STEPS_END: usize = 16;
export const SCRATCH: usize = 20;
/** u32: 1 if the output has one column, so that an empty field is quoted. */
export const HAS_ONE_COLUMN: usize = 24;
export const PROGRAM_HEAD: usize = 32;

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
/** For `runArranged` only. u32: 0-based index of the first field that the step takes. */
export const FIELD: usize = 20;
/** u8: the FOLLOWED_BY_… and other flags below. */
export const FLAGS: usize = 24;
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

/** The argument of a COPY that takes all remaining fields. */
export const ALL_FIELDS: u32 = 0;

/** What happens to an invalid field. */
export const WRITE_MARKER: u32 = 0;
export const KEEP: u32 = 1;
export const LEAVE_TO_REFERENCE: u32 = 2;

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
