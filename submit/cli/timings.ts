import type { Machine } from '../context.js';
import type { Listener } from '../report/listeners.js';
import { formatTimings, type TimedPart } from '../report/timings-text.js';
import { timedMachine } from './timed-machine.js';

/** Takes the time of a run, step by step. */
export interface Timings {
  /** To be used by the run. */
  readonly machine: Machine;
  /** Hears when steps start and end. */
  readonly listener: Listener;
  /** Ends the last part, and returns all as text. */
  text(): string;
}

/** Starts to take times. What came before, from the start of the process, is the first part. */
export function takeTimings(machine: Machine): Timings {
  const { machine: timed, operations } = timedMachine(machine);
  const parts: TimedPart[] = [];
  let sinceMs = 0;
  let name = 'start';
  /** The steps that run now: two may do so at once. */
  const running = new Set<string>();
  const nameNow = () => (running.size === 0 ? BETWEEN : [...running].join(' + '));
  const endPart = (next: string) => {
    const nowMs = machine.clock.monotonicMs();
    const part = { name, durationMs: nowMs - sinceMs, operations: operations.take() };
    // Between two steps there is next to nothing.
    if (part.durationMs >= 1 || name !== BETWEEN) parts.push(part);
    sinceMs = nowMs;
    name = next;
  };
  return {
    machine: timed,
    listener(event) {
      switch (event.event) {
        case 'step-started':
          running.add(event.step);
          return endPart(nameNow());
        case 'step-done':
        case 'step-kept':
          running.delete(event.step);
          return endPart(nameNow());
        case 'run-published':
        case 'run-failed':
          return endPart('end');
      }
    },
    text() {
      endPart('');
      return formatTimings(parts);
    },
  };
}

const BETWEEN = 'between';
