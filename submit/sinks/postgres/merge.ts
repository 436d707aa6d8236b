import type { PlannedLoad, TableColumn } from '../../load-plan.js';
import { isRefusal, sqlStateOf } from './database-failure.js';
import { quoteName, quoteTable } from './identifiers.js';
import { COUNTS, probeRows, ROW, STAGING } from './probe.js';
import type { Session } from './session.js';
import type { FoundTable } from './table-shape.js';

/** A merge of staged rows into the table. */
export interface MergeRequest {
  readonly table: FoundTable;
  readonly columns: readonly TableColumn[];
  readonly planned: Pick<PlannedLoad, 'onConflict' | 'duplicates'>;
  /** Rows that were staged; some of them may be gone again. */
  readonly staged: number;
  /** How many rows the database may refuse. */
  readonly limit: number;
}

export interface Merged {
  readonly inserted: number;
  readonly updated: number;
  readonly ignored: number;
  readonly duplicates: number;
}

/** Keys that several records share, or that are in the table already. */
export interface KeyProblem {
  readonly kind: 'in-load' | 'in-table';
  /** A few of them. */
  readonly examples: readonly (readonly string[])[];
}

const MAX_EXAMPLES = 5;
const TWICE_IN_ONE_STATEMENT = '21000';
const NOT_UNIQUE = '23505';

/**
 * Moves the staged rows into the table with one statement. Only if the database refuses a row are they tried in batches,
 * and only if a key occurs twice are the records looked for that give way. Returns a `KeyProblem` if the job says fail.
 */
export async function merge(session: Session, request: MergeRequest): Promise<Merged | KeyProblem> {
  const { columns, planned } = request;
  const hasKey = columns.some(({ isKey }) => isKey);
  // Where the statement itself would take the first record, or none, the choice is made before.
  const mustChoose =
    hasKey &&
    planned.duplicates !== 'fail' &&
    (planned.onConflict === 'fail' || (planned.onConflict === 'ignore' && planned.duplicates === 'last'));
  if (mustChoose) await analyse(session);
  let duplicates = mustChoose ? await removeDuplicates(session, request) : 0;
  const first = await tryWhole(session, request);
  if ('inserted' in first) return withIgnored(session, request, first, duplicates);
  if (!mustChoose) await analyse(session);
  // Whatever was refused first: a key that occurs twice may come behind it.
  if (hasKey && (planned.duplicates === 'fail' || planned.onConflict === 'fail')) {
    const problem = await keyProblem(session, request);
    if (problem !== null) return problem;
  }
  if (hasKey && [TWICE_IN_ONE_STATEMENT, NOT_UNIQUE].includes(sqlStateOf(first.error))) {
    duplicates += await removeDuplicates(session, request);
    const second = await tryWhole(session, request);
    if ('inserted' in second) return withIgnored(session, request, second, duplicates);
  }
  return withIgnored(session, request, await inBatches(session, request), duplicates);
}

/** One statement that takes all rows as they come plans no better for it, and it takes a tenth of the load. */
async function analyse(session: Session): Promise<void> {
  await session.tryQuery(`ANALYZE ${STAGING}`);
}

type Changed = Pick<Merged, 'inserted' | 'updated'>;

async function tryWhole(
  session: Session,
  request: MergeRequest,
): Promise<Changed | { readonly error: unknown }> {
  await session.tryQuery('SAVEPOINT hadoop_elt_merge');
  try {
    const { rows } = await session.tryQuery(
      `WITH done AS (${insertStatement(request)})
SELECT pg_catalog.count(*) FILTER (WHERE is_new)::text AS inserted, pg_catalog.count(*)::text AS changed FROM done`,
    );
    await session.tryQuery('RELEASE SAVEPOINT hadoop_elt_merge');
    const inserted = Number(rows[0]?.inserted);
    return { inserted, updated: Number(rows[0]?.changed) - inserted };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await session.tryQuery('ROLLBACK TO SAVEPOINT hadoop_elt_merge');
    return { error };
  }
}

async function inBatches(session: Session, request: MergeRequest): Promise<Changed> {
  const insert = insertStatement(request, `WHERE ${ROW} BETWEEN $1 AND $2`);
  await session.tryQuery(`CREATE INDEX ON ${STAGING} (${ROW})`);
  await probeRows(session, {
    statement: `WITH done AS (${insert}) INSERT INTO ${COUNTS} SELECT count(*) FILTER (WHERE is_new), count(*) FROM done`,
    rows: request.staged,
    columns: [],
    limit: request.limit,
  });
  const { rows } = await session.tryQuery(
    `SELECT COALESCE(sum(inserted), 0)::text AS inserted, COALESCE(sum(changed), 0)::text AS changed FROM ${COUNTS}`,
  );
  const inserted = Number(rows[0]?.inserted);
  return { inserted, updated: Number(rows[0]?.changed) - inserted };
}

