import { quoteName, quoteText } from './identifiers.js';
import type { Row, Session } from './session.js';
import { textOf } from './table-shape.js';

/** Tables of the transaction alone: PostgreSQL drops them at its end, also after a kill. */
export const RAW = 'pg_temp.hadoop_elt_raw';
export const STAGING = 'pg_temp.hadoop_elt_staging';
const REFUSED = 'pg_temp.hadoop_elt_refused';
export const COUNTS = 'pg_temp.hadoop_elt_counts';
/** Number of a row, from 1, in the order of the parts. */
export const ROW = 'hadoop_elt_row';

/** A row that the database does not take. */
export interface RefusedRow {
  readonly row: number;
  /** In the table; empty if it is not known. */
  readonly column: string;
  readonly sqlState: string;
  readonly reason: string;
}

/** A statement that moves the rows from $1 to $2, and the columns of which one may be at fault. */
export interface Probe {
  readonly statement: string;
  readonly rows: number;
  /** A statement for each column, which fails for the row $1 if the column does. */
  readonly columns: readonly { readonly name: string; readonly statement: string }[];
  /** One more refused row ends the search. */
  readonly limit: number;
}

const BATCH_ROWS = 1000;
/** Ends a statement whose effect is not wanted. An SQLSTATE of no other meaning. */
const UNDO = 'ELT00';
const REFUSALS =
  'data_exception OR integrity_constraint_violation OR cardinality_violation OR with_check_option_violation OR raise_exception OR program_limit_exceeded';

export async function createProbeTables(session: Session): Promise<void> {
  await session.tryQuery(
    `CREATE TEMP TABLE hadoop_elt_refused (${ROW} bigint, column_name text, state text, reason text) ON COMMIT DROP;
CREATE TEMP TABLE hadoop_elt_counts (inserted bigint, changed bigint) ON COMMIT DROP`,
  );
}

/** So that the transaction can load more. */
export async function dropProbeTables(session: Session): Promise<void> {
  await session.tryQuery(`DROP TABLE IF EXISTS ${RAW}, ${STAGING}, ${REFUSED}, ${COUNTS}`);
}

/**
 * Runs a statement for all rows, in batches on the server: a batch that fails is halved until the rows are alone that
 * the database does not take. So a few of them cost a few statements, and no answer has to be waited for.
 */
export async function probeRows(session: Session, probe: Probe): Promise<void> {
  await session.tryQuery(`DO ${quoteText(programOf(probe))}`);
}

/** The rows that were refused, in order. */
export async function readRefused(session: Session): Promise<readonly RefusedRow[]> {
  const { rows } = await session.tryQuery(
    `SELECT ${ROW}::text AS nth, column_name, state, reason FROM ${REFUSED} ORDER BY ${ROW}`,
  );
  return rows.map(({ nth, column_name: column, state, reason }: Row) => ({
    row: Number(nth),
    column: textOf(column),
    sqlState: textOf(state),
    reason: textOf(reason),
  }));
}

/** PL/pgSQL: ranges of rows that are still to be tried lie on a stack, the earliest on top. */
function programOf({ statement, rows, columns, limit }: Probe): string {
  const names = columns.map(({ name }) => quoteText(name)).join(', ');
  const tries = columns.map((column) => quoteText(column.statement)).join(', ');
  return `
DECLARE
  names text[] := ARRAY[${names}]::text[];
  tries text[] := ARRAY[${tries}]::text[];
  lows bigint[] := '{}';
  highs bigint[] := '{}';
  depth int := 0;
  low bigint;
  high bigint;
  next_low bigint := 1;
  refused bigint := 0;
  state text;
  reason text;
  at_column text;
BEGIN
  LOOP
    IF depth = 0 THEN
      EXIT WHEN next_low > ${rows};
      low := next_low;
      high := LEAST(next_low + ${BATCH_ROWS - 1}, ${rows});
      next_low := high + 1;
    ELSE
      low := lows[depth];
      high := highs[depth];
      depth := depth - 1;
    END IF;
    BEGIN
      EXECUTE ${quoteText(statement)} USING low, high;
    EXCEPTION WHEN ${REFUSALS} THEN
      IF low < high THEN
        lows[depth + 1] := (low + high) / 2 + 1;
        highs[depth + 1] := high;
        lows[depth + 2] := low;
        highs[depth + 2] := (low + high) / 2;
        depth := depth + 2;
        CONTINUE;
      END IF;
      GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, reason = MESSAGE_TEXT, at_column = COLUMN_NAME;
      FOR i IN 1 .. COALESCE(array_length(names, 1), 0) LOOP
        BEGIN
          EXECUTE tries[i] USING low;
          RAISE EXCEPTION USING ERRCODE = '${UNDO}';
        EXCEPTION
          WHEN SQLSTATE '${UNDO}' THEN NULL;
          WHEN ${REFUSALS} THEN
            at_column := names[i];
            EXIT;
        END;
      END LOOP;
      INSERT INTO ${REFUSED} VALUES (low, at_column, state, reason);
      refused := refused + 1;
      EXIT WHEN refused > ${limit};
    END;
  END LOOP;
END`;
}

/** How a column of the raw table, whose text is the bytes one by one, becomes a value of the type. */
export function castOf(column: string, baseType: string): string {
  return `pg_catalog.convert_from(pg_catalog.convert_to(${quoteName(column)}, 'LATIN1'), 'UTF8')::${baseType}`;
}
