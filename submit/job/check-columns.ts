import { MAX_INVALID_COUNTERS } from '../../mapper/contract.js';
import { nameInHeader } from '../../mapper/records/loose-names.js';
import type { Limit } from '../check-finding.js';
import { formatKeyPath } from '../config/key-path.js';
import { nearest } from '../config/nearest.js';
import { Failure } from '../errors.js';
import { columnIndex } from './check-problems.js';
import type { InputHeader, JobPlan } from './plan.js';

/** The checks of a job that are about columns, resolved against the data. */
export interface CheckedColumns {
  /** Columns whose invalid values are limited. */
  readonly invalid: readonly {
    /** As the job file names it. */
    readonly column: string;
    /** Its name among the mapper's counts. */
    readonly label: string;
    /** True if the mapper may have counted some of its invalid values under `OTHER_COLUMNS`. */
    readonly sharesCount: boolean;
    readonly limit: Limit;
  }[];
  /** The columns of the unique key, as the job file names them and as 0-based indexes; null when none is asked for. */
  readonly unique: { readonly columns: readonly string[]; readonly indexes: readonly number[] } | null;
}

/**
 * Finds the columns of `checks`: invalid values by the names of the data, the unique key by those of the output. They are
 * null when the data have none. `header`: the input that they were read from. Throws `column-not-in-header`, and `job-file-invalid` for a column that no check can look at.
 */
export function findCheckedColumns(
  plan: JobPlan,
  { names: inData, outputNames }: NamesOfColumns,
  header: InputHeader | undefined,
): CheckedColumns {
  const isLoose = plan.settings['csv.headerMatch'].value === 'loose';
  const indexOf = (column: string, known: readonly string[] | null) =>
    indexAmong(isLoose && known !== null ? nameInHeader(column, known) : column, known);
  const find = (column: string, setting: 'checks.unique' | 'checks.maxInvalid'): number => {
    const names = setting === 'checks.unique' ? outputNames : inData;
    const { origin } = plan.settings[setting];
    const index = indexOf(column, names);
    if (index !== null) return index;
    const near = nearest(column, names ?? []);
    throw new Failure('column-not-in-header', {
      jobFile: plan.jobFile,
      line: origin.from === 'job file' ? origin.line : null,
      column,
      input: header?.input ?? plan.jobFile,
      names: names ?? [],
      occurrences: (names ?? []).filter((name) => name === column).length,
      ...(near === undefined || near === column ? {} : { nearest: near }),
    });
  };
  const ruled = (plan.ownMapper?.columns ?? plan.columns.map(({ column }) => column)).map((column) =>
    typeof column === 'number' ? column : (indexOf(column, inData) ?? -1),
  );
  const invalid = Object.entries(plan.settings['checks.maxInvalid'].value ?? {}).map(([column, limit]) => {
    const index = find(column, 'checks.maxInvalid');
    const place = ruled.indexOf(index);
    if (place < 0) throw withoutRule(plan, column);
    return { column, limit, label: labelOf(index, inData), sharesCount: place >= MAX_INVALID_COUNTERS };
  });
  const columns = plan.settings['checks.unique'].value;
  return {
    invalid,
    unique: columns && { columns, indexes: columns.map((column) => find(column, 'checks.unique')) },
  };
}

/** The names of the columns of the data, and of those of the output. */
export interface NamesOfColumns {
  readonly names: readonly string[] | null;
  readonly outputNames: readonly string[] | null;
}

function withoutRule({ jobFile, settings }: JobPlan, column: string): Failure<'job-file-invalid'> {
  const { origin } = settings['checks.maxInvalid'];
  const problem = {
    line: origin.from === 'job file' ? origin.line : 1,
    column: 1,
    key: formatKeyPath(['checks', 'maxInvalid', column]),
    message: 'not a column with rules: only rules find a value invalid',
    given: JSON.stringify(column),
  };
  return new Failure('job-file-invalid', { path: jobFile, problems: [problem] });
}

/** The 0-based index of a column given by name or as `[2]`; null if there is no such column, or several. */
function indexAmong(column: string, names: readonly string[] | null): number | null {
  const byName = names?.indexOf(column) ?? -1;
  if (byName >= 0) return names?.lastIndexOf(column) === byName ? byName : null;
  const index = columnIndex(column);
  return index === undefined || (names !== null && index >= names.length) ? null : index;
}

/** The name of a column in the mapper's counters: its own, or `[2]`; without commas, which Hadoop does not take. */
function labelOf(index: number, names: readonly string[] | null): string {
  const name = names?.[index] ?? '';
  const isItsOwn = name !== '' && names?.indexOf(name) === names?.lastIndexOf(name);
  return isItsOwn ? name.replaceAll(',', ';').replaceAll(/\p{Cc}/gu, ' ') : `[${index}]`;
}
