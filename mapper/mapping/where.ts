import type { WhereDefinition } from '../definition.js';
import { textOfByteString } from '../records/byte-string.js';
import { isNull } from '../records/dialect.js';
import type { FieldRule, RuleResult } from '../rules/rule.js';
import type { FindColumn } from './find-column.js';

/** Whether a record stays; null: that can't be judged, so it does not stay, under `not` either. */
export type Verdict = boolean | null;

/** Judges a record by its fields, which are byte strings or nulls. */
export type JudgeRecord = (fields: readonly string[]) => Verdict;

/** A test of records. `find` throws a MapperFailure for a column that is not there. */
export function layOutWhere(where: WhereDefinition, find: FindColumn): JudgeRecord {
  if ('not' in where) {
    const judge = layOutWhere(where.not, find);
    return (fields) => {
      const verdict = judge(fields);
      return verdict === null ? null : !verdict;
    };
  }
  if ('allOf' in where) {
    const judges = where.allOf.map((part) => layOutWhere(part, find));
    return (fields) => allOf(judges, fields);
  }
  const index = find(where.column, 'where');
  return (fields) => verdictOn(where.rule, fields[index]);
}

/** What is false is false, whatever else can't be judged. */
function allOf(judges: readonly JudgeRecord[], fields: readonly string[]): Verdict {
  let verdict: Verdict = true;
  for (const judge of judges) {
    const part = judge(fields);
    if (part === false) return false;
    if (part === null) verdict = null;
  }
  return verdict;
}

/** `field` undefined: the record has no such column. */
function verdictOn(rule: FieldRule, field: string | undefined): Verdict {
  if (field === undefined) return null;
  if (isNull(field)) return rule.onNull === undefined ? null : verdictOf(rule.onNull);
  const text = textOfByteString(field);
  return verdictOf(text === null ? rule.applyToBytes(field) : rule.apply(text));
}

function verdictOf(result: RuleResult): Verdict {
  return result.ok ? true : result.cannotJudge === true ? null : false;
}
