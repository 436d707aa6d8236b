import { EXAMPLE_PREFIX, type InvalidExample } from '../../mapper/contract.js';

/** An invalid value, and the split in which it is. JSON. */
export interface FoundExample extends InvalidExample {
  /** Input path and byte range: `file:start+length`. Its line is counted from there. */
  readonly split: string;
}

/** How many values of a column are kept. */
const MAX_OF_COLUMN = 3;

/** An example of the task that read this split, or several inputs that the example tells apart. */
export function foundIn(split: string, { file, start, ...example }: InvalidExample): FoundExample {
  return { ...example, split: file === undefined ? split : `${file}:${start ?? 0}+0` };
}

/** What a task has said on stderr → its examples. Ignores what is not as a mapper writes it. */
export function examplesIn(stderr: string): readonly InvalidExample[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith(EXAMPLE_PREFIX))
    .flatMap((line) => {
      const example = parsed(line.slice(EXAMPLE_PREFIX.length));
      return example === null ? [] : [example];
    });
}

function parsed(json: string): InvalidExample | null {
  try {
    const { column, value, reason, line, file, start } = (JSON.parse(json) ?? {}) as Partial<InvalidExample>;
    if (typeof column !== 'string' || typeof value !== 'string') return null;
    if (typeof reason !== 'string' || typeof line !== 'number') return null;
    const input = typeof file === 'string' && typeof start === 'number' ? { file, start } : {};
    return { column, value, reason, line, ...input };
  } catch {
    return null;
  }
}

/** A few different values of each column, from the examples of all tasks. */
export function someExamples(all: Iterable<FoundExample>): readonly FoundExample[] {
  const valuesOf = new Map<string, Set<string>>();
  const some: FoundExample[] = [];
  for (const example of all) {
    const values = valuesOf.get(example.column) ?? new Set();
    valuesOf.set(example.column, values);
    if (values.size === MAX_OF_COLUMN || values.has(example.value)) continue;
    values.add(example.value);
    some.push(example);
  }
  return some;
}
