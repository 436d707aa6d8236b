import { quote } from './escape.js';

/** The warning that years of two digits depend on when a job first ran. `first` is the first of the hundred years. */
export function formatCenturyWarning(
  columns: readonly { readonly column: string | number; readonly line: number }[],
  first: number,
): string {
  const named = columns.map(({ column, line }) =>
    typeof column === 'number' ? `[${column}] (line ${line})` : `${quote(column)} (line ${line})`,
  );
  return [
    `Warning: yy without century in ${named.join(', ')}`,
    `  Two digits stand for ${first} to ${first + 99} now: they start 80 years before the year of the output's first run`,
    `  Set century in the rule, for example century: ${first}`,
    '',
  ].join('\n');
}
