/** The words of loads into a database: what a load did, and why one failed. */
import type { FailureDetails } from '../../errors.js';
import type { LoadCounts, RefusalReason, ShapeDifference } from '../../load-plan.js';
import type { StepResult } from '../../run/events.js';
import { count, formatNumber, quote } from '../escape.js';

/** What a load did to the table, for a summary. */
export function loadRows(load: LoadCounts | undefined): [string, string][] {
  if (load === undefined) return [];
  const { inserted, updated, ignored, duplicates, removed } = load;
  const parts = [
    `${formatNumber(inserted)} inserted`,
    ...(updated > 0 ? [`${formatNumber(updated)} updated`] : []),
    ...(ignored > 0 ? [`${formatNumber(ignored)} ignored, whose key was in the table`] : []),
    ...(duplicates > 0
      ? [
          `${formatNumber(duplicates)} gave way to another record with ${duplicates === 1 ? 'its' : 'their'} key`,
        ]
      : []),
    ...(removed > 0 ? [`${formatNumber(removed)} from before removed`] : []),
  ];
  return [['rows', parts.join(', ')]];
}

/** What a load did, for the line of its step. */
export function loadLine({ table, load }: Extract<StepResult, { step: 'load' }>): string {
  if (load.runIds.length === 0) return `${table} has all that is published`;
  const [[, done = ''] = []] = loadRows(load.counts);
  const refused =
    load.rejected === 0 ? '' : `; ${formatNumber(load.rejected)} rejected, in ${load.rejects ?? ''}`;
  return `${table}: ${done}${refused}`;
}

const DATABASE_STATES: Readonly<Record<FailureDetails['database']['problem'], string>> = {
  unreachable: "it can't be reached",
  'unknown-host': 'there is no such host',
  tls: 'no safe connection',
  'not-authenticated': 'authentication failed',
  'no-database': 'there is no such database',
  'no-schema': 'there is no such schema',
  'no-table': 'there is no such table',
  'no-permission': 'no permission',
  'read-only': 'it is read-only',
  'no-space': 'the server has no space left',
  'no-memory': 'the server has no memory left',
  'lock-timeout': 'somebody else has it locked',
  'timed-out': 'it took too long',
  conflict: 'another transaction was in the way',
  refused: 'it does not take the data',
  other: 'the server refused',
};

export function databaseLines({
  uri,
  operation,
  problem,
  cause,
  sqlState,
}: FailureDetails['database']): string[] {
  return [
    `Can't ${operation} ${quote(uri)}: ${DATABASE_STATES[problem]}`,
    `  ${cause}${sqlState === undefined ? '' : ` (SQLSTATE ${sqlState})`}`,
  ];
}

/** Why the database refuses records: a line for each reason. */
export function refusalLines(refused: readonly RefusalReason[]): string[] {
  return refused.map(
    ({ column, reason, records }) =>
      `  the database refuses ${count(records, 'record')}: ${column === '' ? '' : `${quote(column)}: `}${reason}`,
  );
}

/** What to do about errors that are known by their own code only. */
const HINTS_BY_STATE: Readonly<Record<string, string>> = {
  '0A000':
    'Where rows are under row-level security, load as the owner of the table or as a role with BYPASSRLS',
  '22P04': 'The lines do not have the columns of the table, or are no CSV: look at the parts that are loaded',
  '42704': 'Name types that the database has in load.postgres.columns',
  '53300': 'Wait until others have left, or let more in: max_connections, ALTER ROLE … CONNECTION LIMIT',
};

