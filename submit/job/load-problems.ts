import { formatKeyPath, type KeyPath } from '../config/key-path.js';
import type { JobFileProblem } from '../errors.js';
import type { ParsedJobFile } from './job-file.js';
import { csvKeys } from './sections/csv.js';
import { delimiterText } from './sections/csv-texts.js';

/** What the job file alone tells of a load that can't be. */
export function problemsOfLoad(job: ParsedJobFile): JobFileProblem[] {
  const { load, output = {}, records = {} } = job.content;
  if (load === undefined) return [];
  const { key, onConflict, duplicates, mode, transaction } = load.postgres;
  const csv = csvKeys(job.content.csv);
  const problems: JobFileProblem[] = [];
  const report = (keys: KeyPath, problem: Pick<JobFileProblem, 'message'> & Partial<JobFileProblem>) =>
    problems.push({ ...job.positionOf(keys), key: formatKeyPath(keys), ...problem });
  for (const action of ['wrongFieldCount', 'malformed'] as const) {
    if (records[action] !== 'pass') continue;
    report(['records', action], {
      message: 'would send records to the table that do not have its columns',
      given: 'pass',
      accepted: action === 'malformed' ? 'reject, fail (the default)' : 'reject (the default here), fail',
    });
  }
  for (const [name, given] of Object.entries({ onConflict, duplicates })) {
    if (given === undefined || key !== undefined) continue;
    report(['load', 'postgres', name], {
      message: 'says what happens to a key, but there is none',
      given,
      accepted: 'load.postgres.key with the columns that identify a record',
    });
  }
  const isAlone = output.path === undefined;
  if (isAlone && output.mode !== undefined) {
    report(['output', 'mode'], {
      message: 'is for a folder, but the job has only a table',
      given: output.mode,
      accepted: 'load.postgres.mode: append (the default), replace',
    });
  }
  if (isAlone && output.onChangedInput === 'reload') {
    report(['output', 'onChangedInput'], {
      message: 'a table does not tell which input a row came from',
      given: 'reload',
      accepted: 'fail, append; with load.postgres.key and onConflict: update the rows are then updated',
    });
  }
  if (transaction === 'input' && (!isAlone || mode === 'replace')) {
    report(['load', 'postgres', 'transaction'], {
      message: isAlone
        ? 'would take out the rows of one input to put in those of the next'
        : 'is for a job whose only output is the table: what is published in a folder is loaded at once',
      given: 'input',
      accepted: isAlone ? 'run (the default), or load.postgres.mode: append' : 'run (the default)',
    });
  }
  if (output.header === 'keep') {
    report(['output', 'header'], {
      message: 'a load has to know which lines of the output are headers',
      given: 'keep',
      accepted: 'every-part, first-part, drop',
    });
  }
  const written = output.csv?.delimiter ?? csv.delimiter;
  if (written !== undefined && !/^[\0-\x7f]$/.test(delimiterText(written))) {
    report(output.csv?.delimiter === undefined ? ['csv', 'delimiter'] : ['output', 'csv', 'delimiter'], {
      message: 'PostgreSQL reads records whose delimiter is one ASCII character',
      given: JSON.stringify(written),
      accepted: 'output.csv.delimiter of one ASCII character',
    });
  }
  return problems;
}
