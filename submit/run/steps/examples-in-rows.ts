import type { JobResult } from '../../engines/engine.js';
import type { ScannedItem } from '../../sources/source.js';
import { lineOrRow } from './failed-record.js';
import { placesOf } from './input-places.js';
import type { StagedInput } from './stage.js';

/**
 * The invalid values that tasks have told, those of converted inputs by the name of the input and the row of its sheet, or the
 * line of its text: nobody knows the file that the tasks have read. Pure.
 */
export function examplesInRows(
  { examples = [], tasks }: Pick<JobResult, 'examples' | 'tasks'>,
  items: readonly ScannedItem[],
  staged: readonly Pick<StagedInput, 'path'>[],
): Pick<JobResult, 'examples'> {
  if (examples.length === 0) return {};
  const itemAt = new Map(staged.map(({ path }, at) => [path, items[at]]));
  const places = placesOf(new Map(staged.map(({ path }) => [path, path])), tasks);
  return {
    examples: examples.map((example) => {
      const [, path = '', start = '', length = ''] = /^(.*):(\d+)\+(\d+)$/s.exec(example.split) ?? [];
      const item = itemAt.get(path);
      if (item?.converted === undefined) return example;
      const before = start === '0' ? 0 : places[path]?.linesBefore[start];
      if (before === undefined) return { ...example, split: `${item.path}:${start}+${length}` };
      return { ...example, line: lineOrRow(item, before + example.line), split: `${item.path}:0+${length}` };
    }),
  };
}
