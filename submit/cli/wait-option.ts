import { DURATION_FORM, parseDuration } from '../config/durations.js';
import { Failure } from '../errors.js';
import type { OptionDefinitions } from './define-command.js';

const FOR_EVER = 'forever';

/** The flag that lets a run wait for another one. */
export const WAIT_OPTION = {
  wait: {
    type: 'text',
    value: 'TIME',
    group: 'Output',
    describe: `While another run holds the lock of the output, wait for its end, at most that long: ${DURATION_FORM}`,
    default: 'end at once with exit code 8; without TIME: as long as it takes',
    optional: { implied: FOR_EVER, accepts: /^\d[\d.]*\s*[a-z]+$/i },
  },
} as const satisfies OptionDefinitions;

/** `--wait` → milliseconds. Throws `usage`. */
export function waitMsOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (text === FOR_EVER) return Number.POSITIVE_INFINITY;
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new Failure('usage', { problem: `--wait is ${JSON.stringify(text)}; accepted: ${DURATION_FORM}` });
}
