import pMap from 'p-map';
import type { JobResult } from '../../engines/engine.js';
import { Failure, type Mismatch } from '../../errors.js';
import type { OnBytes } from '../../sources/inspect/inspector.js';
import type { Store } from '../../stores/store.js';
import type { ManifestPart } from '../manifest.js';
import { byteProgress, performStep, type RunState } from '../step.js';
import type { FinishedJobs } from './run-job.js';
import type { ScannedInput } from './scan.js';

/** What is in the part files, read back. */
export interface VerifiedParts {
  readonly parts: readonly ManifestPart[];
  readonly rejects: readonly ManifestPart[];
}

/**
 * The verify step. Throws `verification-failed` when an equation of the proof does not hold, and `input-changed` when
 * an input did not stay the same.
 */
export function verifyJobs(
  state: RunState,
  inputs: readonly ScannedInput[],
  { records, rejects }: FinishedJobs,
): Promise<VerifiedParts> {
  return performStep(state, 'verify', async (progress) => {
    const { engine } = state;
    // Before anything is proved of them, the inputs must have stayed what they were.
    await Promise.all(inputs.map(({ sha256 }) => sha256));
    const folders = [records, ...(rejects === null ? [] : [rejects])];
    const sizes = await Promise.all(folders.map(({ folder }) => sizeOfParts(engine.store, folder)));
    const onBytes = byteProgress(
      progress,
      sizes.reduce((sum, size) => sum + size, 0),
    );
    const read = ({ folder, job }: { folder: string; job: JobResult }) =>
      readParts(state, folder, job, onBytes);
    const parts = await read(records);
    const rejectParts = rejects === null ? [] : await read(rejects);
    const proof = proveCounts(
      inputs,
      records.job,
      parts,
      rejects === null ? undefined : { result: rejects.job, parts: rejectParts },
    );
    if (proof.mismatches.length > 0) {
      throw new Failure('verification-failed', {
        mismatches: proof.mismatches,
        logs: state.journal.logFolder,
      });
    }
    return { value: { parts, rejects: rejectParts }, result: { step: 'verify', equations: proof.equations } };
  });
}

async function sizeOfParts(store: Store, folder: string): Promise<number> {
  return (await store.list(folder)).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

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
  inputs: readonly Pick<ScannedInput, 'lines' | 'records'>[],
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
            'records scanned',
            sumOf(inputs.map(({ records }) => records)),
            'records read by the mappers',
            counts.recordsRead,
          ),
        ]
      : []),
    ...frameworkEquations('', result),
    equation(
      'records read by the mappers',
      counts.recordsRead,
      'records written, rejected and headers dropped',
      counts.recordsWritten + counts.recordsRejected + counts.headersDropped,
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

/** Reads the part files back: size, lines, checksum. Throws when one is not there. */
function readParts(
  { inspector }: RunState,
  folder: string,
  { tasks }: JobResult,
  onBytes: OnBytes,
): Promise<ManifestPart[]> {
  return pMap(
    tasks,
    async ({ part, split }) => {
      const { sizeBytes, lines, sha256 } = await inspector.parts.measure(`${folder}/${part}`, onBytes);
      return { name: part, sizeBytes, lines, sha256, split };
    },
    { concurrency: inspector.parts.concurrency },
  );
}
