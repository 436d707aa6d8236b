import type { ColumnLayout, LaidOutColumn, LaidOutRule, Ruled } from '../mapping/column-layout.js';
import * as at from './assembly/layout.js';

/** A step of a program. */
export interface Step {
  /** One of the operations of assembly/layout.ts. */
  readonly operation: number;
  /** A number, or bytes whose address the step gets. */
  readonly argument: number | Uint8Array;
  readonly roundUps?: number;
  /** How many digits the result may have after its point. */
  readonly places?: number;
  readonly by?: LaidOutRule;
  /** The column whose invalid fields the step counts. */
  readonly label?: string;
  /** See FIELD and FLAGS in assembly/layout.ts: only for an arrangement. */
  readonly field?: number;
  readonly flags?: number;
  /** Whether the reference maps records whose field is invalid. */
  readonly leavesInvalid?: true;
}

/** What a program needs whose steps say which field they take. */
export interface Arrangement {
  /** How often the output has the field that it has most often. */
  readonly mostCopies: number;
  /** How many buffers there must be for results between the rules of a field. */
  readonly buffers: number;
}

/** A field that is written more often would make the output too large for its room. */
const MOST_COPIES = 32;
/** The same where a field may become longer by quotes, delimiters and the text of nulls. */
const MOST_COPIES_BY_FIELD = 4;

/** A rule → its step; null if the kernel does not know it. */
export type StepOf = (by: LaidOutRule, label: string) => Step | null;

/** Whether each step has to say which field it takes. */
export function needsArrangement({ output, columns }: ColumnLayout): boolean {
  return output !== null || columns.some(({ rules }) => rules.length > 1);
}

/**
 * The steps in the order of the output. Null if the kernel does not know a rule, or the output has a field too often.
 * `isByField`: each field is looked at, see BY_FIELD in assembly/layout.ts.
 */
export function arrangeSteps(
  layout: ColumnLayout,
  stepOf: StepOf,
  isByField: boolean,
): { readonly steps: readonly Step[]; readonly arrangement: Arrangement } | null {
  if (layout.output?.columns.some(({ computed }) => computed !== undefined) === true) return null;
  const ruled = new Map(layout.columns.map((column) => [column.index, column]));
  const written = writtenFields(layout);
  const copies = new Map<number, number>();
  for (const { from } of written) copies.set(from, (copies.get(from) ?? 0) + 1);
  const mostCopies = Math.max(1, ...copies.values());
  const dropped = layout.columns.filter(({ index }) => !copies.has(index));
  const counted = new Set<number>();
  const steps: (Step | null)[] = dropped.flatMap((column) =>
    chainOf([column], column.index, at.IS_DROPPED, stepOf),
  );
  for (const field of written) {
    const { from } = field;
    const column = ruled.get(from);
    const own: Ruled[] = 'rules' in field && field.rules.length > 0 ? [field] : [];
    if (column === undefined && own.length === 0) {
      addCopy(steps, from, 'count' in field ? field.count : 1);
      continue;
    }
    const chain = chainOf(column === undefined ? own : [column, ...own], from, 0, stepOf);
    steps.push(...(counted.has(from) ? chain.map((step) => countedElsewhere(step, column)) : chain));
    if (column !== undefined) counted.add(from);
  }
  const known = steps.filter((step) => step !== null);
  const buffers = longestChain(known) - 1;
  const hasOddMarker = layout.columns.some(
    (column) => copies.get(column.index) !== 1 && column.rules.some(({ marker }) => marker.includes('\n')),
  );
  const isTooMuch =
    mostCopies > (isByField ? MOST_COPIES_BY_FIELD : MOST_COPIES) || buffers >= at.MAX_CHAIN || hasOddMarker;
  if (known.length < steps.length || isTooMuch) return null;
  return { steps: known, arrangement: { mostCopies, buffers } };
}

/** A field of the output, or `count` fields that are copied as they are (0: all that are left). */
type WrittenField = (Ruled & { readonly from: number }) | { readonly from: number; readonly count: number };

/** The fields of the output in their order. */
function writtenFields({ output, columns, fieldCount }: ColumnLayout): WrittenField[] {
  if (output !== null) return output.columns.filter((column) => column.computed === undefined);
  const end =
    'exactly' in fieldCount ? fieldCount.exactly : Math.max(-1, ...columns.map(({ index }) => index)) + 1;
  const fields: WrittenField[] = Array.from({ length: end }, (_, from) => ({ from, count: 1 }));
  return 'exactly' in fieldCount ? fields : [...fields, { from: end, count: at.ALL_FIELDS }];
}

/** Adds a copy of fields, or makes the last copy longer if they come next. */
function addCopy(steps: (Step | null)[], from: number, count: number): void {
  const before = steps.at(-1);
  const isNext =
    before?.operation === at.COPY && (before.field ?? 0) + (before.argument as number) === from && count > 0;
  if (isNext) steps[steps.length - 1] = { ...before, argument: (before.argument as number) + count };
  else steps.push({ operation: at.COPY, argument: count, field: from });
}

/** The steps of one field: the rules of a column of the data, of a column of the output, or of both. */
function chainOf(lists: readonly Ruled[], field: number, flags: number, stepOf: StepOf): (Step | null)[] {
  return lists.flatMap(({ rules, label }, list) => {
    // What is invalid and kept is no number to the rules of the next list.
    const isRead = lists[list + 1]?.rules.some(({ readsWritten }) => readsWritten === true) === true;
    return rules.map((by, rule) => {
      const step = stepOf(by, label);
      const follows =
        rule < rules.length - 1 ? at.FOLLOWED_BY_RULE : list < lists.length - 1 ? at.FOLLOWED_BY_RULES : 0;
      const invalid = isRead ? { leavesInvalid: true as const } : {};
      return step === null ? null : { ...step, field, flags: flags | follows, ...invalid };
    });
  });
}

/** The step, which must not count the invalid fields of a column a second time. */
function countedElsewhere(step: Step | null, column: LaidOutColumn | undefined): Step | null {
  if (step === null || step.by === undefined || column?.rules.includes(step.by) !== true) return step;
  return { ...step, flags: (step.flags ?? 0) | at.IS_COUNTED_ELSEWHERE };
}

function longestChain(steps: readonly Step[]): number {
  let longest = 1;
  let length = 1;
  for (const { flags = 0 } of steps) {
    const goesOn = (flags & (at.FOLLOWED_BY_RULE | at.FOLLOWED_BY_RULES)) !== 0;
    length = goesOn ? length + 1 : 1;
    longest = Math.max(longest, length);
  }
  return longest;
}
