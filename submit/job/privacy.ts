import { formatKeyPath } from '../config/key-path.js';
import type { JobFileProblem } from '../errors.js';
import type { ParsedJobFile } from './job-file.js';
import { rulesIn } from './sections/columns.js';

/** Whether a job keeps a part of the data back: by a rule that hides a column, or by an output without all columns. */
export function hidesData({ content: { columns = {}, output }, rules: catalogue }: ParsedJobFile): boolean {
  if (output?.columns !== undefined) return true;
  return Object.values(columns).some((given) =>
    [given].flat().some((rule) => {
      const names = typeof rule === 'string' ? [rule] : rulesIn(rule, catalogue);
      return names.some((name) => catalogue.find(name)?.hides === true);
    }),
  );
}

/** Settings by which a whole record would get out as it is, where a part of the data is hidden. */
export function problemsOfPrivacy(job: ParsedJobFile, isHidden: boolean): JobFileProblem[] {
  const { records = {} } = job.content;
  if (!isHidden) return [];
  return (['wrongFieldCount', 'malformed'] as const)
    .filter((key) => records[key] === 'pass')
    .map((key) => ({
      ...job.positionOf(['records', key]),
      key: formatKeyPath(['records', key]),
      message:
        'would write records as they are, but the job hides a part of the data (hash, mask or output.columns)',
      given: 'pass',
      accepted: key === 'malformed' ? 'reject, fail (the default)' : 'reject (the default here), pad, fail',
    }));
}
