import type { JobTag } from './engine.js';

/** One text for a tag, to look up jobs by. */
export function keyOfJob({ runId, emit }: JobTag): string {
  return `${runId} ${emit}`;
}
