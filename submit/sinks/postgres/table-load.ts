import { Failure } from '../../errors.js';
import type { LoadCounts, PlannedLoad, RefusedRecord, TableColumn } from '../../load-plan.js';
import { type CopiedPart, copyParts, type LoadPart } from './copy-parts.js';
import { type DatabaseContext, databaseFailure, isRefusal, sqlStateOf } from './database-failure.js';
import { quoteName, quoteTable } from './identifiers.js';
import { type KeyProblem, merge } from './merge.js';
import {
  castOf,
  createProbeTables,
  dropProbeTables,
  probeRows,
  RAW,
  type RefusedRow,
  ROW,
  readRefused,
  STAGING,
} from './probe.js';
import type { Session } from './session.js';
import type { FoundTable } from './table-shape.js';

/** What is loaded in one transaction. */
export interface LoadRequest {
  readonly planned: PlannedLoad;
  readonly table: FoundTable;
  readonly columns: readonly TableColumn[];
  readonly parts: readonly LoadPart[];
  /** One ASCII character. */
  readonly delimiter: string;
  /** Records that the parts have; null if that is not known. */
  readonly records: number | null;
  /** How many records the database may refuse. */
  readonly limit: number;
  /** How many rows were removed for this load before. */
  readonly removed: number;
}

/** What a load did, but for its commit. */
export interface LoadedTable {
  readonly counts: LoadCounts;
  readonly refused: readonly RefusedRecord[];
}

/**
 * Brings the records of parts into the table, within the open transaction of the session. Without a key, or into an empty
 * table, COPY writes into the table itself. Into a table with rows that has a key, or if the database refuses a record, it
 * writes into a table of this transaction alone first.
 */
export async function loadTable(
  session: Session,
  request: LoadRequest,
  context: DatabaseContext,
): Promise<LoadedTable> {
  try {
    return await load(session, request, context);
  } catch (error) {
    throw databaseFailure('load into', error, context);
  }
}

async function load(session: Session, request: LoadRequest, context: DatabaseContext): Promise<LoadedTable> {
  const { columns, removed } = request;
  const hasKey = columns.some(({ isKey }) => isKey);
  const direct =
    hasKey && !(await isEmpty(session, request.table)) ? NOT_TRIED : await tryDirectly(session, request);
  if (direct.copied !== null) {
    if (!hasKey) requireAll(request, direct.copied);
    const counts = { ...NOTHING, inserted: rowsOf(direct.copied), removed };
    return { counts, refused: [] };
  }
  await createProbeTables(session);
  // What is refused for its type would be so again.
  const staged = hasKey && !direct.isOfValue ? await tryStaging(session, request) : null;
  const copied = staged ?? (await stageRaw(session, request));
  requireAll(request, copied);
  const merged = await merge(session, { ...request, staged: rowsOf(copied) });
  if ('kind' in merged) throw keyFailure(merged, request, context);
  const refused = await readRefused(session);
  const rows = refused.map((row) => refusedRecord(row, copied, request));
  await dropProbeTables(session);
  return { counts: { ...merged, removed }, refused: rows };
}

const NOTHING: LoadCounts = { inserted: 0, updated: 0, ignored: 0, duplicates: 0, removed: 0 };

/** What came of COPY into the table itself. */
interface Tried {
  /** Null if the table is as it was: the database refuses a record. */
  readonly copied: readonly CopiedPart[] | null;
  /** Whether it refuses one for a value, rather than for what else the table has. */
  readonly isOfValue: boolean;
}

const NOT_TRIED: Tried = { copied: null, isOfValue: false };

/**
 * Whether COPY may write into the table of a key without harm: no key can be there yet. It may not into a view, or where
 * rows have owners.
 */
async function isEmpty(session: Session, { place }: FoundTable): Promise<boolean> {
  const { rows } = await session.tryQuery(
    `SELECT c.relkind IN ('r', 'p') AND NOT pg_catalog.row_security_active(c.oid) AND NOT EXISTS (SELECT FROM ${quoteTable(place)}) AS is_empty
FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1)`,
    [quoteTable(place)],
  );
  return rows[0]?.is_empty === true;
}

async function tryDirectly(session: Session, request: LoadRequest): Promise<Tried> {
  let isOfValue = false;
  const { columns, records, table } = request;
  const hasKey = columns.some(({ isKey }) => isKey);
  const copied = await orBack(
    session,
    async () => {
      const all = await copyInto(session, request, quoteTable(table.place), 'UTF8');
      // A trigger has left rows out: with a key that is no error.
      return hasKey && records !== null && rowsOf(all) !== records ? null : all;
    },
    (error) => {
      isOfValue = sqlStateOf(error).startsWith('22');
    },
  );
  return { copied, isOfValue };
}

async function tryStaging(session: Session, request: LoadRequest): Promise<readonly CopiedPart[] | null> {
  return orBack(session, async () => {
    await createStaging(session, request);
    return copyInto(session, request, STAGING, 'UTF8');
  });
}

