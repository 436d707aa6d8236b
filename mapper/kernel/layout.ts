/** The layout of a program in the kernel's memory; the same as in assembly/step.ts. All numbers are little-endian. */

/** The program's head: u32 each. */
export const HEAD = { header: 0, pending: 4, fewestFields: 8, mostFields: 12, bytes: 16 } as const;

/** One step: offsets of its parts, and its size. */
export const STEP = {
  operation: 0,
  onInvalid: 1,
  roundUps: 2,
  argument: 4,
  marker: 8,
  markerLength: 12,
  invalidCount: 16,
  bytes: 32,
} as const;

/** `copy` takes a number of fields without a rule; 0 is all that are left. */
export const OPERATION = { copy: 0, upper: 1, lower: 2, trim: 3, date: 4, dateOfThree: 5, round: 6 } as const;

/** What is done about an invalid field. */
export const ON_INVALID = { writeMarker: 0, keep: 1, leaveToReference: 2 } as const;

/** When the magnitude goes up, as assembly/round.ts has it: numbers without a minus in the low byte. */
export const ROUND_UPS = {
  'half-even': 0xe0e0,
  'half-up': 0xf0f0,
  'half-down': 0xc0c0,
  up: 0xfcfc,
  down: 0,
  ceiling: 0x00fc,
  floor: 0xfc00,
} as const;
