import type { WherePlan } from '../../mapper/contract.js';
import type { KeyPath } from '../config/key-path.js';
import type { ParsedJobFile } from './job-file.js';
import { columnOf } from './plan-output-columns.js';
import { planRule, type Report, type RulePlanning } from './plan-rules.js';
import { rulesIn } from './sections/columns.js';
import { judgingRules, type TestInFile, type WhereInFile, type WhereMapping } from './sections/where.js';

/** Section `where` of a job file, planned. */
export interface PlannedWhere {
  readonly plan: WherePlan;
  /** The columns that it looks at, each with its key path and its 1-based line. */
  readonly columns: readonly { readonly name: string; readonly keys: KeyPath; readonly line: number }[];
}

/** Null: all records stay. */
export function planWhere(job: ParsedJobFile, folder: string, report: Report): PlannedWhere | null {
  const where: WhereInFile | undefined = job.content.where;
  if (where === undefined) return null;
  const columns: PlannedWhere['columns'][number][] = [];
  const planning = { catalogue: judgingRules(job.rules), folder, report, locale: job.content.locale };
  const plan = planPart(where, ['where'], planning, (name, keys) =>
    columns.push({ name, keys, line: job.positionOf(keys).line }),
  );
  return { plan, columns };
}

type NoteColumn = (name: string, keys: KeyPath) => void;

function planPart(where: WhereInFile, path: KeyPath, planning: RulePlanning, note: NoteColumn): WherePlan {
  if (isList(where)) {
    return allOf(where.map((part, index) => planPart(part, [...path, index], planning, note)));
  }
  return allOf(
    Object.entries(where).map(([name, tests]) => {
      const keys = [...path, name];
      if (name === 'not') return { not: planPart(tests as WhereInFile, keys, planning, note) };
      note(name, keys);
      return planTests(tests as TestInFile | readonly TestInFile[], keys, columnOf(name), planning);
    }),
  );
}

function isList(where: WhereInFile): where is readonly WhereMapping[] {
  return Array.isArray(where);
}

function planTests(
  tests: TestInFile | readonly TestInFile[],
  path: KeyPath,
  column: string | number,
  planning: RulePlanning,
): WherePlan {
  if (Array.isArray(tests)) {
    return allOf(tests.map((test, index) => planTests(test, [...path, index], column, planning)));
  }
  if (typeof tests === 'string') return { column, test: planRule(tests, path, planning) };
  const mapping = tests as Readonly<Record<string, unknown>>;
  const parts: WherePlan[] = rulesIn(mapping, planning.catalogue).map((rule) => ({
    column,
    test: planRule({ [rule]: mapping[rule] }, path, planning),
  }));
  if (mapping.not !== undefined) {
    parts.push({ not: planTests(mapping.not as TestInFile, [...path, 'not'], column, planning) });
  }
  return allOf(parts);
}

function allOf(parts: readonly WherePlan[]): WherePlan {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : { allOf: parts };
}
