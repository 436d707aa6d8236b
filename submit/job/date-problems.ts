import { formatKeyPath, type KeyPath } from '../config/key-path.js';
import type { JobFileProblem } from '../errors.js';
import type { ParsedJobFile } from './job-file.js';
import { BRACES_HINT, DATE_PLACES, misspelledDates } from './sections/date.js';

/** Places for a date that are misspelled: as globs they would be nothing but their letters. */
export function problemsOfDates(job: ParsedJobFile): JobFileProblem[] {
  const { input, output } = job.content;
  const files = Array.isArray(input.files)
    ? input.files.map((path, at) => [['input', 'files', at], path] as const)
    : [[['input', 'files'], input.files] as const];
  const paths: readonly (readonly [KeyPath, string])[] = [
    ...files,
    [['input', 'upload'], input.upload ?? ''],
    [['output', 'path'], output?.path ?? ''],
  ];
  return paths.flatMap(([keys, path]) =>
    misspelledDates(path).map(({ given, meant }) => ({
      ...job.positionOf(keys),
      key: formatKeyPath(keys),
      message: 'looks like the day of a run, but is none',
      given,
      accepted: `${DATE_PLACES}; ${BRACES_HINT}`,
      ...(meant === null ? {} : { nearest: meant }),
    })),
  );
}
