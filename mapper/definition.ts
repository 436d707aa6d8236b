import type { MappedRecord } from './api/mapped-record.js';
import type { InvalidAction, MapperPlan } from './contract.js';
import type { ByteForm } from './rules/byte-form.js';
import { CATALOGUE } from './rules/catalogue.js';
import type { RuleResult } from './rules/rule.js';
import { type RuleCatalogue, ruleOfPlan } from './rules/rule-catalogue.js';

/** A rule as the pipeline applies it. It may read the whole record. Every FieldRule is a RecordRule. */
export interface RecordRule {
  apply(text: string, record: MappedRecord): RuleResult;
  /** For a field that is not valid UTF-8: one char a byte, in and out. */
  applyToBytes(bytes: string, record: MappedRecord): RuleResult;
  /** See FieldRule. Absent if the rule reads the record. */
  readonly byteForm?: ByteForm;
}

/** A column named by header text or 0-based index, and its rules in order. */
export interface ColumnDefinition {
  readonly column: string | number;
  readonly rules: readonly {
    /** The rule's name, or that of a function. */
    readonly name: string;
    readonly rule: RecordRule;
    readonly onInvalid: InvalidAction;
  }[];
}

/** What the pipeline runs, made from a job file's plan or from a mapper written in TypeScript. */
export interface MapperDefinition extends Pick<MapperPlan, 'csv' | 'records' | 'output'> {
  readonly name: string;
  readonly columns: readonly ColumnDefinition[];
}

/** The definition that a plan describes. Throws a RangeError if a rule or an option is not accepted. */
export function definitionOfPlan(plan: MapperPlan, catalogue: RuleCatalogue = CATALOGUE): MapperDefinition {
  const { job, csv, records, output } = plan;
  const columns = plan.columns.map(({ column, rules }) => ({
    column,
    rules: rules.map((rule) => ({
      name: rule.rule,
      rule: ruleOfPlan(rule, catalogue),
      onInvalid: rule.onInvalid,
    })),
  }));
  return { name: job, csv, columns, records, output };
}
