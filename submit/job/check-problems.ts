import { formatKeyPath, type KeyPath } from '../config/key-path.js';
import { nearest } from '../config/nearest.js';
import type { JobFileProblem } from '../errors.js';
import type { ParsedJobFile } from './job-file.js';
import { csvKeys } from './sections/csv.js';

/** What the job file alone tells of wrong `checks`. */
export function problemsOfChecks(job: ParsedJobFile): JobFileProblem[] {
  const { checks = {}, columns = {}, mapper } = job.content;
  const csv = csvKeys(job.content.csv);
  const problems: JobFileProblem[] = [];
  const report = (keys: KeyPath, problem: Pick<JobFileProblem, 'message'> & Partial<JobFileProblem>) =>
    problems.push({ ...job.positionOf(keys), key: formatKeyPath(keys), ...problem });
  const { minRecords = 0, maxRecords = Number.POSITIVE_INFINITY } = checks;
  if (minRecords > maxRecords) {
    report(['checks', 'maxRecords'], {
      message: 'less than checks.minRecords',
      given: String(maxRecords),
      accepted: `at least ${minRecords}`,
    });
  }
  const unique = [checks.unique ?? []].flat();
  for (const [at, column] of unique.entries()) {
    const keys = ['checks', 'unique', ...(Array.isArray(checks.unique) ? [at] : [])];
    if (unique.indexOf(column) !== at)
      report(keys, { message: 'named twice', given: JSON.stringify(column) });
    if (csv.header === false && csv.columns === undefined && columnIndex(column) === undefined) {
      report(keys, {
        message: 'a column by name, but the data have no header',
        given: JSON.stringify(column),
        accepted: 'csv.columns with all names, or the 0-based index: "[2]"',
      });
    }
  }
  const ruled = Object.keys(columns);
  for (const column of Object.keys(checks.maxInvalid ?? {})) {
    // A name may be that of a column that has its rules by index; the data tell.
    const mayBeMeant = mapper !== undefined || ruled.some((key) => isIndex(key) !== isIndex(column));
    if (ruled.includes(column) || mayBeMeant) continue;
    const near = nearest(column, ruled);
    report(['checks', 'maxInvalid', column], {
      message: 'not a column with rules: only rules find a value invalid',
      given: JSON.stringify(column),
      accepted: ruled.length === 0 ? 'a column of columns, which has none yet' : ruled.join(', '),
      ...(near === undefined ? {} : { nearest: near }),
    });
  }
  return problems;
}

/** The 0-based index in `[2]`; undefined for any other text, which is a name. */
export function columnIndex(text: string): number | undefined {
  const digits = /^\[\s*(\d{1,6})\s*\]$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function isIndex(text: string): boolean {
  return columnIndex(text) !== undefined;
}
