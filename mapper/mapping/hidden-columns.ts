import { HIDDEN } from '../contract.js';
import type { MapperDefinition, RuleDefinition } from '../definition.js';
import type { LaidOutColumn, Ruled } from './laid-out.js';
import type { OutputLayout } from './output-layout.js';

/** Which columns of the data nobody may be shown. */
export interface HiddenColumns {
  /** False: all may be shown. */
  readonly areSome: boolean;
  /** Whether the column with this 0-based index is hidden. */
  has(index: number): boolean;
}

/** Whether a mapper keeps a part of the data back: a rule hides a column, or the output does not have all columns. */
export function hidesData({ columns, output }: Pick<MapperDefinition, 'columns' | 'output'>): boolean {
  return output.columns !== undefined || columns.some(({ rules }) => rules.some(isHiding));
}

function isHiding({ rule }: Pick<RuleDefinition, 'rule'>): boolean {
  return rule.hides === true;
}

/** A column is hidden if a rule hides it, or if the output does not have it as its rules leave it. */
export function hiddenColumnsOf({
  columns,
  output,
}: {
  readonly columns: readonly LaidOutColumn[];
  readonly output: OutputLayout | null;
}): HiddenColumns {
  const hidden = new Set(columns.filter(hides).map(({ index }) => index));
  if (output === null) return { areSome: hidden.size > 0, has: (index) => hidden.has(index) };
  const shown = new Set<number | undefined>(
    output.columns.filter(({ rules }) => rules.length === 0).map(({ from }) => from),
  );
  return { areSome: true, has: (index) => hidden.has(index) || !shown.has(index) };
}

/** The fields, without the texts that nobody may be shown. */
export function withoutHidden(fields: readonly string[], hidden: HiddenColumns): readonly string[] {
  return hidden.areSome ? fields.map((field, index) => (hidden.has(index) ? HIDDEN : field)) : fields;
}

function hides({ rules }: Ruled): boolean {
  return rules.some(isHiding);
}
