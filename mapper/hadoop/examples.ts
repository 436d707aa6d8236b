import { EXAMPLE_PREFIX, HIDDEN, type InvalidExample } from '../contract.js';
import type { Findings } from '../findings.js';

/** Columns beyond these are only counted. */
const MAX_COLUMNS = 20;

/** What a task says on stderr of its first invalid value of each column, a line each. What the job hides is not told. */
export function formatExamples({ ofColumns }: Pick<Findings, 'ofColumns'>): string {
  const told = [...ofColumns].flatMap(([column, { lineNumber, value, reason, input }]): InvalidExample[] => {
    if (value === null || value === HIDDEN) return [];
    const { inputFile: file = null, inputStart: start } = input ?? {};
    return [{ column, value, reason, line: lineNumber, ...(file !== null && { file, start: start ?? 0 }) }];
  });
  return told
    .slice(0, MAX_COLUMNS)
    .map((example) => `${EXAMPLE_PREFIX}${JSON.stringify(example)}\n`)
    .join('');
}
