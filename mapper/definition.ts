import type { MappedRecord } from './api/mapped-record.js';
import type {
  InvalidAction,
  MapperPlan,
  OutputColumnNaming,
  OutputColumnPlan,
  RulePlan,
  WherePlan,
} from './contract.js';
import type { ByteForm } from './rules/byte-form.js';
import { CATALOGUE } from './rules/catalogue.js';
import type { Writes } from './rules/number-form.js';
import type { FieldRule, RuleResult, RuleSecret } from './rules/rule.js';
import { type RuleCatalogue, ruleOfPlan } from './rules/rule-catalogue.js';

/** A rule as the pipeline applies it. It may read the whole record. Every FieldRule is a RecordRule. */
export interface RecordRule {
  apply(text: string, record: MappedRecord): RuleResult;
  /** For a field that is not valid UTF-8: one char a byte, in and out. */
  applyToBytes(bytes: string, record: MappedRecord): RuleResult;
  /** See FieldRule. */
  readonly onNull?: RuleResult;
  readonly secret?: RuleSecret;
  readonly hides?: true;
  /** See FieldRule. */
  readonly ofPlainNumbers?: RecordRule;
  /** See FieldRule. */
  readonly writes?: Writes;
  /** See FieldRule. */
  readonly readsNumbers?: true;
  /** See FieldRule. Absent if the rule reads the record. */
  readonly byteForm?: ByteForm;
}

/** A rule as a column has it. */
export interface RuleDefinition {
  /** The rule's name, or that of a function. */
  readonly name: string;
  readonly rule: RecordRule;
  readonly onInvalid: InvalidAction;
}

/** A column named by header text or 0-based index, and its rules in order. */
export interface ColumnDefinition {
  readonly column: string | number;
  readonly rules: readonly RuleDefinition[];
}

/** A column of the output; see `OutputColumnPlan`. */
export interface OutputColumnDefinition extends OutputColumnNaming, Pick<OutputColumnPlan, 'compute'> {
  readonly rules: readonly RuleDefinition[];
}

/** Which records stay; see `WherePlan`. */
export type WhereDefinition =
  | { readonly allOf: readonly WhereDefinition[] }
  | { readonly not: WhereDefinition }
  | { readonly column: string | number; readonly rule: FieldRule };

/** What the pipeline runs, made from a job file's plan or from a mapper written in TypeScript. */
export interface MapperDefinition extends Pick<MapperPlan, 'csv' | 'records'> {
  readonly name: string;
  readonly columns: readonly ColumnDefinition[];
  readonly where?: WhereDefinition;
  readonly output: Omit<MapperPlan['output'], 'columns'> & {
    readonly columns?: readonly OutputColumnDefinition[];
  };
}

/** The definition that a plan describes. Throws a RangeError if a rule or an option is not accepted. */
export function definitionOfPlan(plan: MapperPlan, catalogue: RuleCatalogue = CATALOGUE): MapperDefinition {
  const { job, csv, records } = plan;
  const rulesOf = rulesOnce(catalogue);
  const columns = plan.columns.map(({ column, rules }) => ({ column, rules: rulesOf(rules) }));
  const output = outputOfPlan(plan.output, catalogue);
  return { name: job, csv, columns, ...whereOfPlan(plan, catalogue), records, output };
}

/** The `where` of a plan, if it has one. Throws a RangeError if a test is not accepted. */
export function whereOfPlan(
  { where }: Pick<MapperPlan, 'where'>,
  catalogue: RuleCatalogue = CATALOGUE,
): Pick<MapperDefinition, 'where'> {
  return where === undefined ? {} : { where: testOfPlan(where, catalogue) };
}

function testOfPlan(where: WherePlan, catalogue: RuleCatalogue): WhereDefinition {
  if ('allOf' in where) return { allOf: where.allOf.map((part) => testOfPlan(part, catalogue)) };
  if ('not' in where) return { not: testOfPlan(where.not, catalogue) };
  return { column: where.column, rule: ruleOfPlan(where.test, catalogue) };
}

/** The output that a plan describes. Throws a RangeError if a rule or an option is not accepted. */
export function outputOfPlan(
  { columns, ...output }: MapperPlan['output'],
  catalogue: RuleCatalogue = CATALOGUE,
): MapperDefinition['output'] {
  if (columns === undefined) return output;
  const rulesOf = rulesOnce(catalogue);
  return { ...output, columns: columns.map((column) => ({ ...column, rules: rulesOf(column.rules) })) };
}

/** Makes the rules of plans, and rules that are the same only once: a mapper starts for each task. */
function rulesOnce(catalogue: RuleCatalogue): (plans: readonly RulePlan[]) => RuleDefinition[] {
  const made = new Map<string, FieldRule>();
  return (plans) =>
    plans.map(({ onInvalid, ...plan }) => {
      const key = JSON.stringify(plan);
      const rule = made.get(key) ?? ruleOfPlan({ ...plan, onInvalid }, catalogue);
      made.set(key, rule);
      return { name: plan.rule, rule, onInvalid };
    });
}
