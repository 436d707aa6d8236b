import { formatKeyPath } from '../config/key-path.js';
import type { JobFileProblem } from '../errors.js';
import type { ParsedJobFile } from './job-file.js';
import { csvKeys } from './sections/csv.js';
import { CSV_PRESETS } from './sections/csv-presets.js';
import { delimiterText } from './sections/csv-texts.js';

/** A text for null that could not be told from a delimiter or a comment: it is written without quotes. */
export function problemsOfNullText(job: ParsedJobFile): JobFileProblem[] {
  const style = job.content.output?.csv;
  if (style?.null === undefined) return [];
  const { delimiter, preset, comment } = csvKeys(job.content.csv);
  const ofData = delimiter ?? (preset === undefined ? undefined : CSV_PRESETS[preset].delimiter);
  const written = delimiterText(style.delimiter ?? ofData ?? ',');
  const keys = ['output', 'csv', 'null'];
  const isReadAlike = written === delimiterText(ofData ?? ',');
  if (isReadAlike && comment !== undefined && style.null.startsWith(comment)) {
    return [
      {
        ...job.positionOf(keys),
        key: formatKeyPath(keys),
        message:
          'starts like a comment: a line that starts with it would be no record, or not null in quotes',
        given: JSON.stringify(style.null),
        accepted: `a text that does not start with csv.comment, ${JSON.stringify(comment)}`,
      },
    ];
  }
  if (!style.null.includes(written.charAt(0))) return [];
  return [
    {
      ...job.positionOf(keys),
      key: formatKeyPath(keys),
      message: 'is written without quotes, so it must not hold the delimiter of the output',
      given: JSON.stringify(style.null),
      accepted: `a text without ${JSON.stringify(written.charAt(0))}, or another output.csv.delimiter`,
    },
  ];
}
