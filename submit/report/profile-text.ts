import { formatSize } from '../config/sizes.js';
import type { ColumnProfile, Profile, ValuePattern } from '../profile/column-profile.js';
import { count, formatNumber, quote } from './escape.js';

/** Patterns and values that are shown of a column. */
const MAX_PATTERNS = 6;
const MAX_VALUES = 5;
/** Characters of a value that are shown. */
const MAX_WIDTH = 40;

/** A profile as text: a paragraph for each column. */
export function formatProfile(profile: Profile, files: readonly string[], delimiter: string): string {
  const { records, columns, sizeBytes, wrongFieldCount, textsTooMany, malformed } = profile;
  const [first = ''] = files;
  const what = files.length === 1 ? first : count(files.length, 'file');
  return [
    `Profile of ${what}: ${count(records, 'record')}, ${count(columns.length, 'column')}, ${formatSize(sizeBytes)}, delimiter ${quote(delimiter)}`,
    ...(wrongFieldCount > 0
      ? [
          `  ${count(wrongFieldCount, 'record')} with another number of fields${textsTooMany === 0 ? '' : `, ${formatNumber(textsTooMany)} of them with a text too many`}`,
        ]
      : []),
    ...(malformed > 0 ? [`  ${count(malformed, 'malformed line')}, which no column counts`] : []),
    ...columns.flatMap(formatColumn),
    '',
  ].join('\n');
}

function formatColumn(column: ColumnProfile): string[] {
  const { index, name, values, empty, distinct, types, extremes, lengths, spacesAround, notUtf8 } = column;
  const title = `[${index}]${name === null ? '' : ` ${shorten(name, 60)}`}`;
  if (values === 0) return ['', `${title}: always empty`];
  const facts = [
    types
      .map(({ type, count: found }) => (types.length === 1 ? type : `${type} ${share(found, values)}`))
      .join(', '),
    ...(empty > 0 ? [`${formatNumber(empty)} empty`] : []),
    `${distinct.isExact ? '' : 'about '}${formatNumber(distinct.count)} different`,
    ...(lengths === null ? [] : [lengthText(lengths)]),
    ...(spacesAround > 0 ? [`${formatNumber(spacesAround)} with spaces around`] : []),
    ...(notUtf8 > 0 ? [`${formatNumber(notUtf8)} not UTF-8`] : []),
  ];
  return [
    '',
    `${title}: ${facts.join(', ')}`,
    ...(extremes === null ? [] : [`  from ${show(extremes.least)} to ${show(extremes.greatest)}`]),
    ...patternLines(column),
    ...frequentLines(column),
  ];
}

function patternLines({ patterns, otherPatterns, values }: ColumnProfile): string[] {
  const shown = patterns.slice(0, MAX_PATTERNS);
  const others =
    otherPatterns + patterns.slice(MAX_PATTERNS).reduce((sum, { count: found }) => sum + found, 0);
  const width = Math.max(...shown.map(({ pattern }) => shorten(pattern).length));
  const line = ({ pattern, count: found, example }: ValuePattern) =>
    `  ${shorten(pattern).padEnd(width)}  ${share(found, values)}  ${show(example)}`;
  return [
    ...shown.map(line),
    ...(others > 0 ? [`  ${'others'.padEnd(width)}  ${share(others, values)}`] : []),
  ];
}

/** The most frequent values, where values repeat. */
function frequentLines({ frequent, values, distinct }: ColumnProfile): string[] {
  const [first] = frequent;
  if (first === undefined || distinct.count > values / 2) return [];
  const shown = frequent.slice(0, MAX_VALUES);
  const named = shown.map(({ value, count: found }) => `${show(value)} ${share(found, values).trim()}`);
  return [`  most frequent: ${named.join(', ')}`];
}

function lengthText({ shortest, longest }: { readonly shortest: number; readonly longest: number }): string {
  return shortest === longest ? count(longest, 'byte') : `${shortest} to ${count(longest, 'byte')}`;
}

/** `12%`, and what is almost nothing or almost all as such. */
function share(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  if (percent > 0 && percent < 1) return ' <1%';
  if (percent < 100 && percent > 99) return '>99%';
  return `${percent.toFixed(0).padStart(3)}%`;
}

function show(value: string): string {
  return quote(shorten(value));
}

function shorten(text: string, most = MAX_WIDTH): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
