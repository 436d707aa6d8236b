import type { JobResult } from '../engines/engine.js';
import type { Mismatch } from '../errors.js';
import type { ScannedItem } from '../sources/source.js';
import type { ManifestPart } from './manifest.js';

/** Equations between counts that were taken independently of each other. */
export interface Proof {
  readonly equations: number;
  readonly mismatches: readonly Mismatch[];
}

/**
 * Compares the scan's counts with the mappers', and the mappers' with the part files. Pure.
 * `rejects`: the second job, which wrote the rejected records, if there were any.
 */
export function proveCounts(
  inputs: readonly Pick<ScannedItem, 'lines' | 'records' | 'headers'>[],
  result: JobResult,
  parts: readonly Pick<ManifestPart, 'lines'>[],
  rejects?: { readonly result: JobResult; readonly parts: readonly Pick<ManifestPart, 'lines'>[] },
): Proof {
  const { counts } = result;
  const sumOf = (amounts: readonly (number | null)[]) =>
    amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
  const linesIn = (all: readonly { readonly lines: number }[]) => sumOf(all.map(({ lines }) => lines));
  // Inputs already in HDFS are not scanned: only Hadoop's own counters check the mappers' counts.
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
            'records scanned',
            sumOf(inputs.map(({ records }) => records)),
            'records read by the mappers',
            counts.recordsRead,
          ),
          equation(
            'headers scanned',
            sumOf(inputs.map(({ headers }) => headers)),
            'headers read by the mappers',
            counts.headers,
          ),
        ]
      : []),
    ...frameworkEquations('', result),
    equation(
      'records read by the mappers',
      counts.recordsRead,
      'records written, rejected and left out',
      counts.recordsWritten + counts.recordsRejected + counts.recordsLeftOut,
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

/** Hadoop's counters of map input and output records, against the mappers' own counts. */
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
