import { createHash, hash } from 'node:crypto';
import type { JobPlan } from '../job/plan.js';
import type { RunNews, StepName, StepResult } from './events.js';
import type { HeldLock, Journal, Ports, SecretsFile } from './ports.js';
import type { ReadyReplay } from './ready-replay.js';
import { withRetries } from './retry.js';
import type { RunRecord } from './run-record.js';

/** Everything that the steps of a run may use. */
export interface Run {
  readonly runId: string;
  readonly plan: JobPlan;
  readonly ports: Ports;
  readonly journal: Journal;
  readonly lock: Pick<HeldLock, 'confirm'>;
  /** What earlier attempts of this run have recorded. */
  readonly record: RunRecord;
  /** Jobs with smaller numbers work for other inputs of the run, and are not followed. By default 1. */
  readonly firstJob?: number;
  /** Present if the input is the rejects of an earlier run. */
  readonly replay?: ReadyReplay | null;
  /** Null: the mapper needs no secrets. */
  readonly secrets?: SecretsFile | null;
  /** Aborted to stop the run; the reason is an `interrupted` failure. */
  readonly signal: AbortSignal;
  /** Version of this program. */
  readonly version: string;
  /** Called once the engine has started a job: what is done beside it takes nothing from its start. */
  readonly onJobBegun?: () => void;
  tell(news: RunNews): void;
}

/** Reports how far a step is. */
export type Progress = (done: number, total: number, unit: string) => void;

/**
 * One step of a run: JSON in, JSON out, all effects through the ports. Its output goes into the journal, and the next
 * step gets it as read back from there.
 */
export interface Step<Input, Output, Packed = Output> {
  readonly name: StepName;
  perform(run: Run, input: Input, progress: Progress): Promise<Output>;
  /**
   * Whether what an earlier attempt of this run returned for the same input is still true: then the step is not
   * performed again. A step without it is always performed.
   */
  stillHolds?(run: Run, input: Input, recorded: Output): Promise<boolean>;
  /** True if the step is never tried again: it moves no data, so the user hears of a wrong address at once. */
  readonly failsAtOnce?: true;
  /** How the journal has the output, where that is shorter than its JSON. */
  readonly packing?: { pack(output: Output): Packed; unpack(packed: Packed): Output };
  /** What the `step-done` event says of the step. */
  summarise(run: Run, output: Output): StepResult;
}

/**
 * Performs one step: reports its start, progress and end, and writes its output to the journal. Keeps what an earlier
 * attempt of the run returned if that still holds. Tries again after failures that may pass.
 */
export async function performStep<Input, Output, Packed = Output>(
  run: Run,
  step: Step<Input, Output, Packed>,
  input: Input,
): Promise<Output> {
  const { signal, tell, journal } = run;
  const { now } = run.ports.clock;
  const { name } = step;
  signal.throwIfAborted();
  const startedMs = now();
  tell({ event: 'step-started', step: name });
  // Only what may be kept is ever compared.
  const inputDigest = step.stillHolds === undefined ? undefined : digestOfInput(input);
  const perform = async (): Promise<{ readonly output: Output; readonly isKept: boolean }> => {
    const before = run.record.steps.get(name);
    // The journal is our own: what it has for this step is what this step returned.
    if (before !== undefined && inputDigest !== undefined && before.input === inputDigest) {
      const recorded = unpacked(step, before.output);
      if ((await step.stillHolds?.(run, input, recorded)) === true) return { output: recorded, isKept: true };
    }
    const output = await step.perform(run, input, (done, total, unit) =>
      tell({ event: 'step-progress', step: name, done, total, unit }),
    );
    return { output, isKept: false };
  };
  const { output, isKept } = step.failsAtOnce ? await perform() : await withRetries(run, name, perform);
  signal.throwIfAborted();
  if (isKept) {
    tell({ event: 'step-kept', step: name, result: step.summarise(run, output) });
    return output;
  }
  const endedMs = now();
  const packed: unknown = step.packing?.pack(output) ?? output;
  const recorded = unpacked(
    step,
    await journal.recordStep({
      ...{ step: name, startedMs, endedMs },
      ...(inputDigest !== undefined && { input: inputDigest }),
      output: packed,
    }),
  );
  tell({
    event: 'step-done',
    step: name,
    durationMs: endedMs - startedMs,
    result: step.summarise(run, recorded),
  });
  return recorded;
}

/** What the journal has of a step's output → the output. */
function unpacked<Output, Packed>(
  { packing }: Pick<Step<unknown, Output, Packed>, 'packing'>,
  recorded: unknown,
): Output {
  return packing === undefined ? (recorded as Output) : packing.unpack(recorded as Packed);
}

/** SHA-256 (hex) of a value's JSON. */
export function digestOf(value: unknown): string {
  return hash('sha256', JSON.stringify(value) ?? '');
}

/** Of the lists that steps give to each other: each step gets those of thousands of inputs again. */
const digests = new WeakMap<object, string>();

/** SHA-256 (hex) of what a step gets, which does not change any more: of an object, by the digests of its lists. */
function digestOfInput(input: unknown): string {
  if (Array.isArray(input)) return digestOfList(input);
  if (typeof input !== 'object' || input === null) return digestOf(input);
  return digestOf(
    Object.entries(input).map(([key, value]) => [key, Array.isArray(value) ? digestOfList(value) : value]),
  );
}

function digestOfList(list: readonly unknown[]): string {
  const known = digests.get(list);
  if (known !== undefined) return known;
  const sum = createHash('sha256');
  // The text of thousands of inputs at once would be much work for the garbage collector.
  for (let from = 0; from < list.length; from += ITEMS_AT_ONCE) {
    sum.update(JSON.stringify(list.slice(from, from + ITEMS_AT_ONCE)));
  }
  const digest = sum.digest('hex');
  digests.set(list, digest);
  return digest;
}

const ITEMS_AT_ONCE = 64;

/** So many reports of progress are enough for a step. */
const REPORTS = 100;

/** Adds up bytes and passes the running total to `progress`, now and then: there may be thousands of small files. */
export function byteProgress(progress: Progress, totalBytes: number): (bytes: number) => void {
  let done = 0;
  let told = 0;
  return (bytes) => {
    done += bytes;
    if (done < totalBytes && done - told < totalBytes / REPORTS) return;
    told = done;
    progress(done, totalBytes, 'bytes');
  };
}
