import { nameInHeader } from '../../mapper/records/loose-names.js';
import { formatKeyPath } from '../config/key-path.js';
import type { JobFileProblem } from '../errors.js';

/** A column that the job file has rules for, by name or 0-based index, and its 1-based line. */
export interface RuledColumn {
  readonly column: string | number;
  readonly line: number;
}

/** Columns that have rules in two places, by name and by index, among the names of the data. */
export function problemsOfRuledTwice(
  columns: readonly RuledColumn[],
  names: readonly string[] | null,
  isLoose: boolean,
): JobFileProblem[] {
  const first = new Map<string | number, RuledColumn>();
  return columns.flatMap((ruled) => {
    const { column, line } = ruled;
    const name = typeof column === 'string' && isLoose ? nameInHeader(column, names ?? []) : column;
    const index = typeof name === 'string' ? (names?.indexOf(name) ?? -1) : name;
    const place = index < 0 ? name : index;
    const before = first.get(place);
    if (before === undefined) {
      first.set(place, ruled);
      return [];
    }
    const given = keyOf(column);
    const problem = {
      ...{ line, column: 1, key: formatKeyPath(['columns', given]) },
      message: `the column has rules in two places: ${given} here, and ${keyOf(before.column)} at line ${before.line}`,
      accepted: 'one of the two, with a list of rules: [trim, upper]',
    };
    return [problem];
  });
}

function keyOf(column: string | number): string {
  return typeof column === 'number' ? `[${column}]` : column;
}
