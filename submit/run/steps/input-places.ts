import { type InputPlace, type InputPlaces, ORIGIN_ENTRY } from '../../../mapper/contract.js';
import { countLineFeeds } from '../../../mapper/records/framer.js';
import { type JobInput, rangesOf, type TaskResult } from '../../engines/engine.js';
import type { ScannedItem } from '../../sources/source.js';
import type { Ports } from '../ports.js';
import type { ReplayedInput } from '../ready-replay.js';
import type { Reject } from '../rejects.js';
import { nameOfInput } from './failed-record.js';
import type { StagedInput } from './stage.js';

/** A finished job: its inputs as found and as staged, in the same order, and its tasks in the order of the input. */
export interface ReadInputs {
  readonly items: readonly ScannedItem[];
  readonly inputs: readonly Pick<StagedInput, 'path'>[];
  /** What the tasks read: the same inputs, or files that some were put together in. */
  readonly read: readonly Pick<JobInput, 'path' | 'sections'>[];
  readonly tasks: readonly TaskResult[];
}

/**
 * Writes down, for the mappers that write rejects, what the user calls each input and how many lines come before each
 * split: a task sees only the lines of its split. Returns the path.
 */
export async function writeInputPlaces(
  ports: Pick<Ports, 'source' | 'engine'>,
  path: string,
  { tasks, ...known }: ReadInputs,
  replayed: readonly ReplayedInput[] = [],
): Promise<string> {
  return writePlaces(ports, path, known, placesOfTasks(ports, { tasks, ...known }), replayed);
}

/** The same before the job, for mappers that write rejects beside the records: they count the lines before their split. */
export async function writeKnownPlaces(
  ports: Pick<Ports, 'source' | 'engine'>,
  path: string,
  known: Omit<ReadInputs, 'tasks'>,
  replayed: readonly ReplayedInput[] = [],
): Promise<string> {
  const places = Object.fromEntries(
    known.inputs.map((input, at): [string, InputPlace] => {
      const item = known.items[at];
      const lineIndex = item?.splittable === true ? { lineIndex: item.lineIndex ?? [] } : {};
      return [input.path, { name: nameOfItem(ports, item), linesBefore: {}, ...lineIndex, ...rowsOf(item) }];
    }),
  );
  return writePlaces(ports, path, known, { ...places, ...placesOfCombined(known.read) }, replayed);
}

/** Writes down places, unless that was done. Returns the path. */
export async function writePlaces(
  { engine: { store } }: Pick<Ports, 'engine'>,
  path: string,
  { items, inputs }: Pick<ReadInputs, 'items' | 'inputs'>,
  places: InputPlaces,
  replayed: readonly ReplayedInput[] = [],
): Promise<string> {
  if ((await store.stat(path)) !== undefined) return path;
  const staged = new Map(items.map((item, at) => [item.path, inputs[at]?.path ?? item.path]));
  const bytes =
    replayed.length === 0 ? [Buffer.from(JSON.stringify(places))] : withOrigins(places, replayed, staged);
  await store.write(path, bytes);
  return path;
}

/** What is known of the inputs of a job, and of the files that some were put together in, when its tasks have read them. */
export function placesOfTasks(
  ports: Pick<Ports, 'source' | 'engine'>,
  { items, inputs, read, tasks }: ReadInputs,
): InputPlaces {
  const names = new Map(inputs.map((input, at) => [input.path, nameOfItem(ports, items[at])]));
  const places = placesOf(names, tasks);
  const inRows = inputs.flatMap(({ path }, at): [string, InputPlace][] => {
    const place = places[path];
    return place === undefined ? [] : [[path, { ...place, ...rowsOf(items[at]) }]];
  });
  return { ...places, ...Object.fromEntries(inRows), ...placesOfCombined(read) };
}

/** The rows of a workbook. */
function rowsOf(item: ScannedItem | undefined): Pick<InputPlace, 'rows'> {
  const rows = item?.converted?.sheet?.rows;
  return rows === undefined ? {} : { rows };
}

function placesOfCombined(read: ReadInputs['read']): InputPlaces {
  return Object.fromEntries(
    read.flatMap(({ path, sections }) =>
      sections === undefined ? [] : [[path, { name: path, linesBefore: {}, sections }]],
    ),
  );
}

function nameOfItem(
  { source, engine: { store } }: Pick<Ports, 'source' | 'engine'>,
  item: ScannedItem | undefined,
): string {
  return item === undefined ? '' : nameOfInput(item, source, store);
}

/**
 * Places, with the origins of the lines of inputs that are made of rejects. `staged`: the path of each in the engine's store.
 * Reads the rejects twice: their files have to be known first.
 */
export async function* withOrigins(
  places: InputPlaces,
  replayed: readonly ReplayedInput[],
  staged: ReadonlyMap<string, string>,
): AsyncGenerator<Uint8Array> {
  const files = new Map<string, number>();
  const withEntries: Record<string, InputPlace> = { ...places };
  let entries = 0;
  for (const { path, headerLines, rejects } of replayed) {
    const stagedPath = staged.get(path) ?? path;
    const place = places[stagedPath];
    if (place !== undefined) withEntries[stagedPath] = { ...place, firstOrigin: entries };
    entries += headerLines;
    for await (const batch of rejects()) {
      for (const { file, record } of batch) {
        if (!files.has(file)) files.set(file, files.size);
        entries += countLineFeeds(record);
      }
    }
  }
  yield Buffer.from(`${JSON.stringify(withEntries)}\n${JSON.stringify([...files.keys()])}\n`);
  for (const { headerLines, rejects } of replayed) {
    yield Buffer.alloc(headerLines * ORIGIN_ENTRY.bytes);
    for await (const batch of rejects()) yield Buffer.concat(batch.map(entriesOf));
  }

  /** A line of a record has a place of its own: a record of several lines may now be several records. */
  function entriesOf({ file, line, record }: Reject): Buffer {
    const { bytes, indexBytes } = ORIGIN_ENTRY;
    const lines = countLineFeeds(record);
    const table = Buffer.alloc(lines * bytes);
    for (let at = 0; at < lines; at++) {
      table.writeUInt32BE(files.get(file) ?? 0, at * bytes);
      table.writeUIntBE(line === null ? 0 : line + at, at * bytes + indexBytes, bytes - indexBytes);
    }
    return table;
  }
}

/** Names of inputs by path, and the tasks that have read them → places. Leaves out what is not known. Pure. */
export function placesOf(names: ReadonlyMap<string, string>, tasks: readonly TaskResult[]): InputPlaces {
  const linesBefore = new Map([...names.keys()].map((path) => [path, {} as Record<string, number>]));
  const read = new Map<string, number | null>();
  for (const { split, lines } of tasks.flatMap(rangesOf)) {
    const [, path = '', start = ''] = /^(.*):(\d+)\+\d+$/s.exec(split) ?? [];
    const before = read.get(path) ?? (read.has(path) ? null : 0);
    const places = linesBefore.get(path);
    if (before !== null && places !== undefined) places[start] = before;
    read.set(path, before === null || lines === undefined ? null : before + lines);
  }
  return Object.fromEntries(
    [...names].map(([path, name]) => [path, { name, linesBefore: linesBefore.get(path) ?? {} }]),
  );
}
