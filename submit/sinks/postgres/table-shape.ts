import { Failure } from '../../errors.js';
import type { PlannedLoad, ShapeDifference, TableColumn } from '../../load-plan.js';
import { quoteName, quoteTable, type TablePlace } from './identifiers.js';
import type { Row, Session } from './session.js';

/** A column of a table that is there. */
export interface FoundColumn {
  readonly name: string;
  /** As PostgreSQL spells it, with its limits: `numeric(12,2)`. */
  readonly type: string;
  /** Without limits: a value that is cast to it is not cut off in silence. */
  readonly baseType: string;
  readonly isRequired: boolean;
}

/** A table that is there. */
export interface FoundTable {
  readonly place: TablePlace;
  readonly columns: readonly FoundColumn[];
  /** Sets of columns of which no two rows have the same values. */
  readonly uniqueKeys: readonly (readonly string[])[];
  /** Present if this transaction has created it. */
  readonly isNew?: true;
}

const FIND_PLACE = `
SELECT n.nspname AS schema, c.relkind AS kind
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = pg_catalog.to_regclass($1)`;

const FIND_COLUMNS = `
SELECT a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
  pg_catalog.format_type(a.atttypid, -1) AS base,
  a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS required
FROM pg_catalog.pg_attribute a
WHERE a.attrelid = $1::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum`;

const FIND_KEYS = `
SELECT (SELECT pg_catalog.json_agg(a.attname ORDER BY a.attname)
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])) AS columns
FROM pg_catalog.pg_index i
WHERE i.indrelid = $1::pg_catalog.regclass AND i.indisunique AND i.indimmediate AND i.indisvalid
  AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indnatts = i.indnkeyatts`;

/** Where the table is or will be, and the table itself; null if it is not there. */
export async function findTable(
  session: Session,
  { schema, table }: Pick<PlannedLoad, 'schema' | 'table'>,
): Promise<{ readonly place: TablePlace; readonly found: FoundTable | null }> {
  const name = schema === null ? quoteName(table) : quoteTable({ schema, table });
  const [there] = await session.query('look at', FIND_PLACE, [name]);
  if (there === undefined) {
    const [first] = await session.query('look at', 'SELECT pg_catalog.current_schema() AS schema');
    return { place: { schema: schema ?? textOf(first?.schema, 'public'), table }, found: null };
  }
  const place = { schema: textOf(there.schema, 'public'), table };
  const columns = await session.query('look at', FIND_COLUMNS, [quoteTable(place)]);
  const keys = await session.query('look at', FIND_KEYS, [quoteTable(place)]);
  return {
    place,
    found: {
      place,
      columns: columns.map(({ name: column, type, base, required }) => ({
        name: textOf(column),
        type: textOf(type),
        baseType: textOf(base),
        isRequired: required === true,
      })),
      uniqueKeys: keys.map(({ columns: of }) => (Array.isArray(of) ? of.map((one) => textOf(one)) : [])),
    },
  };
}

/** A statement that creates the table. Its key is the primary key. */
export function createStatement(place: TablePlace, columns: readonly TableColumn[]): string {
  const key = columns.filter(({ isKey }) => isKey).map(({ name }) => quoteName(name));
  const lines = [
    ...columns.map(({ name, type }) => `${quoteName(name)} ${type}`),
    ...(key.length === 0 ? [] : [`PRIMARY KEY (${key.join(', ')})`]),
  ];
  return `CREATE TABLE ${quoteTable(place)} (\n  ${lines.join(',\n  ')}\n)`;
}

/** Throws `table-differs` unless the table can take what the job writes. */
export function requireShape(uri: string, table: FoundTable, columns: readonly TableColumn[]): void {
  const differences = differencesOf(table, columns);
  if (differences.length > 0) throw new Failure('table-differs', { uri, differences });
}

