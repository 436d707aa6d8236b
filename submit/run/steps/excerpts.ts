import { sumOfDigests } from '../../../mapper/digest/digest.js';
import type { JobInput, JobResult, TaskResult } from '../../engines/engine.js';
import { changedInput, type Store } from '../../stores/store.js';
import { combinedInput } from './combine.js';
import { withoutMark } from './combined-text.js';
import { linesOfSplit } from './lines-of-split.js';

/** A file with the lines of some splits of an input. JSON. */
export interface Excerpt {
  readonly path: string;
  /** Digest of its lines, as the tasks took it of the splits. */
  readonly linesDigest: string;
}

/** Splits of an input that have rejects. */
export interface SplitsOfInput {
  readonly input: JobInput;
  readonly splits: readonly SplitToCopy[];
}

interface SplitToCopy {
  readonly start: number;
  readonly length: number;
  readonly lines: number;
  readonly linesDigest: string;
}

/** What copying more than this takes is more than it saves. */
const MAX_COPIED_BYTES = 256 * 1024 ** 2;
/** As a part of the inputs. */
const MAX_COPIED_PART = 0.5;

/**
 * What the job of the rejects has to read: the inputs that have some; where they are split, and few of their splits have some,
 * these alone, if they can be copied: tasks must know what is in a copy. Null if the tasks do not tell where rejects are.
 */
export function inputsWithRejects(
  inputs: readonly JobInput[],
  { tasks, counts }: Pick<JobResult, 'tasks' | 'counts'>,
  { canCopy }: { readonly canCopy: boolean },
): readonly (JobInput | SplitsOfInput)[] | null {
  const tasksOf = new Map<string, TaskResult[]>();
  for (const task of tasks) {
    if (task.rejected === undefined) return null;
    const path = placeOf(task).path;
    tasksOf.set(path, [...(tasksOf.get(path) ?? []), task]);
  }
  // The counters are the truth: only with them a number in a task's status counts.
  if (tasks.reduce((sum, { rejected = 0 }) => sum + rejected, 0) !== counts.recordsRejected) return null;
  const read = inputs.filter(({ path }) => tasksOf.get(path)?.some(hasRejects) === true);
  const some = read.map((input) => splitsOf(input, tasksOf.get(input.path) ?? []));
  if (canCopy && some.every((one) => one !== null) && isWorthIt(some)) {
    return some.map((one) => ('splits' in one ? one : one.input));
  }
  // The splits must stay what they were: how many lines are before each is known by where it starts.
  const maxPreambleBytes = Math.max(0, ...inputs.map((input) => input.maxPreambleBytes ?? 0));
  return maxPreambleBytes === 0 ? read : read.map((input) => ({ ...input, maxPreambleBytes }));
}

/** Writes a file with the lines of splits, unless an attempt before this one has. Throws `input-changed` if it has fewer. */
export async function copySplits(
  store: Store,
  { input, splits }: SplitsOfInput,
  path: string,
  { runId, mode, signal }: { readonly runId: string; readonly mode?: number; readonly signal: AbortSignal },
): Promise<{ readonly input: JobInput; readonly excerpt: Excerpt }> {
  if ((await store.stat(path)) === undefined) {
    await store.write(path, textOf(store, input, splits, signal), signal, runId, mode);
  }
  const { sizeBytes = 0 } = (await store.stat(path)) ?? {};
  const sections = splits.map(({ start, lines }) => ({ path: input.path, lines, start }));
  return {
    input: combinedInput(path, sizeBytes, sections),
    excerpt: { path, linesDigest: sumOfDigests(splits.map(({ linesDigest }) => linesDigest)) },
  };
}

async function* textOf(
  store: Store,
  { path }: JobInput,
  splits: readonly SplitToCopy[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (const { start, lines } of splits) {
    const bytes = store.read(path, { start });
    const text = linesOfSplit(start === 0 ? withoutMark(bytes) : bytes, { skipsFirst: start > 0, lines });
    for (;;) {
      signal.throwIfAborted();
      const { value, done } = await text.next();
      if (done !== true) yield value;
      else if (value) break;
      else throw changedInput(path);
    }
  }
}

/** The splits of an input that have rejects, if it has others too; null if they can't be copied by themselves. */
function splitsOf(
  input: JobInput,
  tasks: readonly TaskResult[],
): SplitsOfInput | { readonly input: JobInput } | null {
  if (tasks.length === 1) return { input };
  if (input.compression !== undefined || input.sections !== undefined) return null;
  const splits: SplitToCopy[] = [];
  for (const task of tasks.filter(hasRejects)) {
    const { lines, linesDigest = task.digests?.read } = task;
    if (lines === undefined || linesDigest === undefined) return null;
    const { start, length } = placeOf(task);
    splits.push({ start, length, lines, linesDigest });
  }
  return { input, splits };
}

/** Inputs of one split are read as they are, and do not count. */
function isWorthIt(some: readonly (SplitsOfInput | { readonly input: JobInput })[]): boolean {
  const copied = some.flatMap((one) => ('splits' in one ? [one] : []));
  const bytes = copied.flatMap(({ splits }) => splits).reduce((sum, { length }) => sum + length, 0);
  const whole = copied.reduce((sum, { input }) => sum + input.sizeBytes, 0);
  return bytes <= Math.min(MAX_COPIED_BYTES, whole * MAX_COPIED_PART);
}

function hasRejects({ rejected = 0 }: TaskResult): boolean {
  return rejected > 0;
}

function placeOf({ split }: TaskResult) {
  const [, path = '', start = '', length = ''] = /^(.*):(\d+)\+(\d+)$/s.exec(split) ?? [];
  return { path, start: Number(start), length: Number(length) };
}
