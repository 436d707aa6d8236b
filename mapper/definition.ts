import type { MappedRecord } from './api/mapped-record.js';
import type { InvalidAction, MapperPlan, OutputColumnNaming, RulePlan } from './contract.js';
import type { ByteForm } from './rules/byte-form.js';
import { CATALOGUE } from './rules/catalogue.js';
import type { RuleResult, RuleSecret } from './rules/rule.js';
import { type RuleCatalogue, ruleOfPlan } from './rules/rule-catalogue.js';

/** A rule as the pipeline applies it. It may read the whole record. Every FieldRule is a RecordRule. */
export interface RecordRule {
  apply(text: string, record: MappedRecord): RuleResult;
  /** For a field that is not valid UTF-8: one char a byte, in and out. */
  applyToBytes(bytes: string, record: MappedRecord): RuleResult;
  /** See FieldRule. */
  readonly onNull?: RuleResult;
  readonly secret?: RuleSecret;
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
export interface OutputColumnDefinition extends OutputColumnNaming {
  readonly rules: readonly RuleDefinition[];
}

/** What the pipeline runs, made from a job file's plan or from a mapper written in TypeScript. */
export interface MapperDefinition extends Pick<MapperPlan, 'csv' | 'records'> {
  readonly name: string;
  readonly columns: readonly ColumnDefinition[];
  readonly output: Pick<MapperPlan['output'], 'header'> & {
    readonly columns?: readonly OutputColumnDefinition[];
  };
}

/** The definition that a plan describes. Throws a RangeError if a rule or an option is not accepted. */
export function definitionOfPlan(plan: MapperPlan, catalogue: RuleCatalogue = CATALOGUE): MapperDefinition {
  const { job, csv, records } = plan;
  const columns = plan.columns.map(({ column, rules }) => ({
    column,
    rules: rulesOfPlans(rules, catalogue),
  }));
  return { name: job, csv, columns, records, output: outputOfPlan(plan.output, catalogue) };
}

/** The output that a plan describes. Throws a RangeError if a rule or an option is not accepted. */
export function outputOfPlan(
  { columns, ...output }: MapperPlan['output'],
  catalogue: RuleCatalogue = CATALOGUE,
): MapperDefinition['output'] {
  if (columns === undefined) return output;
  return {
    ...output,
    columns: columns.map((column) => ({ ...column, rules: rulesOfPlans(column.rules, catalogue) })),
  };
}

function rulesOfPlans(rules: readonly RulePlan[], catalogue: RuleCatalogue): RuleDefinition[] {
  return rules.map((rule) => ({
    name: rule.rule,
    rule: ruleOfPlan(rule, catalogue),
    onInvalid: rule.onInvalid,
  }));
}