/** What keeps a table from taking what the job writes. Pure. */
export function differencesOf(table: FoundTable, wanted: readonly TableColumn[]): readonly ShapeDifference[] {
  const found = new Map(table.columns.map((column) => [column.name, column]));
  const names = new Set(wanted.map(({ name }) => name));
  const key = wanted.filter(({ isKey }) => isKey).map(({ name }) => name);
  const ofWanted = wanted.flatMap((column): ShapeDifference[] => {
    const there = found.get(column.name);
    if (there === undefined) return [{ kind: 'missing', column: column.name, wanted: column.type }];
    return fits(column, there)
      ? []
      : [{ kind: 'type', column: column.name, wanted: column.type, has: there.type }];
  });
  const ofTable = table.columns
    .filter(({ name, isRequired }) => isRequired && !names.has(name))
    .map(({ name, type }): ShapeDifference => ({ kind: 'required', column: name, has: type }));
  const isUnique = key.length === 0 || table.uniqueKeys.some((unique) => isSameSet(unique, key));
  return [...ofWanted, ...ofTable, ...(isUnique ? [] : [{ kind: 'no-key' as const, key }])];
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name));
}

/** Families of types: a value of one is never, or not without a loss, a value of another. */
const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/^(?:text|character varying|character|bpchar|citext|varchar|char)\b/, 'text'],
  [/^(?:smallint|integer|bigint|int|int2|int4|int8)$/, 'integer'],
  [/^(?:numeric|decimal)\b/, 'numeric'],
  [/^(?:real|double precision|float4|float8|money)$/, 'inexact'],
  [/^date$/, 'date'],
  [/^timestamp(?:\(\d\))? with time zone$|^timestamptz/, 'moment'],
  [/^timestamp/, 'timestamp'],
  [/^bool/, 'boolean'],
];
type Family = 'text' | 'integer' | 'numeric' | 'inexact' | 'date' | 'moment' | 'timestamp' | 'boolean';

/** The families that a column may have for values that the rules write. */
const TAKEN_BY: Readonly<Record<Exclude<Family, 'text'>, readonly Family[]>> = {
  integer: ['text', 'integer', 'numeric', 'inexact'],
  numeric: ['text', 'numeric', 'inexact', 'integer'],
  inexact: ['text', 'numeric', 'inexact'],
  date: ['text', 'date', 'timestamp', 'moment'],
  // A date would lose the time, a timestamp without a zone the offset, and nobody would hear of it.
  timestamp: ['text', 'timestamp', 'moment'],
  moment: ['text', 'moment'],
  boolean: ['text', 'boolean'],
};

function fits({ type, because }: TableColumn, { type: has }: FoundColumn): boolean {
  const [wanted, there] = [familyOf(type), familyOf(has)];
  if (because === 'the job file') return normalised(type) === normalised(has);
  // Text fits wherever its values do: the database looks at each.
  if (wanted === 'text' || wanted === undefined || there === undefined) return true;
  if (!TAKEN_BY[wanted].includes(there)) return false;
  return !(wanted === 'numeric' && there === 'numeric') || placesOf(has) >= placesOf(type);
}

function familyOf(type: string): Family | undefined {
  const spelt = normalised(type);
  return FAMILIES.find(([pattern]) => pattern.test(spelt))?.[1];
}

const LONG_NAMES: Readonly<Record<string, string>> = {
  int: 'integer',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  decimal: 'numeric',
  varchar: 'character varying',
  char: 'character',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
};

/** As `format_type` of PostgreSQL spells the usual types: `VARCHAR (5)` → `character varying(5)`. */
function normalised(type: string): string {
  const spelt = type
    .trim()
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([(),]) ?/g, '$1');
  const [, word = spelt, limits = ''] = /^([a-z0-9_]+)(\([\d,]+\))?$/.exec(spelt) ?? [];
  const whole =
    /^numeric|^decimal/.test(word) && /^\(\d+\)$/.test(limits) ? `${limits.slice(0, -1)},0)` : limits;
  const long = LONG_NAMES[word] ?? word;
  return long.startsWith('time') && long.includes(' ') && whole !== ''
    ? long.replace(' ', `${whole} `)
    : `${long}${whole}`;
}

/** Digits after the point; a numeric without limits has as many as it is given. */
function placesOf(type: string): number {
  const places = /,(\d+)\)$/.exec(normalised(type))?.[1];
  return places === undefined ? Number.POSITIVE_INFINITY : Number(places);
}

/** A text of a row. */
export function textOf(value: Row[string], fallback = ''): string {
  return typeof value === 'string' ? value : fallback;
}