export function databaseHint({ problem, sqlState, advice }: FailureDetails['database']): string | undefined {
  const known = sqlState === undefined ? undefined : HINTS_BY_STATE[sqlState];
  if (known !== undefined) return known;
  switch (problem) {
    case 'unreachable':
      return 'Check that the server runs, and host and port of load.postgres.url or PGHOST and PGPORT';
    case 'unknown-host':
      return 'Check the host of load.postgres.url or PGHOST';
    case 'tls':
      return 'Name the CA of the server with sslrootcert=FILE in the URL or PGSSLROOTCERT; sslmode=no-verify or disable trusts the network';
    case 'not-authenticated':
      return 'Check user and password: the URL that load.postgres.url names, PGUSER and PGPASSWORD, or ~/.pgpass (mode 0600)';
    case 'no-database':
      return 'Check the database of load.postgres.url or PGDATABASE, or create it: createdb NAME';
    case 'no-schema':
      return 'Create it: CREATE SCHEMA, or name another one in load.postgres.schema';
    case 'no-table':
      return 'Create the table, or set load.postgres.create to true';
    case 'no-permission':
      return 'Let the owner of the table, schema or database grant it';
    case 'read-only':
      return 'Connect to the primary server, not to a standby; or set default_transaction_read_only of role or database to off';
    case 'no-space':
      return 'Make room on the server and run again; the table is unchanged';
    case 'no-memory':
      return 'Run again when the server has less to do; the table is unchanged';
    case 'lock-timeout':
      return 'See who holds it: SELECT * FROM pg_stat_activity; load.postgres.lockTimeout says how long to wait';
    case 'timed-out':
      return 'Set load.postgres.statementTimeout, or that of the role, to more';
    case 'conflict':
      return 'Run again';
    case 'refused':
    case 'other':
      return advice;
  }
}

export function differenceLines({ uri, differences }: FailureDetails['table-differs']): string[] {
  return [
    `The table ${quote(uri)} can't take what the job writes`,
    ...differences.map((difference) => `  ${differenceText(difference)}`),
  ];
}

function differenceText(difference: ShapeDifference): string {
  switch (difference.kind) {
    case 'missing':
      return `+ ${difference.column}: missing in the table; the job writes ${difference.wanted}`;
    case 'type':
      return `~ ${difference.column}: the table has ${difference.has}, the job writes ${difference.wanted}`;
    case 'required':
      return `- ${difference.column}: ${difference.has} NOT NULL without a default, but the job does not write it`;
    case 'no-key':
      return `! no primary key and no unique constraint on ${difference.key.map(quote).join(', ')}`;
  }
}

export const DIFFERENCE_HINT =
  'Change the table with ALTER TABLE, or name and type of columns in load.postgres.columns';

export function foreignRowsLines({ uri, job }: FailureDetails['table-foreign']): string[] {
  return [
    job === null
      ? `The table ${quote(uri)} has rows that no run of this job has loaded; replace would delete them`
      : `The job ${quote(job)} has loaded rows into the table ${quote(uri)}; replace would delete them`,
  ];
}

export function keyLines({ uri, kind, key, examples }: FailureDetails['load-keys']): string[] {
  const columns = key.join(', ');
  return [
    kind === 'in-load'
      ? `Several records for the table ${quote(uri)} have the same key (${columns})`
      : `The table ${quote(uri)} has rows with the keys (${columns}) of this load`,
    ...examples.map((values) => `  (${values.map(quote).join(', ')})`),
  ];
}

export function keyHint({ kind }: FailureDetails['load-keys']): string {
  return kind === 'in-load'
    ? 'Set load.postgres.duplicates to last or first, or correct the data; the table is unchanged'
    : 'Set load.postgres.onConflict to update or ignore, or correct the data; the table is unchanged';
}

export function loadColumnLines({
  jobFile,
  line,
  key,
  problem,
  names,
  known,
}: FailureDetails['load-columns']): string[] {
  const place = `  asked for at ${line === null ? jobFile : `${jobFile}:${line}`}`;
  const named = names.map(quote).join(', ');
  switch (problem) {
    case 'unknown':
      return [
        `${key} names ${names.length === 1 ? 'a column' : count(names.length, 'column')} that the output does not have: ${named}`,
        place,
        `  there are: ${known.map(quote).join(', ')}`,
      ];
    case 'too-long':
      return [`Names of columns are longer than the 63 bytes that PostgreSQL takes: ${named}`, place];
    case 'twice':
      return [`Several columns get the name ${named} in the table: ${known.map(quote).join(', ')}`, place];
  }
}

export function loadColumnHint({ problem }: FailureDetails['load-columns']): string | undefined {
  return problem === 'unknown'
    ? undefined
    : 'Give them names of their own: load.postgres.columns: { "Order ID": { name: order_number } }';
}
