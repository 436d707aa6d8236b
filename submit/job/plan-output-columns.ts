import type { OutputColumnPlan } from '../../mapper/contract.js';
import type { KeyPath } from '../config/key-path.js';
import type { ParsedJobFile } from './job-file.js';
import { planRule, planRules, type Report } from './plan-rules.js';
import { rulesIn } from './sections/columns.js';
import type { OutputColumnInFile } from './sections/output-columns.js';

/** A column of the output, and its line in the job file (1-based). */
export interface PlannedOutputColumn extends OutputColumnPlan {
  readonly line: number;
}

/** Key `output.columns` → plan; null where the job file does not have it. Reports names that occur twice. */
export function planOutputColumns(job: ParsedJobFile, report: Report): PlannedOutputColumn[] | null {
  const given = job.content.output.columns;
  if (given === undefined) return null;
  const lineOf = new Map<string, number>();
  return given.map((column, index) => {
    const path = ['output', 'columns', index];
    const { line } = job.positionOf(path);
    const planned = { ...planColumn(column, path, job, report), line };
    const name = planned.name ?? (typeof planned.from === 'string' ? planned.from : `[${planned.from}]`);
    const before = lineOf.get(name);
    if (before !== undefined) {
      report(path, {
        message: `two columns of the output have the same name; the other one is at line ${before}`,
        given: JSON.stringify(name),
        accepted: 'a name of its own: { New Name: … }',
      });
    }
    lineOf.set(name, line);
    return planned;
  });
}

function planColumn(
  column: OutputColumnInFile,
  path: KeyPath,
  { rules: catalogue }: ParsedJobFile,
  report: Report,
): OutputColumnPlan {
  if (typeof column === 'string') return { name: null, from: columnOf(column), rules: [] };
  const [[name, source] = ['', '']] = Object.entries(column);
  if (typeof source === 'string') return { name, from: columnOf(source), rules: [] };
  const planning = { catalogue, report };
  const within = [...path, name];
  const rules =
    source.rules !== undefined
      ? planRules(source.rules, [...within, 'rules'], planning)
      : rulesIn(source, catalogue).map(() => planRule(source, within, planning));
  return { name, from: columnOf(source.from), rules };
}

/** The columns of the data that the items name, each with its key path. */
export function sourcesIn(
  columns: readonly OutputColumnInFile[],
): { readonly name: string; readonly keys: KeyPath }[] {
  return columns.flatMap((column, index) => {
    const path = ['output', 'columns', index];
    if (typeof column === 'string') return [{ name: column, keys: path }];
    const [[name, source] = ['', '']] = Object.entries(column);
    return typeof source === 'string'
      ? [{ name: source, keys: [...path, name] }]
      : [{ name: source.from, keys: [...path, name, 'from'] }];
  });
}

/** `[2]` → 2 (0-based); any other text is a column name. */
export function columnOf(key: string): string | number {
  const index = /^\[\s*(\d+)\s*\]$/.exec(key)?.[1];
  return index === undefined ? key : Number(index);
}
