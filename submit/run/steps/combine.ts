import type { InputSection } from '../../../mapper/contract.js';
import { type Engine, type JobInput, toJobInput } from '../../engines/engine.js';
import { isFailure } from '../../errors.js';
import type { JobPlan } from '../../job/plan.js';
import { mapBounded } from '../../map-bounded.js';
import type { ScannedItem } from '../../sources/source.js';
import { changedInput, type PlacedFile, USUAL_FACTOR } from '../../stores/store.js';
import { commitsEachInput } from '../commits-each-input.js';
import { byteProgress, type Run, type Step } from '../step.js';
import { combinedText } from './combined-text.js';
import { checkStillStaged, inputsToStage } from './stage.js';

/** A file that several inputs were put together in. JSON. */
export type CombinedInput = PlacedFile & JobInput & Required<Pick<JobInput, 'sections'>>;

/** A file that a task reads: an input as it is staged, or several that were put together. JSON. */
export type TaskInput = JobInput | CombinedInput;

/** The inputs as they were scanned and, in the same order, are staged: they need not be in their places yet. */
interface ToCombine {
  readonly items: readonly ScannedItem[];
  readonly staged: readonly JobInput[];
}

const MIB = 1024 ** 2;
/** Mapping more than this takes longer than starting a task. */
const SMALL_INPUT_BYTES = 16 * MIB;
/** What a task gets of small inputs. Not more: the tasks of a job work in parallel. */
const TASK_BYTES = 64 * MIB;
/** Files that are written at once. */
const CONCURRENCY = 4;
/** Of files that hold inputs which were in HDFS before: those may be for the user alone. */
export const PRIVATE_MODE = 0o600;

/**
 * Puts small inputs together in files of the run's staging folder, for an engine whose tasks read one file each: starting a
 * task takes seconds. The inputs themselves stay where they are. Their order is kept.
 */
export const combineStep: Step<ToCombine, readonly TaskInput[]> = {
  name: 'combine',
  async perform(run, { items, staged }, progress) {
    const { plan, runId, signal, ports } = run;
    const { source, engine } = ports;
    const { store } = engine;
    const groups = groupInputs(plan, withScans(staged, items));
    const folder = combinedFolder(ports.sink.stagingFor(runId));
    const toCopy = groups
      .filter(isCombined)
      .flatMap((group) => group.map((at) => staged[at]?.sizeBytes ?? 0));
    const onBytes = byteProgress(
      progress,
      toCopy.reduce((sum, size) => sum + size, 0),
    );
    await store.makeDirectory(folder);
    return mapBounded(
      groups,
      async (group, number) => {
        const [only] = group.map((at) => staged[at]);
        if (!isCombined(group) && only !== undefined) return toJobInput(only);
        const path = combinedPath(folder, number);
        // A try before this one may have been stopped just when it was complete.
        await store.remove(path);
        const lines: number[] = [];
        const members = group.flatMap((at) => items[at] ?? []);
        const text = combinedText(source, members, (count) => lines.push(count), onBytes);
        const mode = members.every(({ isScanned }) => isScanned) ? undefined : PRIVATE_MODE;
        const { sizeBytes } = await store.write(path, stoppable(text, signal), signal, runId, mode);
        requireLines(members, lines);
        const sections = group.map((at, nth) => ({ path: staged[at]?.path ?? '', lines: lines[nth] ?? 0 }));
        const identity = (await store.stat(path))?.identity ?? null;
        const checksum = (await store.checksum?.(path)) ?? null;
        return { ...combinedInput(path, sizeBytes, sections), identity, checksum, wasSent: true };
      },
      { concurrency: CONCURRENCY },
    );
  },
  async stillHolds({ ports: { engine } }, _input, recorded) {
    const combined = combinedAmong(recorded);
    try {
      for (const { path } of combined) if ((await engine.store.stat(path)) === undefined) return false;
      await checkStillStaged(engine.store, combined);
      return true;
    } catch (error) {
      if (isFailure(error, 'input-changed')) return false;
      throw error;
    }
  },
  summarise(_run, inputs) {
    const combined = combinedAmong(inputs);
    return {
      step: 'combine',
      inputs: combined.reduce((sum, { sections }) => sum + sections.length, 0),
      files: combined.length,
      sizeBytes: combined.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    };
  },
};

/** Whether the step has something to do. Pure. */
export function mustCombine(
  plan: JobPlan,
  engine: Pick<Engine, 'combines'>,
  staging: string,
  inputs: readonly InputToGroup[],
): boolean {
  // An input with a commit point of its own shares no task.
  if (commitsEachInput(plan)) return false;
  return engine.combines?.(placesPath(staging)) === true && groupInputs(plan, inputs).some(isCombined);
}

/** What a run puts together. */
export interface Combining {
  /** All inputs as they will be staged. */
  readonly inputs: readonly JobInput[];
  /** Whether no task reads an input where it is staged. */
  readonly holdsAll: boolean;
}

