import { Failure } from '../../errors.js';
import type { LoadCounts, PlannedLoad, TableColumn } from '../../load-plan.js';
import { columnsReadBy, type Manifest } from '../../run/manifest.js';
import type { ColumnsOfRun } from '../sink.js';
import type { Address } from './address.js';
import type { LoadPart } from './copy-parts.js';
import type { DatabaseContext } from './database-failure.js';
import { quoteTable, type TablePlace } from './identifiers.js';
import { createLoadsTable, loadsPlace, type RecordedLoad, readLoads, recordLoad } from './loads-table.js';
import { openSession, type Session } from './session.js';
import { type LoadedTable, loadTable } from './table-load.js';
import { createStatement, type FoundTable, findTable, requireShape } from './table-shape.js';
import { beginLoad, lockTarget } from './transaction.js';

/** What a table of PostgreSQL is reached by. */
export interface TargetOptions {
  readonly planned: PlannedLoad;
  readonly address: Address;
  /** The columns of the table, from those of the output. Throws `load-columns`. */
  columnsOf(names: {
    readonly inputColumns: readonly string[] | null;
    readonly outputColumns: readonly string[];
  }): readonly TableColumn[];
  readonly signal: AbortSignal;
}

/** Loads that wait for their commit. */
export interface PreparedLoad {
  /** In the order of what was given. */
  readonly loads: readonly (LoadedTable & { readonly isComplete: boolean })[];
  /** Writes them down, and commits all at once. `manifests`: those that were given, or amended ones. */
  commit(manifests: readonly Manifest[], input?: string): Promise<void>;
  /** Ends the connection; what is not committed is undone. */
  close(): Promise<void>;
}

/** Parts to load, as their manifest tells of them. */
export interface PublishedParts {
  readonly manifest: Manifest;
  readonly parts: readonly LoadPart[];
  /** Records that the parts have; null if that is not known. */
  readonly records: number | null;
}

/** A table that records are loaded into, with the list of what was loaded. */
export interface PostgresTarget {
  /** `postgresql://host:port/database#table`. */
  readonly uri: string;
  /** What this job has loaded. Throws if it may not load, or the table is not what it needs; `columns`: as far as known. */
  loaded(columns?: ColumnsOfRun): Promise<readonly RecordedLoad[]>;
  /** The loads of a run, once all connections that could still commit one are gone. */
  recorded(runId: string): Promise<readonly RecordedLoad[]>;
  /** Does everything of a load but its commit. */
  prepare(what: readonly PublishedParts[]): Promise<PreparedLoad>;
}

/** More refused records than these are not looked for: somebody has to look at the data. */
const MAX_REFUSED = 100_000;

/** Aborted by nobody. */
const NEVER = new AbortController().signal;

