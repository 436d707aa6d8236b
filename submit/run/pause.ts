import type { LeftInput } from '../errors.js';

/**
 * Steps after which a run can pause. `upload` includes putting inputs together, `verify` the checks; `submit` leaves the job
 * running.
 */
export const PAUSE_POINTS = ['check', 'scan', 'upload', 'mapper', 'submit', 'run', 'verify'] as const;
export type PausePoint = (typeof PAUSE_POINTS)[number];

/** A run that another process is to continue. */
export interface Paused {
  readonly pausedAfter: PausePoint;
  readonly left: readonly LeftInput[];
}
