import { Failure } from '../../errors.js';
import type { LoadCounts } from '../../load-plan.js';
import { type Manifest, parseManifest } from '../../run/manifest.js';
import { quoteTable, type TablePlace } from './identifiers.js';
import type { Row, Session } from './session.js';
import { textOf } from './table-shape.js';

/** Name of the table, in the schema of the target, that tells what was loaded. A row is a run, or one input of a run. */
export const LOADS_TABLE = 'hadoop_elt_loads';

/** A load as the table has it. */
export interface RecordedLoad {
  readonly runId: string;
  /** Path of the input that it is of; empty for all of the run. */
  readonly input: string;
  readonly job: string;
  readonly manifest: Manifest;
  readonly counts: LoadCounts;
}

export function loadsPlace({ schema }: TablePlace): TablePlace {
  return { schema, table: LOADS_TABLE };
}

/** A statement that creates the table. */
export function createLoadsTable(place: TablePlace): string {
  return `CREATE TABLE IF NOT EXISTS ${quoteTable(loadsPlace(place))} (
  table_name text NOT NULL,
  run_id text NOT NULL,
  input text NOT NULL DEFAULT '',
  job text NOT NULL,
  loaded_at timestamp with time zone NOT NULL DEFAULT now(),
  inserted bigint NOT NULL,
  updated bigint NOT NULL,
  ignored bigint NOT NULL,
  duplicates bigint NOT NULL,
  removed bigint NOT NULL,
  rejected bigint NOT NULL,
  manifest jsonb NOT NULL,
  PRIMARY KEY (table_name, run_id, input)
)`;
}

/** All loads into a table, the earliest first; none if the table of loads is not there. */
export async function readLoads(session: Session, place: TablePlace): Promise<readonly RecordedLoad[]> {
  const loads = quoteTable(loadsPlace(place));
  const [there] = await session.query('look at', 'SELECT pg_catalog.to_regclass($1) IS NOT NULL AS found', [
    loads,
  ]);
  if (there?.found !== true) return [];
  const rows = await session.query(
    'read what was loaded into',
    `SELECT run_id, input, job, manifest::text AS manifest, inserted, updated, ignored, duplicates, removed FROM ${loads} WHERE table_name = $1 ORDER BY run_id, input`,
    [place.table],
  );
  return rows.map((row) => recordedLoad(row, place));
}

/** Throws `manifest-unusable` for a row that tells nothing of its inputs: they might be loaded twice. */
function recordedLoad(row: Row, { schema, table }: TablePlace): RecordedLoad {
  const [runId, input, job, text] = [row.run_id, row.input, row.job, row.manifest].map((one) => textOf(one));
  const parsed = parseManifest(text ?? '');
  if ('manifest' in parsed) {
    const at = (name: keyof LoadCounts) => Number(row[name]);
    return {
      runId: runId ?? '',
      input: input ?? '',
      job: job ?? '',
      manifest: parsed.manifest,
      counts: {
        inserted: at('inserted'),
        updated: at('updated'),
        ignored: at('ignored'),
        duplicates: at('duplicates'),
        removed: at('removed'),
      },
    };
  }
  const path = `${schema}.${LOADS_TABLE}, run ${runId}`;
  throw new Failure(
    'manifest-unusable',
    { path, folder: `${schema}.${table}`, scheme: 'postgresql', problem: parsed.problem },
    {
      hint: 'Without it a run does not know what was loaded. Put the row back from a copy, or delete it, so that its inputs are loaded again',
    },
  );
}

/** Writes a load down, in the transaction that does it. */
export async function recordLoad(
  session: Session,
  place: TablePlace,
  { runId, input, job, manifest, counts }: RecordedLoad,
): Promise<void> {
  await session.query(
    'record the load into',
    `INSERT INTO ${quoteTable(loadsPlace(place))}
  (table_name, run_id, input, job, inserted, updated, ignored, duplicates, removed, rejected, manifest)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      place.table,
      runId,
      input,
      job,
      counts.inserted,
      counts.updated,
      counts.ignored,
      counts.duplicates,
      counts.removed,
      manifest.counts.recordsRejected,
      JSON.stringify(manifest),
    ],
  );
}
