/** The modes of Java's `RoundingMode`, as written in a job file. */
export const ROUNDING_MODES = [
  'half-even',
  'half-up',
  'half-down',
  'up',
  'down',
  'ceiling',
  'floor',
  'unnecessary',
] as const;
export type RoundingMode = (typeof ROUNDING_MODES)[number];
