import type { FailureFacts } from '../errors.js';
import type { MessageEvent } from '../job/sections/scheduled.js';

/** What is remembered between the starts of a job, so that no event is told twice. Times in milliseconds since 1970. JSON. */
export interface Told {
  /** The failure that goes on; null while all is well. */
  readonly failing: {
    readonly code: string;
    readonly sinceMs: number;
    /** Null: it was not told yet. */
    readonly toldMs: number | null;
  } | null;
  /** When something was published last; at first the first start. */
  readonly publishedMs: number | null;
  /** True once it was told that nothing was published for too long. */
  readonly hasToldNoInput: boolean;
}

export const NOTHING_TOLD: Told = { failing: null, publishedMs: null, hasToldNoInput: false };

/** How a start ended. */
export interface Outcome {
  readonly nowMs: number;
  readonly exitCode: number;
  /** A failure code; `bug` for an unexpected error, `input-left` for an output without some inputs; null if all went well. */
  readonly code: FailureFacts['code'] | 'bug' | 'input-left' | null;
  readonly hasPublished: boolean;
}

export interface MessageRules {
  /** Null: nothing is expected. */
  readonly expectEveryMs: number | null;
  readonly repeatAfterMs: number;
}

/** Events that are to be told, and what is remembered when they are. */
export interface Decision {
  readonly events: readonly MessageEvent[];
  readonly told: Told;
}

/**
 * What is to be told of how a start ended. A failure is told once, and again when its cause is another one or after
 * `repeatAfterMs`; its end is told if it was. An overlapping start is no failure of the job. Where something is expected
 * every so often, a run without input is no failure either, until it is overdue.
 */
export function decideMessages(before: Told, outcome: Outcome, rules: MessageRules): Decision {
  const { nowMs, code, hasPublished } = outcome;
  if (code === 'locked') return { events: [], told: before };
  const publishedMs = hasPublished ? nowMs : (before.publishedMs ?? nowMs);
  const isOverdue = rules.expectEveryMs !== null && nowMs - publishedMs >= rules.expectEveryMs;
  const tellsNoInput = isOverdue && !before.hasToldNoInput;
  const hasToldNoInput = !hasPublished && (before.hasToldNoInput || tellsNoInput);
  const events: MessageEvent[] = [];
  let failing = before.failing;
  const waits = (code === 'no-input' || code === 'inputs-not-ready') && rules.expectEveryMs !== null;
  if (waits) {
    // It neither fails nor recovers.
  } else if (code === null) {
    if (failing !== null && failing.toldMs !== null) events.push('recovery');
    failing = null;
  } else {
    const isSame = failing?.code === code;
    const isTold = isSame && failing?.toldMs != null && nowMs - failing.toldMs < rules.repeatAfterMs;
    if (!isTold) events.push('failure');
    failing = {
      code,
      sinceMs: failing?.sinceMs ?? nowMs,
      toldMs: isTold ? (failing?.toldMs ?? nowMs) : nowMs,
    };
  }
  if (tellsNoInput) events.push('noInput');
  return { events, told: { failing, publishedMs, hasToldNoInput } };
}

/** What is remembered once something was published at that time, by a start or otherwise; null: never. */
export function withPublished(told: Told, publishedMs: number | null): Told {
  if (publishedMs === null || (told.publishedMs !== null && told.publishedMs >= publishedMs)) return told;
  return { ...told, publishedMs, hasToldNoInput: false };
}

/** What is remembered if an event could not be told: the next start tells it. */
export function untold(told: Told, event: MessageEvent): Told {
  if (event === 'noInput') return { ...told, hasToldNoInput: false };
  if (event === 'failure' && told.failing !== null)
    return { ...told, failing: { ...told.failing, toldMs: null } };
  return told;
}
