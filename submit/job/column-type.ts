import type { RulePlan } from '../../mapper/contract.js';
import { nameInHeader } from '../../mapper/records/loose-names.js';
import type { TableColumn } from '../load-plan.js';
import type { JobPlan } from './plan.js';

/** The columns of the data as they are read, and of the output. */
export interface NamesOfData {
  readonly inputColumns: readonly string[] | null;
  readonly outputColumns: readonly string[];
}

type ColumnType = Pick<TableColumn, 'type' | 'because'>;

/** What no rule decides. */
const TEXT: ColumnType = { type: 'text', because: 'nothing' };

/** As many digits as other databases have at most; those before the point are never cut off. */
const DIGITS = 38;
const MAX_DIGITS = 1000;

/**
 * The type of a column of the output by its last rule that decides what is written. A column that may hold something
 * else, such as a marker for invalid values, is text. Pure.
 */
export function columnTypeOf(plan: JobPlan, names: NamesOfData, index: number): ColumnType {
  const { rules, isComputed } = rulesOf(plan, names, index);
  for (const rule of rules.toReversed()) {
    const { onInvalid } = rule;
    if (onInvalid.action === 'marker' && onInvalid.text !== '') return TEXT;
    const type = typeByRule(rule);
    if (type !== undefined) return type === null ? TEXT : { type, because: 'a rule' };
  }
  return isComputed ? { type: 'numeric', because: 'a rule' } : TEXT;
}

/** All rules that a column of the output goes through, in order. */
function rulesOf(
  { columns, outputColumns, settings }: JobPlan,
  { inputColumns, outputColumns: written }: NamesOfData,
  index: number,
): { readonly rules: readonly RulePlan[]; readonly isComputed: boolean } {
  const isLoose = settings['csv.headerMatch'].value === 'loose';
  const ofData = (column: string | number): readonly RulePlan[] => {
    const resolved = (name: string | number) =>
      typeof name === 'number'
        ? inputColumns?.[name]
        : isLoose && inputColumns !== null
          ? nameInHeader(name, inputColumns)
          : name;
    const at = resolved(column);
    return columns.find((one) => resolved(one.column) === at && at !== undefined)?.rules ?? [];
  };
  if (outputColumns === null) return { rules: ofData(written[index] ?? index), isComputed: false };
  const own = outputColumns[index];
  if (own === undefined) return { rules: [], isComputed: false };
  const before = own.from === null ? [] : ofData(own.from);
  return { rules: [...before, ...own.rules], isComputed: own.compute !== undefined };
}

/** Undefined: the rule says nothing of the type. Null: any text. */
function typeByRule({ rule, places, to, name, text }: RulePlan): string | null | undefined {
  switch (rule) {
    case 'trim':
    case 'required':
    case 'oneOf':
    case 'matches':
    case 'between':
      return undefined;
    case 'round':
      return `numeric(${Math.min(MAX_DIGITS, Math.max(DIGITS, 2 * Number(places)))},${Number(places)})`;
    case 'date':
      return dateType(String(to));
    case 'type':
      return typeNamed(String(name));
    case 'default':
      return text === '' ? undefined : null;
    default:
      return null;
  }
}

function dateType(pattern: string): string | null {
  if (/^(?:yyyy|uuuu)-MM-dd$/.test(pattern)) return 'date';
  const [, zone] = /^(?:yyyy|uuuu)-MM-dd(?:'T'| )HH:mm(?::ss(?:\.S+)?)?( ?(?:X{1,3}|Z|x{1,3}))?$/.exec(
    pattern,
  ) ?? [undefined, null];
  if (zone === null) return /^epoch(?:Millis)?$/.test(pattern) ? 'bigint' : null;
  return zone === undefined ? 'timestamp without time zone' : 'timestamp with time zone';
}

function typeNamed(name: string): string | null {
  const [, digits, places] = /^decimal *\( *(\d+) *, *(\d+) *\)$/.exec(name) ?? [];
  if (digits !== undefined) return `numeric(${digits},${places})`;
  return { integer: 'bigint', decimal: 'numeric', boolean: 'boolean', date: 'date' }[name] ?? null;
}
