import type { InputPlaces } from '../../../mapper/contract.js';
import type { TaskResult } from '../../engines/engine.js';
import type { ScannedItem } from '../../sources/source.js';
import type { Ports } from '../ports.js';
import { nameOfInput } from './failed-record.js';
import type { StagedInput } from './stage.js';

/** A finished job: its inputs as found and as staged, in the same order, and its tasks in the order of the input. */
export interface ReadInputs {
  readonly items: readonly ScannedItem[];
  readonly inputs: readonly Pick<StagedInput, 'path'>[];
  readonly tasks: readonly TaskResult[];
}

/**
 * Writes down, for the mappers that write rejects, what the user calls each input and how many lines come before each
 * split: a task sees only the lines of its split. Returns the path.
 */
export async function writeInputPlaces(
  { source, engine: { store } }: Pick<Ports, 'source' | 'engine'>,
  path: string,
  { items, inputs, tasks }: ReadInputs,
): Promise<string> {
  const names = new Map(inputs.map((input, at) => [input.path, nameOfItem(items[at])]));
  const text = JSON.stringify(placesOf(names, tasks));
  if ((await store.stat(path)) === undefined) await store.write(path, [Buffer.from(text)]);
  return path;

  function nameOfItem(item: ScannedItem | undefined): string {
    return item === undefined ? '' : nameOfInput(item, source, store);
  }
}

/** Names of inputs by path, and the tasks that have read them → places. Leaves out what is not known. Pure. */
export function placesOf(names: ReadonlyMap<string, string>, tasks: readonly TaskResult[]): InputPlaces {
  const linesBefore = new Map([...names.keys()].map((path) => [path, {} as Record<string, number>]));
  const read = new Map<string, number | null>();
  for (const { split, lines } of tasks) {
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
