import type { PlannedLoad } from '../../load-plan.js';
import { lockNumberOf, type TablePlace } from './identifiers.js';
import type { Session } from './session.js';

/** Versions from this one on notice that a client is gone while a statement runs. */
const CHECKS_CLIENT = 140_000;

/**
 * Begins the transaction of a load. Whatever the server's settings, dates of another order than year, month, day are
 * refused rather than guessed, and moments without an offset are UTC.
 */
export async function beginLoad(
  session: Session,
  { lockTimeoutMs, statementTimeoutMs }: Pick<PlannedLoad, 'lockTimeoutMs' | 'statementTimeoutMs'>,
): Promise<void> {
  await session.query(
    'begin a load into',
    `BEGIN;
SET LOCAL lock_timeout = ${lockTimeoutMs};
SET LOCAL statement_timeout = ${statementTimeoutMs ?? 0};
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL timezone = 'UTC';
SET LOCAL standard_conforming_strings = on;
SELECT pg_catalog.set_config('client_connection_check_interval', '2s', true)
WHERE pg_catalog.current_setting('server_version_num')::int >= ${CHECKS_CLIENT};
SET CONSTRAINTS ALL IMMEDIATE`,
  );
}

/**
 * Waits for all other loads into the table: those that run, and one whose process was killed but whose COMMIT is still on
 * its way. Held to the end of the transaction.
 */
export async function lockTarget(session: Session, place: TablePlace): Promise<void> {
  await session.query('lock', `SELECT pg_catalog.pg_advisory_xact_lock(${lockNumberOf(place)})`);
}