/** What a run puts together; null if nothing. Pure. */
export function planCombining(run: Run, items: readonly ScannedItem[]): Combining | null {
  const { plan, runId, ports } = run;
  if (ports.engine.combines === undefined) return null;
  const inputs = inputsToStage(run, items);
  const scanned = withScans(inputs, items);
  if (!mustCombine(plan, ports.engine, ports.sink.stagingFor(runId), scanned)) return null;
  return { inputs, holdsAll: groupInputs(plan, scanned).every(isCombined) };
}

export function combinedAmong(inputs: readonly TaskInput[]): readonly CombinedInput[] {
  return inputs.filter((input): input is CombinedInput => input.sections !== undefined);
}

/** What the step would make, where only the sizes of inputs are known. Pure. */
export function plannedInputs(
  plan: JobPlan,
  staging: string,
  inputs: readonly InputToGroup[],
): readonly JobInput[] {
  const folder = combinedFolder(staging);
  return groupInputs(plan, inputs).flatMap((group, number) => {
    const members = group.flatMap((at) => inputs[at] ?? []);
    if (!isCombined(group)) return members;
    const sections = members.map(({ path }) => ({ path, lines: 0 }));
    const sizeBytes = members.reduce((sum, { sizeBytes: size }) => sum + size, 0);
    return [combinedInput(combinedPath(folder, number), sizeBytes, sections)];
  });
}

/** The file with what the mappers of a job have to know of its inputs. `firstJob`: see `Run`. */
export function placesPath(staging: string, firstJob = 1): string {
  return `${staging}/places${firstJob === 1 ? '' : `-${firstJob}`}.json`;
}

/** An input, and whether its scan has read it. */
type InputToGroup = JobInput & { readonly isScanned?: boolean };

/** Inputs as they were staged, with what the scan says. */
export function withScans<Input extends JobInput>(
  staged: readonly Input[],
  items: readonly Pick<ScannedItem, 'isScanned'>[],
): readonly (Input & InputToGroup)[] {
  return staged.map((input, at) => ({ ...input, isScanned: items[at]?.isScanned ?? false }));
}

/**
 * The inputs of each file that a task reads, by their places: small ones that follow each other share one. Scanned inputs and
 * others do so only where all share one: what tasks read of a file is compared with what was scanned of it.
 */
function groupInputs(
  { settings }: Pick<JobPlan, 'settings'>,
  inputs: readonly InputToGroup[],
): readonly (readonly number[])[] {
  const { small, task } = limitsOf(settings);
  const groups: number[][] = [];
  let room = 0;
  let scans: boolean | undefined;
  for (const [at, { sizeBytes, compression, isScanned }] of inputs.entries()) {
    const own = sizeBytes * (compression === undefined ? 1 : USUAL_FACTOR[compression]);
    const isSmall = own <= small;
    const isAlike = task === Number.POSITIVE_INFINITY || isScanned === scans;
    scans = isScanned;
    if (isSmall && own <= room && isAlike) groups.at(-1)?.push(at);
    else {
      groups.push([at]);
      room = isSmall ? task : 0;
    }
    room -= own;
  }
  return groups;
}

/** Inputs up to `small` bytes share a task, up to `task` bytes of them. */
function limitsOf(settings: JobPlan['settings']): { readonly small: number; readonly task: number } {
  const partSize = settings['output.partSize'].value;
  if (settings['output.files'].value === 1)
    return { small: Number.POSITIVE_INFINITY, task: Number.POSITIVE_INFINITY };
  if (partSize !== null) return { small: partSize, task: partSize };
  const { value, origin } = settings['run.splitSize'];
  const task = origin.from === 'default' ? TASK_BYTES : Math.min(value, TASK_BYTES);
  return { small: Math.min(SMALL_INPUT_BYTES, task), task };
}

function isCombined(group: readonly unknown[]): boolean {
  return group.length > 1;
}

/** No record spans such files, but Hadoop must not split them: a task knows its inputs by the lines from the first one on. */
export function combinedInput(path: string, sizeBytes: number, sections: readonly InputSection[]) {
  return {
    ...{ path, sizeBytes, splittable: true, startsWithBom: false, sections },
    maxPreambleBytes: sizeBytes,
  };
}

export function combinedFolder(staging: string): string {
  return `${staging}/combined`;
}

function combinedPath(folder: string, number: number): string {
  return `${folder}/inputs-${String(number).padStart(5, '0')}.csv`;
}

/** Throws `input-changed` for an input that has other lines than it had when it was scanned. */
function requireLines(items: readonly Pick<ScannedItem, 'path' | 'lines'>[], found: readonly number[]): void {
  for (const [at, { path, lines }] of items.entries()) {
    if (lines !== null && lines !== found[at]) throw changedInput(path);
  }
}

async function* stoppable(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
  }
}
