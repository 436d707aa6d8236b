import { formatNumber } from './escape.js';

/** How long a part of a run took, and what was done in it. */
export interface TimedPart {
  /** `start`, the name of a step, those of two steps that ran at once as `run + upload`, `end`. */
  readonly name: string;
  readonly durationMs: number;
  readonly operations: readonly {
    readonly what: string;
    readonly times: number;
    readonly durationMs: number;
  }[];
}

/** So many operations are named in a part; the others are short. */
const NAMED = 6;
const MIN_WIDTH = 8;

/** The parts of a run as a table, each with the operations that took longest. */
export function formatTimings(parts: readonly TimedPart[]): string {
  const totalMs = parts.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const width = Math.max(MIN_WIDTH, ...parts.map(({ name }) => name.length));
  const lines = parts.map(({ name, durationMs, operations }) => {
    const named = operations.filter(isShown).slice(0, NAMED).map(formatOperation);
    return `  ${name.padEnd(width)} ${seconds(durationMs).padStart(9)}  ${named.join(', ')}`.trimEnd();
  });
  return [
    'Timings; what is done at once counts for each',
    ...lines,
    `  ${'total'.padEnd(width)} ${seconds(totalMs).padStart(9)}`,
    '',
  ].join('\n');
}

function formatOperation({ what, times, durationMs }: TimedPart['operations'][number]): string {
  return `${what} ${seconds(durationMs)}${times === 1 ? '' : ` (${formatNumber(times)} times)`}`;
}

/** What takes less than a millisecond is not shown. */
function isShown({ durationMs }: TimedPart['operations'][number]): boolean {
  return durationMs >= 1;
}

/** With milliseconds: short steps are what this is for. */
function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(3)} s`;
}
