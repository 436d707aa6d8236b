/** The day that a run is for, and the places of paths that have it: `raw/{yyyy}-{MM}-{dd}/*.csv`. */
import { acceptedDays, parseDay } from '../../config/days.js';
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

/** What was written in braces, and what was probably meant; null where a day has nothing like it. */
export interface MisspelledDate {
  readonly given: string;
  readonly meant: string | null;
}

const ANY_PART = '(?:year|month|date|day|y+|m+|d+|h+)';
/** Braces around letters of a date alone. A list in braces, `{a,b}`, is a glob. */
const LIKE_PLACE = new RegExp(`(?<!\\\\)\\{(${ANY_PART}(?:[-_./: T]?${ANY_PART})*)\\}`, 'gi');
const WORDS: Readonly<Record<string, string>> = {
  year: 'yyyy',
  month: 'MM',
  day: 'dd',
  date: 'yyyy-MM-dd',
  y: 'yyyy',
  m: 'MM',
  d: 'dd',
};

/** The places of a path that look like those of a date, but are none: `{YYYY}`, `{yyyy-mm-dd}`, `{month}`. */
export function misspelledDates(path: string): readonly MisspelledDate[] {
  return [...path.matchAll(LIKE_PLACE)]
    .filter(([place]) => !hasDate(place))
    .map(([given, pattern = '']) => {
      const meant = pattern.replaceAll(new RegExp(ANY_PART, 'gi'), (part) => {
        const word = part.toLowerCase();
        return WORDS[word] ?? WORDS[word.charAt(0)] ?? '';
      });
      const isDay = !/h/i.test(pattern.replaceAll(/month/gi, '')) && hasDate(`{${meant}}`);
      return { given, meant: isDay ? `{${meant}}` : null };
    });
}

/** What a path may have, for messages. */
export const DATE_PLACES = '{yyyy}, {MM} and {dd}, also together: {yyyy-MM-dd}';
/** For a path that means the braces themselves. */
export const BRACES_HINT = 'a name that has these letters is written without braces';

/** The day of a run: the override's, else `today`. `paths`: those that may have it. Throws `usage`. */
export function dateSettings(paths: readonly string[], choose: Choose, today: string): DateSettings {
  refuseMisspelled(paths);
  const given = choose.overrideText('date', acceptedDays, (text) => parseDay(text, today));
  if (!paths.some(hasDate)) {
    if (given?.origin.from !== 'flag') return {};
    const problem = `${given.origin.name} is given, but no path of the job has a place for the day`;
    const hint = 'Write input.files, or output.path, with the day in it: raw/{yyyy}-{MM}-{dd}/*.csv';
    throw new Failure('usage', { problem }, { hint });
  }
  return { date: given ?? { value: today, origin: { from: 'default' } } };
}

/** Those of the job file have been refused with their lines. */
function refuseMisspelled(paths: readonly string[]): void {
  for (const path of paths) {
    const [wrong] = misspelledDates(path);
    if (wrong === undefined) continue;
    const problem = `${wrong.given} in the path ${JSON.stringify(path)} looks like the day of a run, but is none`;
    const meant = wrong.meant === null ? '' : `Did you mean ${wrong.meant}? `;
    const hint = `${meant}Accepted: ${DATE_PLACES}; ${BRACES_HINT}`;
    throw new Failure('usage', { problem }, { hint });
  }
}
