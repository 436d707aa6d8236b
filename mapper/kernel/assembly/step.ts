/** The layout that program.ts writes. A program is a head of PROGRAM_HEAD bytes and its steps, in column order. */

/** u32: the header's text (see `mayBeHeader`), or 0. */
export const HEADER: usize = 0;
/** u32: room for one u32 for each step. */
export const PENDING: usize = 4;
/** u32: fields that a record must have. */
export const FEWEST_FIELDS: usize = 8;
export const MOST_FIELDS: usize = 12;
export const PROGRAM_HEAD: usize = 16;

/** u8: one of the operations below. */
export const OPERATION: usize = 0;
/** u8: one of the actions below. */
export const ON_INVALID: usize = 1;
/** u16: when `round` rounds up (see there). */
export const ROUND_UPS: usize = 2;
/** u32: number of fields, address of a table or of patterns, places. */
export const ARGUMENT: usize = 4;
/** u32: the marker's bytes as they are written, and how many. */
export const MARKER: usize = 8;
export const MARKER_LENGTH: usize = 12;
/** u32: invalid fields so far; the host takes them out. */
export const INVALID_COUNT: usize = 16;
export const STEP_BYTES: usize = 32;

/** Operations. COPY takes several fields, each of the others one. */
export const COPY: u32 = 0;
export const UPPER: u32 = 1;
export const LOWER: u32 = 2;
export const TRIM: u32 = 3;
export const DATE: u32 = 4;
export const DATE_OF_THREE: u32 = 5;
export const ROUND: u32 = 6;

/** What is done about an invalid field. */
export const WRITE_MARKER: u32 = 0;
export const KEEP: u32 = 1;
export const LEAVE_TO_REFERENCE: u32 = 2;
