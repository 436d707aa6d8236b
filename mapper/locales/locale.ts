import { nearestText } from '../nearest-text.js';
import type { TextFlaw } from '../rules/options.js';
import { LOCALE_DATA, type LocaleData } from './locale-data.js';

/** The signs of numbers in a locale. A space stands for every kind of space, and ' for both apostrophes. */
export interface NumberSigns {
  readonly decimal: string;
  readonly group: string;
  /** Digits of the last group, and of those before it. */
  readonly groupSizes: readonly [number, number];
}

/** Names of one part of a date, by index; of each first the form that is written, then others that are read. */
export type Names = readonly (readonly string[])[];

/** Names of dates in a locale. Weeks start on Monday. */
export interface DateNames {
  readonly months: Names;
  readonly shortMonths: Names;
  readonly days: Names;
  readonly shortDays: Names;
  /** AM and PM. */
  readonly halves: Names;
}

/** What is wrong with a locale's tag; null for one that is known, such as `de`, `de-AT` or `pt_BR`. */
export function localeFlaw(tag: string): TextFlaw | null {
  if (chainOf(tag).length > 0) return null;
  const near = nearestText(normalized(tag), Object.keys(LOCALE_DATA));
  return {
    message: `The locale ${JSON.stringify(tag)} is not known`,
    accepted: `a language, or a language and a region: en, de, de-CH, pt-BR; the nearest is ${near}`,
  };
}

/** The signs of numbers; `forCurrency` those of amounts of money, which some locales write in another way. */
export function numberSignsOf(tag: string, forCurrency: boolean): NumberSigns {
  const read = readerOf(tag);
  const [primary, secondary] = read('groupSizes').split(' ').map(Number) as [number, number];
  return {
    decimal: read(forCurrency ? 'currencyDecimal' : 'decimal'),
    group: read(forCurrency ? 'currencyGroup' : 'group'),
    groupSizes: [primary, secondary],
  };
}

/** The names of months, days and halves of the day. */
export function dateNamesOf(tag: string): DateNames {
  const read = readerOf(tag);
  const names = (field: keyof LocaleData) =>
    read(field)
      .split('|')
      .map((forms) => forms.split('/'));
  return {
    months: names('months'),
    shortMonths: names('shortMonths'),
    days: names('days'),
    shortDays: names('shortDays'),
    halves: names('halves'),
  };
}

function readerOf(tag: string): (field: keyof LocaleData) => string {
  const chain = chainOf(tag);
  return (field) => {
    const value = chain.find((data) => data[field] !== undefined)?.[field];
    if (value === undefined) throw new RangeError(`Locale ${tag} has no ${field}`);
    return value;
  };
}

/** The data of a tag, then those of the tag without its last part, and so on; empty where its language is not known. */
function chainOf(tag: string): LocaleData[] {
  const parts = normalized(tag).split('-');
  if (LOCALE_DATA[parts[0] ?? ''] === undefined || !/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(parts.join('-')))
    return [];
  return parts
    .map((_, index) => LOCALE_DATA[parts.slice(0, parts.length - index).join('-')])
    .filter((data) => data !== undefined);
}

/** `PT_br` → `pt-BR`, `zh-hant-TW` → `zh-Hant-TW`; without `.UTF-8` and the like. */
function normalized(tag: string): string {
  const parts = tag
    .trim()
    .replace(/[.@].*$/, '')
    .split(/[-_]/);
  return parts
    .map((part, index) => {
      if (index === 0) return part.toLowerCase();
      if (part.length === 4) return `${part.slice(0, 1).toUpperCase()}${part.slice(1).toLowerCase()}`;
      return part.length === 2 ? part.toUpperCase() : part;
    })
    .join('-');
}