export function createPostgresTarget({ planned, address, columnsOf, signal }: TargetOptions): PostgresTarget {
  const name = planned.schema === null ? planned.table : `${planned.schema}.${planned.table}`;
  const uri = `${address.shown}#${name}`;
  const context: DatabaseContext = { uri, secrets: address.secrets };
  const within = async <T>(action: (session: Session) => Promise<T>, until = signal): Promise<T> => {
    const session = await openSession(address, uri, until);
    try {
      return await action(session);
    } finally {
      await session.close();
    }
  };
  const ofJob = (loads: readonly RecordedLoad[]) => loads.filter(({ job }) => job === planned.job);

  /** Finds the table, or creates it; then the table of loads. */
  async function openTable(
    session: Session,
    place: TablePlace,
    columns: readonly TableColumn[],
  ): Promise<FoundTable> {
    const there = await findTable(session, place);
    const found = there.found ?? (await create(session, there.place, columns));
    requireShape(uri, found, columns);
    const [loads] = await session.query('look at', 'SELECT pg_catalog.to_regclass($1) AS found', [
      quoteTable(loadsPlace(place)),
    ]);
    if (loads?.found === null) await session.query('create the table of loads for', createLoadsTable(place));
    return found;
  }

  async function create(
    session: Session,
    place: TablePlace,
    columns: readonly TableColumn[],
  ): Promise<FoundTable> {
    if (!planned.create) throw missingTable(uri);
    await session.query('create', createStatement(place, columns));
    const { found } = await findTable(session, place);
    if (found === null) throw missingTable(uri);
    return { ...found, isNew: true };
  }

  /** Throws `table-foreign` if rows that this job has not loaded would be replaced. */
  async function requireOwn(
    session: Session,
    table: FoundTable,
    loads: readonly RecordedLoad[],
  ): Promise<void> {
    if (planned.mode !== 'replace' || planned.adopts) return;
    const other = loads.find(({ job }) => job !== planned.job);
    if (other === undefined && loads.length > 0) return;
    const [row] = await session.query(
      'look into',
      `SELECT EXISTS (SELECT FROM ${quoteTable(table.place)}) AS has_rows`,
    );
    if (row?.has_rows === true) throw new Failure('table-foreign', { uri, job: other?.job ?? null });
  }

  return {
    uri,
    loaded: (columns) =>
      within(async (session) => {
        const { place, found } = await findTable(session, planned);
        if (found === null && !planned.create) throw missingTable(uri);
        await requireRights(session, place, found, planned, uri);
        const loads = await readLoads(session, place);
        if (found !== null) await requireOwn(session, found, loads);
        const wanted = columns?.outputColumns;
        if (wanted !== undefined && wanted !== null) {
          const tableColumns = columnsOf({
            inputColumns: columns?.inputColumns ?? null,
            outputColumns: wanted,
          });
          if (found !== null) requireShape(uri, found, tableColumns);
        }
        return ofJob(loads);
      }),
    recorded: (runId) =>
      within(async (session) => {
        await beginLoad(session, planned);
        const { place } = await findTable(session, planned);
        await lockTarget(session, place);
        return ofJob(await readLoads(session, place)).filter((load) => load.runId === runId);
        // Also an interrupted run has to know whether it has published.
      }, NEVER),
    async prepare(what) {
      const session = await openSession(address, uri, signal);
      try {
        await beginLoad(session, planned);
        const { place } = await findTable(session, planned);
        await lockTarget(session, place);
        const loads: (LoadedTable & { readonly isComplete: boolean })[] = [];
        for (const parts of what) loads.push(await prepareOne(session, place, parts, loads.length === 0));
        return {
          loads,
          async commit(manifests, input = '') {
            signal.throwIfAborted();
            session.shield();
            for (const [index, manifest] of manifests.entries()) {
              const counts = loads[index]?.counts ?? NOTHING_LOADED;
              const recorded = { runId: manifest.runId, input, job: planned.job, manifest, counts };
              await recordLoad(session, place, recorded);
            }
            await session.query('commit the load into', 'COMMIT');
          },
          close: () => session.close(),
        };
      } catch (error) {
        await session.close();
        throw signal.aborted ? signal.reason : error;
      }
    },
  };

  /** Loads one publication. The first one of a load that replaces takes the rows out that were there. */
  async function prepareOne(
    session: Session,
    place: TablePlace,
    { manifest, parts, records }: PublishedParts,
    isFirst: boolean,
  ): Promise<LoadedTable & { readonly isComplete: boolean }> {
    const columns = columnsOf({
      inputColumns: columnsReadBy(manifest),
      outputColumns: requireNames(manifest, uri),
    });
    const table = await openTable(session, place, columns);
    const known = await readLoads(session, place);
    if (isFirst) await requireOwn(session, table, known);
    const removed = isFirst && planned.mode === 'replace' ? await removeRows(session, place) : 0;
    if (planned.mode === 'append') requireNew(uri, manifest, ofJob(known), updatesKeys(planned, columns));
    const limit = refusableOf(planned, manifest);
    const delimiter = manifest.layout?.delimiter ?? ',';
    const request = { planned, table, columns, parts, delimiter, records, limit, removed };
    const loaded = await loadTable(session, request, context);
    return { ...loaded, isComplete: loaded.refused.length <= limit };
  }
}

const NOTHING_LOADED: LoadCounts = { inserted: 0, updated: 0, ignored: 0, duplicates: 0, removed: 0 };

/** Whether records that are loaded once more change nothing, or update their rows. */
function updatesKeys({ onConflict }: PlannedLoad, columns: readonly TableColumn[]): boolean {
  return onConflict !== 'fail' && columns.some(({ isKey }) => isKey);
}

function missingTable(uri: string): Failure<'database'> {
  return new Failure('database', {
    uri,
    operation: 'load into',
    problem: 'no-table',
    cause: 'the table is not there, and load.postgres.create is false',
  });
}

function requireNames({ layout }: Manifest, uri: string): readonly string[] {
  const names = layout?.columns ?? null;
  if (names !== null) return names;
  throw new Failure('database', {
    uri,
    operation: 'load into',
    problem: 'other',
    cause: 'the names of the columns are not known: name them in csv.columns',
  });
}

