import type { MapperDigests } from '../../mapper/contract.js';
import { atPlace, sumOfDigests } from '../../mapper/digest/digest.js';
import { type JobResult, rangesOf, type TaskResult } from '../engines/engine.js';
import type { ContentMismatch } from '../errors.js';

/**
 * A file that a task read: the input's name, or null if it holds several; its path in the engine's store; the digest of its
 * lines, or null if it was not scanned.
 */
export interface ProvenInput {
  readonly path: string | null;
  readonly stagedPath: string;
  readonly linesDigest: string | null;
}

/** Comparisons of content, and those that failed. */
export interface ContentProof {
  readonly comparisons: number;
  readonly mismatches: readonly ContentMismatch[];
}

/**
 * Compares the lines that the mappers read with those that were scanned, and what they wrote with the part files as read
 * back, which are in the order of the tasks. Names input and part where the engine knows the digests of each task. Inputs
 * that were scanned are compared beside others that were not, if each task has told what it read. Pure.
 */
export function proveContent(
  inputs: readonly ProvenInput[],
  { tasks, digests }: JobResult,
  parts: readonly { readonly name: string; readonly digest: string }[],
): ContentProof {
  const written = parts.map(({ digest }, index) => atPlace(digest, tasks[index]?.taskNumber ?? index));
  const known = tasks.filter(knowsDigests);
  const isKnown = known.length === tasks.length;
  const compared = eachInput(inputs, tasks, digests) ?? allInputs(inputs, digests);
  const changedParts = isKnown
    ? parts.flatMap(({ name }, index) => (written[index] === known[index]?.digests.written ? [] : [name]))
    : sumOfDigests(written) === digests.written
      ? []
      : [null];
  return {
    comparisons: (compared === null ? 0 : 1) + 1,
    mismatches: [
      ...(compared ?? []).map((path): ContentMismatch => ({ of: 'input', path })),
      ...changedParts.map((path): ContentMismatch => ({ of: 'part', path })),
    ],
  };
}

type TaskWithDigests = TaskResult & { readonly digests: MapperDigests };

function knowsDigests(task: TaskResult): task is TaskWithDigests {
  return task.digests !== undefined;
}

/** The inputs that differ; null if none was scanned, or not each task has told what it read. */
function eachInput(
  inputs: readonly ProvenInput[],
  tasks: readonly TaskResult[],
  { read: all }: MapperDigests,
): (string | null)[] | null {
  const digestsOf = new Map<string, string[]>();
  for (const { split, linesDigest: digest } of tasks.flatMap(rangesOf)) {
    if (digest === undefined) return null;
    const path = split.replace(/:\d+\+\d+$/, '');
    const known = digestsOf.get(path);
    if (known === undefined) digestsOf.set(path, [digest]);
    else known.push(digest);
  }
  // The counters are the truth: only with them a digest in a task's status counts.
  if (sumOfDigests([...digestsOf.values()].flat()) !== all) return null;
  const scanned = inputs.filter(({ linesDigest }) => linesDigest !== null);
  if (scanned.length === 0) return null;
  return scanned
    .filter(({ stagedPath, linesDigest }) => sumOfDigests(digestsOf.get(stagedPath) ?? []) !== linesDigest)
    .map(({ path }) => path);
}

/** Null in place of a name if the sums differ; null if they can't be compared, because an input was not scanned. */
function allInputs(inputs: readonly ProvenInput[], { read }: MapperDigests): null[] | null {
  const scanned = inputs.flatMap(({ linesDigest }) => linesDigest ?? []);
  if (scanned.length < inputs.length) return null;
  return sumOfDigests(scanned) === read ? [] : [null];
}
