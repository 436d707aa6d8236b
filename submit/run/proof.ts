import type { JobResult } from '../engines/engine.js';
import type { Mismatch } from '../errors.js';
import type { ScannedItem } from '../sources/source.js';
import type { ManifestPart } from './manifest.js';

/** The proof as equations over what was counted in different places. */
export interface Proof {
  readonly equations: number;
  readonly mismatches: readonly Mismatch[];
}

/**
 * Holds what the scan counted against what the mappers counted, and that against what is in the part files. Pure.
 * `rejects` is the second job that wrote the rejected records, where there were any.
 */
export function proveCounts(
  inputs: readonly Pick<ScannedItem, 'lines' | 'records'>[],
  result: JobResult,
  parts: readonly Pick<ManifestPart, 'lines'>[],
  rejects?: { readonly result: JobResult; readonly parts: readonly Pick<ManifestPart, 'lines'>[] },
): Proof {
  const { counts } = result;
  const sumOf = (amounts: readonly (number | null)[]) =>
    amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
  const linesIn = (all: readonly { readonly lines: number }[]) => sumOf(all.map(({ lines }) => lines));
  // What was in HDFS already has not been scanned: its counts rest on the framework's.
  const scanned = inputs.every(({ lines }) => lines !== null);
  const equations: Mismatch[] = [
    ...(scanned
      ? [
          equation(
            'lines scanned',
            sumOf(inputs.map(({ lines }) => lines)),
            'lines read by the mappers',
            counts.linesRead,
          ),
          equation(
            'records and headers scanned',
            sumOf(inputs.map(({ records }) => records)),
            'records and headers read by the mappers',
            counts.recordsRead + counts.headers,
          ),
        ]
      : []),
    ...frameworkEquations('', result),
    equation(
      'records read by the mappers',
      counts.recordsRead,
      'records written and rejected',
      counts.recordsWritten + counts.recordsRejected,
    ),
    equation('lines written by the mappers', counts.linesWritten, 'lines in the part files', linesIn(parts)),
    equation('tasks', result.tasks.length, 'part files', parts.length),
  ];
  if (rejects !== undefined) {
    equations.push(
      ...frameworkEquations(' of the rejects job', rejects.result),
      equation(
        'records rejected',
        counts.recordsRejected,
        'records rejected when they were written',
        rejects.result.counts.recordsRejected,
      ),
      equation(
        'lines of rejects written by the mappers',
        rejects.result.counts.linesWritten,
        'lines in the part files of rejects',
        linesIn(rejects.parts),
      ),
    );
  }
  return {
    equations: equations.length,
    mismatches: equations.filter(({ leftCount, rightCount }) => leftCount !== rightCount),
  };
}

/** What Hadoop gave to the mappers and took from them, against what they say of it. */
function frameworkEquations(which: string, { framework, counts }: JobResult): Mismatch[] {
  if (framework === null || framework === undefined) return [];
  return [
    equation(
      `map input records${which}`,
      framework.inputRecords,
      'lines read by the mappers',
      counts.linesRead,
    ),
    equation(
      'lines written by the mappers',
      counts.linesWritten,
      `map output records${which}`,
      framework.outputRecords,
    ),
  ];
}

function equation(left: string, leftCount: number, right: string, rightCount: number): Mismatch {
  return { left, leftCount, right, rightCount };
}
