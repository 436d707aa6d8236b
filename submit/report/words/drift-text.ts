import type { FailureDetails } from '../../errors.js';
import { type ColumnDrift, driftOf } from '../../job/column-drift.js';
import type { RunNews } from '../../run/events.js';
import { count, quote } from '../escape.js';

type HeadersDiffer = FailureDetails['headers-differ'];

/** Differences that a message lists. */
const MAX_LISTED = 20;
/** Inputs that a warning names. */
const MAX_INPUTS = 5;

/** How a header differs from planned columns, one line each: what is missing, new, renamed or moved. */
export function driftLines({ firstNames, secondNames, isLoose }: HeadersDiffer): string[] {
  return [
    ...differencesOf(driftOf(firstNames, secondNames, isLoose === true)),
    `they have ${firstNames.length} and ${count(secondNames.length, 'column')}`,
  ];
}

function differencesOf({ missing, added, renamed, moved }: ColumnDrift): string[] {
  const at = (index: number) => `[${index}]`;
  const rows = [
    ...missing.map(({ name, index }) => ['-', at(index), quote(name), 'missing']),
    ...added.map(({ name, index }) => ['+', at(index), quote(name), 'new']),
    ...renamed.map(({ from, to }) => [
      '~',
      at(from.index),
      `${quote(from.name)} → ${quote(to.name)}`,
      to.index === from.index ? 'probably renamed' : `probably renamed, now ${at(to.index)}`,
    ]),
    ...moved.map(({ name, from, to }) => ['>', at(from), quote(name), `moved to ${at(to)}`]),
  ];
  const shown = rows.slice(0, MAX_LISTED);
  const width = (column: number) => Math.min(40, Math.max(...shown.map((row) => row[column]?.length ?? 0)));
  const lines = shown.map(([sign = '', place = '', name = '', what = '']) =>
    [sign, place.padEnd(width(1)), name.padEnd(width(2)), what].join(' '),
  );
  const more = rows.length - shown.length;
  return more > 0 ? [...lines, `and ${count(more, 'difference')} more`] : lines;
}

/** What to do about headers that differ. */
export function driftHint({ firstNames, secondNames, isLoose }: HeadersDiffer): string {
  const { missing, added, renamed, moved } = driftOf(firstNames, secondNames, isLoose === true);
  const [rename] = renamed;
  const settings = [
    ...(moved.length > 0 ? ['csv.columnOrder: byName reads columns by name'] : []),
    ...(missing.length > 0 || renamed.length > 0
      ? ['records.onDrift: fill writes empty fields for what is missing and takes new columns in at the end']
      : added.length > 0
        ? ['records.onDrift: ignoreNew leaves new columns out, fill takes them in at the end']
        : []),
  ];
  const correct =
    rename === undefined
      ? ''
      : `Correct the header where ${quote(rename.to.name)} means ${quote(rename.from.name)}. `;
  return `${correct}Set in the job file what fits: ${settings.join('; ')}. Or give inputs with other columns a job of their own`;
}

type News<Name extends RunNews['event']> = Extract<RunNews, { event: Name }>;

/** The warning of a run whose columns are others than planned, where the job or the mode allows it. A text a line. */
export function formatDrift(news: News<'columns-drifted' | 'columns-replaced'>): string[] {
  if (news.event === 'columns-replaced') {
    return [
      `  Warning: the columns are not those that run ${news.against.name} published, which are replaced`,
      ...differencesOf(news.drift).map((line) => `    ${line}`),
    ];
  }
  const { against, onDrift, inputs } = news;
  const what = {
    input: `those of ${quote(against.name)}`,
    'job file': 'those of the job file',
    published: `those that run ${against.name} published`,
  }[against.of];
  const done = {
    fail: 'they are told',
    fill: 'missing ones are empty, new ones come at the end',
    ignoreNew: 'new ones are left out',
  }[onDrift];
  const more = inputs.length - MAX_INPUTS;
  return [
    `  Warning: the columns of ${count(inputs.length, 'input')} are not ${what}; ${done}`,
    ...inputs
      .slice(0, MAX_INPUTS)
      .flatMap(({ input, drift }) => [
        `    ${input}`,
        ...differencesOf({ ...drift, moved: [] }).map((line) => `      ${line}`),
      ]),
    ...(more > 0 ? [`    and ${count(more, 'input')} more`] : []),
  ];
}