/** Takes all rows out, and with them what was known of their loads. */
async function removeRows(session: Session, place: TablePlace): Promise<number> {
  const [gone] = await session.query(
    'replace the rows of',
    `WITH gone AS (DELETE FROM ${quoteTable(place)} RETURNING 1) SELECT pg_catalog.count(*)::text AS removed FROM gone`,
  );
  await session.query(
    'replace the rows of',
    `DELETE FROM ${quoteTable(loadsPlace(place))} WHERE table_name = $1`,
    [place.table],
  );
  return Number(gone?.removed);
}

/** Throws `loaded-before` if an input of the load is in the table: somebody has loaded it since this run has looked. */
function requireNew(
  uri: string,
  { runId, inputs }: Manifest,
  loads: readonly RecordedLoad[],
  mayRepeat: boolean,
): void {
  for (const load of loads) {
    const known = new Map(load.manifest.inputs.map((input) => [input.sha256, input.path]));
    const isRun = load.runId === runId && load.input === '';
    if (mayRepeat && !isRun) continue;
    const twice = isRun ? inputs[0] : inputs.find(({ path, sha256 }) => known.get(sha256) === path);
    if (twice !== undefined) {
      throw new Failure('loaded-before', { uri, path: twice.path, loadedBy: load.runId });
    }
  }
}

/** How many records the database may refuse before the run fails anyway. */
function refusableOf({ maxRejected }: PlannedLoad, { counts, replays }: Manifest): number {
  const { recordsRejected, recordsWritten } = counts;
  const { recordsRead } = replays ?? counts;
  const allowed =
    maxRejected === null
      ? recordsRejected + recordsWritten
      : 'count' in maxRejected
        ? maxRejected.count
        : Math.floor((recordsRead * maxRejected.percent) / 100);
  return Math.max(0, Math.min(MAX_REFUSED, allowed - recordsRejected));
}

/** Throws `database` for a right that the load will need: it is known before the work begins. */
async function requireRights(
  session: Session,
  place: TablePlace,
  found: FoundTable | null,
  { mode, onConflict }: PlannedLoad,
  uri: string,
): Promise<void> {
  const [loads] = await session.query(
    'look at',
    "SELECT pg_catalog.to_regclass($1)::text AS name, pg_catalog.current_setting('transaction_read_only') AS reads_only, pg_catalog.pg_is_in_recovery() AS is_standby",
    [quoteTable(loadsPlace(place))],
  );
  if (loads?.reads_only === 'on') {
    throw new Failure('database', {
      uri,
      operation: 'load into',
      problem: 'read-only',
      cause: loads.is_standby === true ? 'the server is a standby' : 'default_transaction_read_only is on',
    });
  }
  const rights = [
    ...(found === null ? [] : ['SELECT', 'INSERT']),
    ...(found !== null && mode === 'replace' ? ['DELETE'] : []),
    ...(found !== null && onConflict === 'update' ? ['UPDATE'] : []),
  ];
  const ofLoads = loads?.name === null ? [] : ['SELECT', 'INSERT', ...(mode === 'replace' ? ['DELETE'] : [])];
  const needed = [
    ...rights.map((right) => [right, quoteTable(place)] as const),
    ...ofLoads.map((right) => [right, quoteTable(loadsPlace(place))] as const),
  ];
  for (const [right, table] of needed) {
    const [row] = await session.query('look at', 'SELECT pg_catalog.has_table_privilege($1, $2) AS granted', [
      table,
      right,
    ]);
    if (row?.granted !== true) throw noRight(`GRANT ${right} ON ${table} TO the user of the load`);
  }
  if (found !== null && loads?.name !== null) return;
  const [row] = await session.query(
    'look at',
    'SELECT COALESCE(pg_catalog.has_schema_privilege(pg_catalog.to_regnamespace($1)::oid, $2), false) AS granted, pg_catalog.to_regnamespace($1) IS NULL AS missing',
    [JSON.stringify(place.schema), 'CREATE'],
  );
  if (row?.missing === true) {
    throw new Failure('database', {
      uri,
      operation: 'load into',
      problem: 'no-schema',
      cause: `there is no schema ${JSON.stringify(place.schema)}`,
    });
  }
  if (row?.granted !== true)
    throw noRight(`GRANT CREATE ON SCHEMA ${JSON.stringify(place.schema)} TO the user of the load`);

  function noRight(cause: string): Failure<'database'> {
    return new Failure('database', {
      uri,
      operation: 'load into',
      problem: 'no-permission',
      cause: `it needs: ${cause}`,
    });
  }
}