/** Does something, or undoes it if it returns null or the database refuses a record. */
async function orBack<T>(
  session: Session,
  action: () => Promise<T | null>,
  hear: (refusal: unknown) => void = () => undefined,
): Promise<T | null> {
  await session.tryQuery('SAVEPOINT hadoop_elt_copy');
  let result: T | null = null;
  try {
    result = await action();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    hear(error);
  }
  await session.tryQuery(`${result === null ? 'ROLLBACK TO' : 'RELEASE'} SAVEPOINT hadoop_elt_copy`);
  return result;
}

/** The types of the table, without its constraints, so that COPY itself looks at each value. */
async function createStaging(session: Session, { table, columns }: LoadRequest): Promise<void> {
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  await session.tryQuery(
    `CREATE TEMP TABLE hadoop_elt_staging ON COMMIT DROP AS SELECT ${names} FROM ${quoteTable(table.place)} WITH NO DATA`,
  );
  // Numbers are taken in large steps: one at a time costs a tenth of the whole COPY.
  await session.tryQuery(
    `ALTER TABLE ${STAGING} ADD COLUMN ${ROW} bigint GENERATED BY DEFAULT AS IDENTITY (CACHE 1000)`,
  );
}

/** Takes the records as text, and then those whose values are of the table's types. */
async function stageRaw(session: Session, request: LoadRequest): Promise<readonly CopiedPart[]> {
  const { table, columns, limit } = request;
  const texts = columns.map(({ name }) => `${quoteName(name)} text`).join(', ');
  await session.tryQuery(
    `CREATE TEMP TABLE hadoop_elt_raw (${ROW} bigint GENERATED BY DEFAULT AS IDENTITY (CACHE 1000), ${texts}) ON COMMIT DROP`,
  );
  await createStaging(session, request);
  const copied = await copyInto(session, request, RAW, 'LATIN1');
  await session.tryQuery(`CREATE INDEX ON ${RAW} (${ROW})`);
  const types = new Map(table.columns.map(({ name, baseType }) => [name, baseType]));
  const casts = columns.map(({ name }) => ({
    name,
    cast: castOf(name, types.get(name) ?? 'text'),
  }));
  const insert = (of: typeof casts, where: string) =>
    `INSERT INTO ${STAGING} (${[ROW, ...of.map(({ name }) => quoteName(name))].join(', ')})
SELECT ${[ROW, ...of.map(({ cast }) => cast)].join(', ')} FROM ${RAW} WHERE ${where}`;
  await probeRows(session, {
    statement: insert(casts, `${ROW} BETWEEN $1 AND $2`),
    rows: rowsOf(copied),
    columns: casts.map((one) => ({ name: one.name, statement: insert([one], `${ROW} = $1`) })),
    limit,
  });
  return copied;
}

function copyInto(
  session: Session,
  { columns, parts, delimiter, planned }: LoadRequest,
  table: string,
  encoding: 'UTF8' | 'LATIN1',
): Promise<readonly CopiedPart[]> {
  const target = { table, columns: columns.map(({ name }) => name), encoding };
  const { nullText } = planned;
  return copyParts(session, target, parts, { delimiter, nullText, columnCount: columns.length });
}

function rowsOf(copied: readonly CopiedPart[]): number {
  return copied.reduce((sum, { rows }) => sum + rows, 0);
}

/** Throws `verification-failed` unless the database has read as many records as the parts have. */
function requireAll({ records }: LoadRequest, copied: readonly CopiedPart[]): void {
  const rows = rowsOf(copied);
  if (records === null || records === rows) return;
  const mismatch = {
    left: 'records written',
    leftCount: records,
    right: 'records that the database has read',
    rightCount: rows,
  };
  throw new Failure('verification-failed', { mismatches: [mismatch], logs: '' });
}

function keyFailure(
  { kind, examples }: KeyProblem,
  { columns, planned }: LoadRequest,
  { uri }: DatabaseContext,
): Failure<'load-keys'> {
  return new Failure('load-keys', {
    uri,
    kind,
    key: columns.filter(({ isKey }) => isKey).map(({ name }) => name),
    examples: planned.hidesData ? [] : examples,
  });
}

/** Names of SQLSTATEs that tell what is wrong without the value. */
const PLAIN_REASONS: Readonly<Record<string, string>> = {
  '22001': 'too long',
  '22003': 'number out of range',
  '22007': 'not a date or time',
  '22008': 'not a date or time of the calendar',
  '22021': 'not valid UTF-8, or a NUL byte',
  '22P02': 'not of the type',
  '23502': 'null where the table allows none',
  '23503': 'refers to a row that is not there',
  '23505': 'a row with this key is there',
  '23514': 'against a check of the table',
};

function refusedRecord(
  { row, column, sqlState, reason }: RefusedRow,
  copied: readonly CopiedPart[],
  { columns, planned }: LoadRequest,
): RefusedRecord {
  const part = copied.findLast(({ first, rows }) => first <= row && rows > 0);
  const plain = PLAIN_REASONS[sqlState];
  const told = planned.hidesData || sqlState === '22021' ? (plain ?? `SQLSTATE ${sqlState}`) : reason;
  return {
    part: part?.name ?? '',
    record: row - (part?.first ?? 1),
    column: columns.find(({ name }) => name === column)?.from ?? column,
    reason: told,
  };
}
