import { parseDay, whyNoDay } from '../config/days.js';
import { parseDuration } from '../config/durations.js';
import { Failure } from '../errors.js';

/** A number of runs. Throws `usage`. */
export function limitOf(text: string | undefined, byDefault: number, command: string): number {
  if (text === undefined) return byDefault;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw refuse(`--limit is ${JSON.stringify(text)}; accepted: a whole number from 1`, command);
}

/** A date is the start of its day in UTC; a time without an offset is UTC. */
const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** A moment, as a time before now or a date; milliseconds since 1970. Throws `usage`. */
export function sinceOf(text: string | undefined, nowMs: number, command: string): number | undefined {
  if (text === undefined) return undefined;
  const ago = parseDuration(text);
  if (ago !== undefined) return nowMs - ago;
  const hasZone = text.length === 10 || /(Z|[+-]\d\d:\d\d)$/.test(text);
  const day = text.slice(0, 10);
  // Date.parse takes 2026-11-31 for the first of December.
  const isDay = DATE.test(text) && parseDay(day, day) !== undefined;
  const at = isDay ? Date.parse(hasZone ? text : `${text}Z`) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw refuse(
    `--since is ${JSON.stringify(text)}; accepted: a time before now such as 12h or 7d, or a date such as 2026-11-20 or 2026-11-20T02:00Z${whyNoDay(day)}`,
    command,
  );
}

function refuse(problem: string, command: string): Failure {
  return new Failure('usage', { problem, command });
}
