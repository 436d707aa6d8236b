import type { ColumnPlan, OutputColumnPlan } from '../../mapper/contract.js';
import { columnsIn, parseExpression, type RuleCatalogue } from '../../mapper/rules/catalogue.js';
import type { KeyPath } from '../config/key-path.js';
import type { ParsedJobFile } from './job-file.js';
import { actionOf, endsPlain, planRule, planRules, type Report, type RulePlanning } from './plan-rules.js';
import { rulesIn } from './sections/columns.js';
import type { OutputColumnInFile } from './sections/output-columns.js';

/** A column of the output, and its line in the job file (1-based). */
export interface PlannedOutputColumn extends OutputColumnPlan {
  readonly line: number;
  /** The columns of the data that it is made from. */
  readonly sources: readonly (string | number)[];
}

/** Key `output.columns` → plan; null where the job file does not have it. Reports names that occur twice. */
export function planOutputColumns(
  job: ParsedJobFile,
  folder: string,
  report: Report,
  columns: readonly ColumnPlan[] = [],
): PlannedOutputColumn[] | null {
  const given = job.content.output?.columns;
  if (given === undefined) return null;
  const shown = new Set(given.flatMap(shownSource));
  const plain = new Set(
    columns.filter(({ rules }) => endsPlain(rules, job.rules)).map(({ column }) => column),
  );
  const lineOf = new Map<string, number>();
  return given.map((column, index) => {
    const path = ['output', 'columns', index];
    const { line } = job.positionOf(path);
    const planned = {
      ...planColumn(column, path, job.rules, {
        ...{ folder, files: job.files, locale: job.content.locale },
        ...{ report, shown, plain },
      }),
      sources: sourcesIn([column]).map(({ name: source }) => columnOf(source)),
      line,
    };
    const name =
      planned.name ?? (typeof planned.from === 'string' ? planned.from : `[${planned.from ?? ''}]`);
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
  catalogue: RuleCatalogue,
  {
    shown,
    plain,
    ...planning
  }: Pick<RulePlanning, 'folder' | 'files' | 'locale' | 'report'> & {
    readonly shown: ReadonlySet<string>;
    readonly plain: ReadonlySet<string | number>;
  },
): OutputColumnPlan {
  if (typeof column === 'string') return { name: null, from: columnOf(column), rules: [] };
  const [[name, source] = ['', '']] = Object.entries(column);
  if (typeof source === 'string') return { name, from: columnOf(source), rules: [] };
  const { from, compute } = source;
  const mustNotKeep =
    compute !== undefined
      ? 'a computed column has no text of its own to keep'
      : shown.has(from ?? '')
        ? null
        : `the output does not have the column ${JSON.stringify(from)}`;
  const within = [...path, name];
  const startsPlain = compute !== undefined || plain.has(columnOf(from ?? ''));
  const ruling = { ...planning, catalogue, mustNotKeep, startsPlain };
  const rules =
    source.rules !== undefined
      ? planRules(source.rules, [...within, 'rules'], ruling)
      : rulesIn(source, catalogue).map(() => planRule(source, within, ruling));
  if (compute === undefined) return { name, from: columnOf(from ?? ''), rules };
  const parsed = parseExpression(compute);
  if (!parsed.ok) {
    planning.report([...within, 'compute'], { given: JSON.stringify(compute), ...parsed.flaw });
  }
  const { invalid, onInvalid } = source;
  const choice = {
    ...(invalid === undefined ? {} : { invalid }),
    ...(onInvalid === undefined ? {} : { onInvalid }),
  };
  return {
    name,
    from: null,
    compute: {
      expression: compute,
      onInvalid: actionOf(choice, [...within, 'compute'], mustNotKeep, planning.report),
      ...(planning.locale === undefined ? {} : { locale: planning.locale }),
    },
    rules,
  };
}

/** The column of the data that an item writes as it is. */
function shownSource(column: OutputColumnInFile): string[] {
  if (typeof column === 'string') return [column];
  return Object.values(column).filter((source) => typeof source === 'string');
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
      : namedIn(source, [...path, name]);
  });
}

function namedIn(
  { from, compute }: { readonly from?: string | undefined; readonly compute?: string | undefined },
  path: KeyPath,
): { readonly name: string; readonly keys: KeyPath }[] {
  if (compute === undefined) return [{ name: from ?? '', keys: [...path, 'from'] }];
  const parsed = parseExpression(compute);
  if (!parsed.ok) return [];
  return columnsIn(parsed.expression).map((column) => ({
    name: typeof column === 'number' ? `[${column}]` : column,
    keys: [...path, 'compute'],
  }));
}

/** `[2]` → 2 (0-based); any other text is a column name. */
export function columnOf(key: string): string | number {
  const index = /^\[\s*(\d+)\s*\]$/.exec(key)?.[1];
  return index === undefined ? key : Number(index);
}