function insertStatement({ table, columns, planned }: MergeRequest, where = ''): string {
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  // A row that this statement has inserted has no transaction that changed it.
  return `INSERT INTO ${quoteTable(table.place)} AS target (${names})
SELECT ${names} FROM ${STAGING} ${where}
${conflictClause(columns, planned)} RETURNING target.xmax = 0 AS is_new`;
}

function conflictClause(columns: readonly TableColumn[], { onConflict }: MergeRequest['planned']): string {
  const key = columns.filter(({ isKey }) => isKey);
  if (key.length === 0 || onConflict === 'fail') return '';
  const on = `ON CONFLICT (${key.map(({ name }) => quoteName(name)).join(', ')})`;
  const others = columns.filter(({ isKey }) => !isKey).map(({ name }) => quoteName(name));
  if (onConflict === 'ignore' || others.length === 0) return `${on} DO NOTHING`;
  return `${on} DO UPDATE SET ${others.map((name) => `${name} = EXCLUDED.${name}`).join(', ')}`;
}

function keyNames(columns: readonly TableColumn[]): string[] {
  return columns.filter(({ isKey }) => isKey).map(({ name }) => quoteName(name));
}

/** Removes all staged records of a key but one. Returns how many are gone. A key that is null is never the same. */
async function removeDuplicates(session: Session, { columns, planned }: MergeRequest): Promise<number> {
  const key = keyNames(columns);
  const { changed } = await session.tryQuery(
    `DELETE FROM ${STAGING} WHERE ${ROW} IN (
  SELECT ${ROW} FROM (
    SELECT ${ROW}, pg_catalog.row_number() OVER (
      PARTITION BY ${key.join(', ')} ORDER BY ${ROW} ${planned.duplicates === 'first' ? 'ASC' : 'DESC'}
    ) AS nth
    FROM ${STAGING} WHERE ${key.map((name) => `${name} IS NOT NULL`).join(' AND ')}
  ) AS numbered WHERE nth > 1)`,
  );
  return changed;
}

/** The keys that the job does not allow; null if there are none. */
async function keyProblem(
  session: Session,
  { table, columns, planned }: MergeRequest,
): Promise<KeyProblem | null> {
  const key = keyNames(columns);
  const shown = (of: string) => key.map((name, at) => `${of}${name}::text AS key_${at}`).join(', ');
  const examplesOf = async (sql: string) =>
    (await session.tryQuery(sql)).rows.map((row) => key.map((_name, at) => String(row[`key_${at}`])));
  if (planned.duplicates === 'fail') {
    const examples = await examplesOf(
      `SELECT ${shown('')} FROM ${STAGING} WHERE ${key.map((name) => `${name} IS NOT NULL`).join(' AND ')} GROUP BY ${key.join(', ')} HAVING pg_catalog.count(*) > 1
ORDER BY pg_catalog.min(${ROW}) LIMIT ${MAX_EXAMPLES}`,
    );
    if (examples.length > 0) return { kind: 'in-load', examples };
  }
  if (planned.onConflict !== 'fail') return null;
  const same = key.map((name) => `target.${name} = staged.${name}`).join(' AND ');
  const examples = await examplesOf(
    `SELECT ${shown('staged.')} FROM ${STAGING} AS staged JOIN ${quoteTable(table.place)} AS target ON ${same}
ORDER BY staged.${ROW} LIMIT ${MAX_EXAMPLES}`,
  );
  return examples.length > 0 ? { kind: 'in-table', examples } : null;
}

/** Tells records whose key was in the table from those that gave way to another record of the load. */
async function withIgnored(
  session: Session,
  request: MergeRequest,
  { inserted, updated }: Changed,
  duplicates: number,
): Promise<Merged | KeyProblem> {
  const { columns, planned } = request;
  const key = keyNames(columns);
  if (planned.onConflict !== 'ignore' || key.length === 0)
    return { inserted, updated, ignored: 0, duplicates };
  const { rows } = await session.tryQuery(
    `SELECT pg_catalog.count(*)::text AS records FROM ${STAGING}
WHERE ${ROW} NOT IN (SELECT ${ROW} FROM pg_temp.hadoop_elt_refused)`,
  );
  const passed = Number(rows[0]?.records) - inserted - updated;
  if (passed <= 0 || duplicates > 0) return { inserted, updated, ignored: Math.max(0, passed), duplicates };
  if (planned.duplicates === 'fail') {
    const problem = await keyProblem(session, request);
    if (problem !== null) return problem;
  }
  const distinct = await session.tryQuery(
    `SELECT (pg_catalog.count(*) - pg_catalog.count(DISTINCT (${key.join(', ')})))::text AS twice FROM ${STAGING}`,
  );
  const twice = Number(distinct.rows[0]?.twice);
  return { inserted, updated, ignored: passed - twice, duplicates: twice };
}
