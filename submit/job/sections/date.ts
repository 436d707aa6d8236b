/** The day that a run is for, and the places of paths that have it: `raw/{yyyy}-{MM}-{dd}/*.csv`. */
import { DAY_FORM, parseDay } from '../../config/days.js';
import type { OverrideNames } from '../../config/override.js';
import type { Setting } from '../../config/setting.js';
import { Failure } from '../../errors.js';
import type { Choose } from './choose.js';

export const DATE_OVERRIDES = {
  date: { flag: 'date', variable: 'HADOOP_ELT_DATE' },
} as const satisfies Record<string, OverrideNames>;

export interface DateSettings {
  /** `2026-11-25`; absent if no path of the job has a date. */
  readonly date?: Setting<string>;
}

const PART = '(?:yyyy|MM|dd)';
/** A backslash takes the meaning from a brace, as in globs. */
const PLACE = new RegExp(`(?<!\\\\)\\{(${PART}(?:[-_./]?${PART})*)\\}`, 'g');

/** Whether a path has places for a date. */
export function hasDate(path: string): boolean {
  return path.search(PLACE) >= 0;
}

/** A path with a day in its places; without one, the path as it is. */
export function withDate(path: string, day: string | undefined): string {
  if (day === undefined) return path;
  const [yyyy = '', MM = '', dd = ''] = day.split('-');
  return path.replaceAll(PLACE, (_place, pattern: string) =>
    pattern.replaceAll(/yyyy|MM|dd/g, (part) => (part === 'yyyy' ? yyyy : part === 'MM' ? MM : dd)),
  );
}

/** The day of a run: the override's, else `today`. `paths`: those that may have it. Throws `usage`. */
export function dateSettings(paths: readonly string[], choose: Choose, today: string): DateSettings {
  const given = choose.overrideText('date', DAY_FORM, (text) => parseDay(text, today));
  if (!paths.some(hasDate)) {
    if (given?.origin.from !== 'flag') return {};
    const problem = '--date is given, but no path of the job has a place for it';
    const hint = 'Write input.files, or output.path, with the day in it: raw/{yyyy}-{MM}-{dd}/*.csv';
    throw new Failure('usage', { problem }, { hint });
  }
  return { date: given ?? { value: today, origin: { from: 'default' } } };
}
