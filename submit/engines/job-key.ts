import type { JobTag } from './engine.js';

/** A tag as one string, to use as a map key. */
export function keyOfJob({ runId, emit }: JobTag): string {
  return `${runId} ${emit}`;
}
