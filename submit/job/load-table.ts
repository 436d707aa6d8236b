import { Failure } from '../errors.js';
import { MAX_IDENTIFIER_BYTES, type PlannedLoad, type TableColumn } from '../load-plan.js';
import { columnTypeOf, type NamesOfData } from './column-type.js';
import type { JobPlan } from './plan.js';
import type { ColumnInTable } from './sections/load.js';

/** What the job says of its load; null if it loads nothing. Pure. */
export function plannedLoadOf({
  settings,
  hidesData,
  jobFile,
}: Pick<JobPlan, 'settings' | 'hidesData' | 'jobFile'>): PlannedLoad | null {
  const table = settings['load.postgres.table'];
  if (table === undefined) return null;
  return {
    job: settings.name.value,
    jobFile,
    url: settings['load.postgres.url']?.value ?? null,
    schema: settings['load.postgres.schema']?.value ?? null,
    table: table.value,
    onConflict: settings['load.postgres.onConflict']?.value ?? 'fail',
    duplicates: settings['load.postgres.duplicates']?.value ?? 'fail',
    mode: settings['load.postgres.mode']?.value ?? 'append',
    transaction: settings['load.postgres.transaction']?.value ?? 'run',
    create: settings['load.postgres.create']?.value ?? true,
    lockTimeoutMs: settings['load.postgres.lockTimeout']?.value ?? 0,
    statementTimeoutMs: settings['load.postgres.statementTimeout']?.value ?? null,
    hidesData,
    maxRejected: settings['checks.maxRejected'].value,
    nullText: settings['output.csv.null'].value,
    header: settings['output.header'].value,
    adopts: settings.adopt.value,
  };
}

/**
 * The columns of the table, in the order of the output, with the types that the rules give them. Throws `load-columns`
 * for names that can't stand in a table, and for columns that the job names but the output lacks. Pure.
 */
export function tableColumnsOf(plan: JobPlan, names: NamesOfData): readonly TableColumn[] {
  const given = plan.settings['load.postgres.columns']?.value ?? {};
  const isSnake = plan.settings['load.postgres.names']?.value !== 'same';
  const { outputColumns } = names;
  requireKnown(plan, Object.keys(given), outputColumns);
  const columns = outputColumns.map((from, index): TableColumn => {
    const own: ColumnInTable = Object.hasOwn(given, from) ? (given[from] ?? {}) : {};
    const name = own.name ?? (isSnake ? snakeCase(from, index) : from);
    const { type, because } =
      own.type === undefined
        ? columnTypeOf(plan, names, index)
        : { type: own.type, because: 'the job file' as const };
    return { name, from, type, because, isKey: false };
  });
  requireNames(plan, columns);
  return withKey(plan, columns);
}

function withKey(plan: JobPlan, columns: readonly TableColumn[]): readonly TableColumn[] {
  const key = plan.settings['load.postgres.key']?.value ?? [];
  const indexes = key.map((name) => {
    const named = columns.findIndex((column) => column.name === name);
    return named >= 0 ? named : columns.findIndex(({ from }) => from === name);
  });
  const missing = key.filter((_name, at) => indexes[at] === -1);
  if (missing.length > 0) {
    throw problem(plan, 'key', {
      problem: 'unknown',
      names: missing,
      known: columns.map(({ name }) => name),
    });
  }
  return columns.map((column, index) => ({ ...column, isKey: indexes.includes(index) }));
}

function requireKnown(plan: JobPlan, given: readonly string[], known: readonly string[]): void {
  const names = given.filter((name) => !known.includes(name));
  if (names.length > 0) throw problem(plan, 'columns', { problem: 'unknown', names, known });
}

function requireNames(plan: JobPlan, columns: readonly TableColumn[]): void {
  const names = columns.map(({ name }) => name);
  const long = names.filter((name) => new TextEncoder().encode(name).length > MAX_IDENTIFIER_BYTES);
  if (long.length > 0) throw problem(plan, 'columns', { problem: 'too-long', names: long, known: [] });
  const twice = columns.filter(({ name }, index) => names.indexOf(name) !== index);
  const [first] = twice;
  if (first === undefined) return;
  const known = columns.filter(({ name }) => name === first.name).map(({ from }) => from);
  throw problem(plan, 'columns', { problem: 'twice', names: [first.name], known });
}

function problem(
  { jobFile, settings }: JobPlan,
  key: 'key' | 'columns',
  details: { readonly problem: 'unknown' | 'too-long' | 'twice' } & Record<
    'names' | 'known',
    readonly string[]
  >,
): Failure<'load-columns'> {
  const origin = (settings[`load.postgres.${key}`] ?? settings['load.postgres.table'])?.origin;
  const table = settings['load.postgres.table']?.origin;
  const line = origin?.from === 'job file' ? origin.line : table?.from === 'job file' ? table.line : null;
  return new Failure('load-columns', { jobFile, line, key: `load.postgres.${key}`, ...details });
}

/** `Order ID` → `order_id`, `unitPrice` → `unit_price`. */
export function snakeCase(name: string, index: number): string {
  const snake = name
    .normalize('NFC')
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/^_+|_+$/g, '');
  return snake === '' ? `column_${index + 1}` : snake;
}
