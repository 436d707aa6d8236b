import type { SectionKeys } from '../job/csv-keys.js';
import type { ColumnProfile, Profile } from '../profile/column-profile.js';
import { inferColumns } from './infer-column.js';
import { type InferredColumn, NOTHING } from './inferred-column.js';
import type { InferredRule } from './inferred-rule.js';
import { type DoubtfulMarker, nullMarkers, withoutNulls } from './null-markers.js';

/** What a job file is written from. */
export interface JobFacts {
  /** The file as the job file names it: relative to the job file. */
  readonly input: string;
  /** Name of the job. */
  readonly name: string;
  readonly profile: Profile;
  /** Keys of `csv` that this version knows, and those that the file needs but this version does not know. */
  readonly csv: SectionKeys;
  readonly unknownCsv: SectionKeys;
  /** Whether `records.wrongFieldCount: pad` is known. */
  readonly canPad: boolean;
  /** Whether `csv.nulls` is known. */
  readonly canNull: boolean;
  /** For years of two digits. */
  readonly thisYear: number;
}

/** A commented job file: how the data are written, and a rule for each column whose values call for one. Pure. */
export function jobText(facts: JobFacts): string {
  const { input, name, profile, csv, unknownCsv, canPad, canNull, thisYear } = facts;
  const markers = nullMarkers(profile.columns);
  const nulls = canNull ? markers.certain : [];
  const inferred = inferColumns(
    profile.columns.map((column) => withoutNulls(column, nulls)),
    thisYear,
  );
  const columns = profile.columns.map((column, index) => ({ column, inferred: inferred[index] ?? NOTHING }));
  const questions = columns.filter(({ inferred }) => inferred.question !== null).length;
  const labels = labelsOf(profile.columns);
  const csvKeys = { ...csv, ...(nulls.length > 0 ? { nulls } : {}) };
  return [
    `# A job for ${oneLine(input)}, by hadoop-elt init from ${amount(profile.records, 'record')}. Look at it, then try it:`,
    '#   hadoop-elt preview JOB    shows the first records before and after',
    '#   hadoop-elt run JOB        runs it on this machine; submit runs it on Hadoop',
    ...(questions > 0 ? [`# It asks of ${amount(questions, 'column')}: look for "?"`] : []),
    `name: ${name}`,
    'input:',
    `  files: [${scalar(input)}]`,
    ...csvLines(csvKeys, {
      ...unknownCsv,
      ...(markers.certain.length > 0 && !canNull ? { nulls: markers.certain } : {}),
    }),
    ...(canNull ? doubtfulNullLines(markers.doubtful, nulls, labels, Object.keys(csvKeys).length > 0) : []),
    columnsLine(columns.map((column) => column.inferred)),
    ...columns.flatMap(({ column, inferred }, index) => columnLines(column, labels[index] ?? '', inferred)),
    ...recordLines(profile, canPad && profile.columns.every(({ name: given }) => given !== null)),
    'output:',
    `  path: ${scalar(`output/${name}`)}`,
    '',
  ].join('\n');
}

function csvLines(csv: SectionKeys, unknown: SectionKeys): string[] {
  const keys = Object.entries(csv);
  const missing = Object.entries(unknown).map(
    ([key, value]) =>
      `# ? The file seems to need csv.${key}: ${scalar(value)}, which this version does not know`,
  );
  if (keys.length === 0) {
    const fits = missing.length === 0 ? '# csv: the defaults fit: a header, comma, double quotes, UTF-8' : '';
    return [...missing, ...(fits === '' ? [] : [fits])];
  }
  return [
    ...missing,
    'csv:',
    ...keys.flatMap(([key, value]) => [
      ...(key === 'encoding' && /^windows/.test(String(value))
        ? ['  # The bytes are no UTF-8; this is a guess. See whether the texts below are right']
        : []),
      `  ${key}: ${scalar(value)}`,
    ]),
  ];
}

/** Columns that a comment names. */
const MAX_COLUMNS = 3;

/** Texts that may stand for no value: what is null is so in all columns. */
function doubtfulNullLines(
  doubtful: readonly DoubtfulMarker[],
  nulls: readonly string[],
  labels: readonly string[],
  hasCsv: boolean,
): string[] {
  if (doubtful.length === 0) return [];
  const indent = hasCsv ? '  ' : '';
  const all = `nulls: ${scalar([...nulls, ...doubtful.map(({ text }) => text)])}`;
  return [
    ...doubtful.map(({ text, columns }) => {
      const named = columns.slice(0, MAX_COLUMNS).map((index) => labels[index] ?? '');
      const more = columns.length > MAX_COLUMNS ? ` and ${columns.length - MAX_COLUMNS} more` : '';
      return `${indent}# ? ${JSON.stringify(text)} may stand for no value, or be a value of ${oneLine(named.join(', '))}${more}`;
    }),
    `${indent}#   If it stands for none in every column: ${hasCsv ? all : `csv: { ${all} }`}`,
  ];
}

function columnsLine(inferred: readonly InferredColumn[]): string {
  if (inferred.some(({ rules }) => rules.length > 0)) return 'columns:';
  const hasChoices = inferred.some(({ question }) => question !== null && question.choices.length > 0);
  return `columns: {}${hasChoices ? '   # without {} once a rule stands below' : ''}`;
}

