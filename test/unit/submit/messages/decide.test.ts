import { describe, expect, it } from 'vitest';
import {
  decideMessages,
  NOTHING_TOLD,
  type Outcome,
  type Told,
  untold,
} from '../../../../submit/messages/decide.js';

const HOUR = 3_600_000;
const RULES = { expectEveryMs: null, repeatAfterMs: 12 * HOUR };
const end = (hours: number, code: Outcome['code'], hasPublished = code === null): Outcome => ({
  nowMs: 1e12 + hours * HOUR,
  exitCode: code === null ? 0 : 1,
  code,
  hasPublished,
});
/** The events of some starts, one after the other. */
const eventsOf = (outcomes: readonly Outcome[], rules: Parameters<typeof decideMessages>[2] = RULES) => {
  let told: Told = NOTHING_TOLD;
  return outcomes.map((outcome) => {
    const decided = decideMessages(told, outcome, rules);
    told = decided.told;
    return decided.events.join();
  });
};

describe('what is told of a scheduled job', () => {
  it('is one failure however often it fails for the same cause, and one recovery', () => {
    const outcomes = [
      end(0, null),
      end(1, 'store'),
      end(2, 'store'),
      end(3, 'store'),
      end(4, null),
      end(5, null),
    ];
    expect(eventsOf(outcomes)).toEqual(['', 'failure', '', '', 'recovery', '']);
  });

  it('is a failure again when its cause is another one, and after some time', () => {
    expect(eventsOf([end(0, 'store'), end(1, 'job-failed'), end(2, 'job-failed')])).toEqual([
      'failure',
      'failure',
      '',
    ]);
    expect(eventsOf([end(0, 'store'), end(11, 'store'), end(12, 'store'), end(13, 'store')])).toEqual([
      'failure',
      '',
      'failure',
      '',
    ]);
  });

  it('is nothing for an overlapping start, which leaves a failure as it is', () => {
    expect(eventsOf([end(0, 'locked'), end(1, 'store'), end(2, 'locked'), end(3, null)])).toEqual([
      '',
      'failure',
      '',
      'recovery',
    ]);
  });

  it('is once that nothing was published for too long, and not that a single run had no input', () => {
    const rules = { ...RULES, expectEveryMs: 24 * HOUR };
    const outcomes = [
      end(0, null),
      end(20, 'no-input'),
      end(24, 'no-input'),
      end(48, null, false),
      end(50, null),
      end(74, null, false),
    ];
    expect(eventsOf(outcomes, rules)).toEqual(['', '', 'noInput', '', '', 'noInput']);
    expect(eventsOf([end(0, 'no-input')])).toEqual(['failure']);
  });

  it('is told by the next start if it could not be sent', () => {
    const first = decideMessages(NOTHING_TOLD, end(0, 'store'), RULES);
    const second = decideMessages(untold(first.told, 'failure'), end(1, 'store'), RULES);
    expect(second.events).toEqual(['failure']);
    // Who never heard of the failure does not hear of its end.
    expect(decideMessages(untold(second.told, 'failure'), end(2, null), RULES).events).toEqual([]);
  });
});
