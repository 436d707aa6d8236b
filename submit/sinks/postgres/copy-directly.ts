import type { CopiedPart } from './copy-parts.js';
import { copyRecords, orBack, type RecordsToCopy, rowsOf } from './copy-records.js';
import { sqlStateOf } from './database-failure.js';
import { quoteName, quoteTable } from './identifiers.js';
import type { Session } from './session.js';
import { type FoundTable, textOf } from './table-shape.js';

/** Records for a table. */
export interface RecordsForTable extends RecordsToCopy {
  readonly table: FoundTable;
  /** Records that the parts have; null if that is not known. */
  readonly records: number | null;
}

/** What came of COPY into the table itself. */
export interface DirectCopy {
  /** Null if the table is as it was: the database refuses a record. */
  readonly copied: readonly CopiedPart[] | null;
  /** Whether it refuses one for a value, rather than for what else the table has. */
  readonly isOfValue: boolean;
}

/** Where a key may be in the table already, COPY is not tried. */
export const NOT_TRIED: DirectCopy = { copied: null, isOfValue: false };

/**
 * Whether COPY may write into the table of a key without harm: no key can be there yet. It may not into a view, where rows
 * have owners, and round what only INSERT obeys: rules, and columns that take no value but their own.
 */
export async function isEmpty(session: Session, { place }: FoundTable): Promise<boolean> {
  const { rows } = await session.tryQuery(
    `SELECT c.relkind IN ('r', 'p') AND NOT pg_catalog.row_security_active(c.oid) AND NOT c.relhasrules
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attidentity = 'a')
  AND NOT EXISTS (SELECT FROM ${quoteTable(place)}) AS is_empty
FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1)`,
    [quoteTable(place)],
  );
  return rows[0]?.is_empty === true;
}

/** Copies the records into the table itself, if it takes all. */
export async function copyDirectly(session: Session, request: RecordsForTable): Promise<DirectCopy> {
  let isOfValue = false;
  const { columns, records, table } = request;
  const hasKey = columns.some(({ isKey }) => isKey);
  const copied = await orBack(
    session,
    async () => {
      const restoreKey = hasKey && table.isNew ? await withoutKey(session, table) : null;
      const all = await copyRecords(session, request, quoteTable(table.place), 'UTF8');
      if (restoreKey !== null) await session.tryQuery(restoreKey);
      // A trigger has left rows out: with a key that is no error.
      return hasKey && records !== null && rowsOf(all) !== records ? null : all;
    },
    (error) => {
      isOfValue = sqlStateOf(error).startsWith('22');
    },
  );
  return { copied, isOfValue };
}

/**
 * Takes the key from a table that nobody else sees yet: to make it of all rows at once takes a third of the time. Returns the
 * statement that makes it again.
 */
async function withoutKey(session: Session, { place }: FoundTable): Promise<string | null> {
  const { rows } = await session.tryQuery(
    `SELECT conname AS name, pg_catalog.pg_get_constraintdef(oid) AS definition FROM pg_catalog.pg_constraint
WHERE conrelid = pg_catalog.to_regclass($1) AND contype = 'p'`,
    [quoteTable(place)],
  );
  const [key] = rows;
  if (key === undefined) return null;
  const name = quoteName(textOf(key.name));
  await session.tryQuery(`ALTER TABLE ${quoteTable(place)} DROP CONSTRAINT ${name}`);
  return `ALTER TABLE ${quoteTable(place)} ADD CONSTRAINT ${name} ${textOf(key.definition)}`;
}