/** Patterns that a comment lists. */
const MAX_PATTERNS = 4;

function columnLines(
  column: ColumnProfile,
  label: string,
  { rules, question, note }: InferredColumn,
): string[] {
  const { values, empty, types, distinct, patterns, otherPatterns } = column;
  const rest = otherPatterns + patterns.slice(MAX_PATTERNS).reduce((sum, { count }) => sum + count, 0);
  const facts = [
    values === 0 ? 'always empty' : types.map(({ type }) => type).join(' and '),
    ...(values > 0 ? [`${distinct.isExact ? '' : 'about '}${format(distinct.count)} different`] : []),
    ...(empty > 0 && values > 0 ? [`${format(empty)} empty`] : []),
  ];
  const seen = patterns.slice(0, MAX_PATTERNS).map(({ pattern, count, example }) => {
    const shown = example === pattern ? '' : ` ${JSON.stringify(shorten(example))}`;
    return `${shorten(pattern)} ×${format(count)}${shown}`;
  });
  return [
    `  # ${oneLine(label)}: ${facts.join(', ')}`,
    ...(seen.length === 0
      ? []
      : [`  #   seen: ${oneLine(seen.join(' · '))}${rest > 0 ? ` · others ×${format(rest)}` : ''}`]),
    ...(note === null ? [] : [`  #   ${oneLine(note)}`]),
    ...(question === null
      ? []
      : [
          `  #   ? ${oneLine(question.text)}`,
          ...question.choices.map((rule) => `  #   ${label}: ${ruleText(rule)}`),
        ]),
    ...(rules.length === 0 ? [] : [`  ${label}: ${rulesText(rules)}`]),
  ];
}

function recordLines(
  { wrongFieldCount, textsTooMany, malformed, records, columns }: Profile,
  canPad: boolean,
): string[] {
  const notUtf8 = columns.reduce((sum, column) => sum + column.notUtf8, 0);
  const wrong = `${format(wrongFieldCount)} of ${amount(records, 'record')} have more or fewer fields than the header`;
  return [
    ...(notUtf8 > 0 ? [`# ? ${amount(notUtf8, 'value')} not in UTF-8: see csv.encoding`] : []),
    ...(malformed > 0 ? [`# ? ${amount(malformed, 'line')} with broken quotes: see records.malformed`] : []),
    ...(wrongFieldCount === 0
      ? []
      : canPad && textsTooMany === 0
        ? [
            'records:',
            `  # ${wrong}; pad makes what is missing empty, and takes empty fields away that are too many`,
            '  wrongFieldCount: pad',
          ]
        : [
            `# ? ${wrong}${textsTooMany === 0 ? '' : `, ${format(textsTooMany)} of them with a text too many`}: see records.wrongFieldCount`,
          ]),
  ];
}

function rulesText(rules: readonly InferredRule[]): string {
  const [only] = rules;
  if (only !== undefined && rules.length === 1) return ruleText(only);
  return `[${rules.map((rule) => (Object.keys(rule.options).length === 0 ? rule.rule : `{ ${bodyOf(rule)} }`)).join(', ')}]`;
}

function ruleText(rule: InferredRule): string {
  return Object.keys(rule.options).length === 0 ? rule.rule : `{ ${bodyOf(rule)} }`;
}

function bodyOf({ rule, options }: InferredRule): string {
  const pairs = Object.entries(options).map(([key, value]) => `${key}: ${scalar(value)}`);
  return `${rule}: { ${pairs.join(', ')} }`;
}

/** What a column is called under `columns`: its name, or its index where the name is not its own. */
function labelsOf(columns: readonly ColumnProfile[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { name } of columns) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  return columns.map(({ name, index }) =>
    name === null || name === '' || counts.get(name) !== 1 || /^\[\s*\d+\s*\]$/.test(name)
      ? `"[${index}]"`
      : keyOf(name),
  );
}

/** Words that YAML reads as something other than text. */
const NO_TEXT = /^(?:true|false|yes|no|on|off|null|y|n|~|\.inf|\.nan)$/i;

function keyOf(text: string): string {
  return /^[A-Za-z_][A-Za-z0-9_ ./()-]*$/.test(text) && !text.endsWith(' ') && !NO_TEXT.test(text)
    ? text
    : JSON.stringify(text);
}

/** A value in YAML's flow style. */
function scalar(value: SectionKeys[string]): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return `[${value.map(scalar).join(', ')}]`;
  if (/^[A-Za-z_./][A-Za-z0-9_./ -]*$/.test(value) && !value.endsWith(' ') && !NO_TEXT.test(value))
    return value;
  return JSON.stringify(value);
}

const MAX_WIDTH = 40;

function shorten(text: string): string {
  return text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH - 1)}…` : text;
}

/** Nothing of the data may end a comment. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (char) => {
    const escaped = JSON.stringify(char).slice(1, -1);
    return escaped === char ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : escaped;
  });
}

function format(count: number): string {
  return count.toLocaleString('en-US');
}

function amount(count: number, noun: string): string {
  return `${format(count)} ${noun}${count === 1 ? '' : 's'}`;
}
