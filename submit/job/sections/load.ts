/** Section `load` of a job file: the table that the records are loaded into. */
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import { DURATION_FORM, parseDuration } from '../../config/durations.js';
import type { Setting } from '../../config/setting.js';
import type { Choose } from './choose.js';
import type { Surroundings } from './surroundings.js';

/** What a record does whose key is in the table already. */
export const CONFLICT_CHOICES = ['update', 'ignore', 'fail'] as const;
export type ConflictChoice = (typeof CONFLICT_CHOICES)[number];
/** Which of several records of one load with the same key is taken. */
export const DUPLICATE_CHOICES = ['last', 'first', 'fail'] as const;
export type DuplicateChoice = (typeof DUPLICATE_CHOICES)[number];
export const LOAD_MODES = ['append', 'replace'] as const;
export type LoadMode = (typeof LOAD_MODES)[number];
/** What one transaction holds: all of a run, or one input of it. */
export const TRANSACTION_CHOICES = ['run', 'input'] as const;
export type TransactionChoice = (typeof TRANSACTION_CHOICES)[number];
/** How names of columns become those of the table: `Order ID` → `order_id`, or as they are. */
export const NAMING_CHOICES = ['snake', 'same'] as const;

/** An existing table's rows are safe from a wrong guess; who waits longer than this waits for something that hangs. */
const DEFAULT_LOCK_TIMEOUT_MS = 60_000;

const SECRET_PLACE = /^(?:env|file|command):./s;
const ADDRESS = /^postgres(?:ql)?:\/\//;
const PASSWORD = /^[a-z]+:\/\/[^/@]*:[^/@]+@/;
const TYPE = /^[A-Za-z_][A-Za-z0-9_ .,()[\]"]*$/;

const typeSchema = () =>
  z.string().regex(TYPE, { error: 'a type of PostgreSQL such as date or numeric(12,2)' });
const timeSchema = () =>
  z.string().refine((text) => parseDuration(text) !== undefined, { error: DURATION_FORM });

const columnSchema = () =>
  z.union([
    typeSchema(),
    z.strictObject({
      name: z.string().min(1).optional().describe('Name in the table'),
      type: typeSchema().optional().describe('Type in the table'),
    }),
  ]);

const postgresSchema = () =>
  z.strictObject({
    url: z
      .string()
      .refine((text) => SECRET_PLACE.test(text) || ADDRESS.test(text), {
        error: 'env:NAME, file:PATH, command:… or postgresql://host:port/database',
      })
      .refine((text) => SECRET_PLACE.test(text) || !PASSWORD.test(text), {
        error:
          'an address without a password: put it into PGPASSWORD or ~/.pgpass, or the address into env:NAME',
      })
      .optional()
      .describe('Address of the database; by default PGHOST, PGPORT, PGDATABASE, PGUSER'),
    table: z.string().min(1).describe('Name of the table, or schema.table'),
    schema: z.string().min(1).optional().describe('Schema of the table; then table is only its name'),
    key: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .optional()
      .describe('Columns of the table, or of the output, that identify a record'),
    onConflict: z
      .enum(CONFLICT_CHOICES)
      .optional()
      .describe('A record whose key is in the table already: update the row, ignore the record, or fail'),
    duplicates: z
      .enum(DUPLICATE_CHOICES)
      .optional()
      .describe('Records of one load with the same key: which one is taken, or fail'),
    mode: z
      .enum(LOAD_MODES)
      .optional()
      .describe('append adds to the table (the default), replace puts the records in place of its rows'),
    names: z
      .enum(NAMING_CHOICES)
      .optional()
      .describe('Names in the table: snake makes order_id of "Order ID" (the default), same keeps them'),
    columns: z
      .record(z.string().min(1), columnSchema())
      .optional()
      .describe('Name and type in the table, by column of the output'),
    create: z.boolean().optional().describe('Whether a missing table is created; by default yes'),
    transaction: z
      .enum(TRANSACTION_CHOICES)
      .optional()
      .describe(
        'One transaction for the whole run (the default), or for each input: one that fails leaves the others loaded',
      ),
    lockTimeout: timeSchema().optional().describe('How long to wait for locks of others; by default 1m'),
    statementTimeout: timeSchema()
      .optional()
      .describe('How long one statement may take; by default no limit'),
  });

export const loadSchema = () =>
  z.strictObject({
    postgres: postgresSchema().describe('A table of PostgreSQL'),
  });

/** Name and type of a column in the table, as the job file gives them. */
export interface ColumnInTable {
  readonly name?: string | undefined;
  readonly type?: string | undefined;
}

/** Absent where the job loads nothing. */
export interface LoadSettings {
  /** The address without a password, or where it is: `env:NAME`, `file:PATH` (absolute), `command:…`. Null: PG* variables. */
  readonly 'load.postgres.url'?: Setting<string | null>;
  readonly 'load.postgres.schema'?: Setting<string | null>;
  readonly 'load.postgres.table'?: Setting<string>;
  readonly 'load.postgres.key'?: Setting<readonly string[] | null>;
  readonly 'load.postgres.onConflict'?: Setting<ConflictChoice>;
  readonly 'load.postgres.duplicates'?: Setting<DuplicateChoice>;
  readonly 'load.postgres.mode'?: Setting<LoadMode>;
  readonly 'load.postgres.names'?: Setting<(typeof NAMING_CHOICES)[number]>;
  readonly 'load.postgres.columns'?: Setting<Readonly<Record<string, ColumnInTable>> | null>;
  readonly 'load.postgres.create'?: Setting<boolean>;
  readonly 'load.postgres.transaction'?: Setting<TransactionChoice>;
  /** Milliseconds. */
  readonly 'load.postgres.lockTimeout'?: Setting<number>;
  /** Milliseconds; null: no limit. */
  readonly 'load.postgres.statementTimeout'?: Setting<number | null>;
}

/** The duplicates that go with what happens to keys that are in the table. */
const DUPLICATES_OF = { update: 'last', ignore: 'first', fail: 'fail' } as const;

export function loadSettings(
  load: z.infer<ReturnType<typeof loadSchema>> | undefined,
  { fromFile }: Choose,
  { jobFile }: Surroundings,
): LoadSettings {
  if (load === undefined) return {};
  const { postgres } = load;
  const at = <T>(key: keyof typeof postgres, value: T | undefined, fallback: T): Setting<T> =>
    fromFile(['load', 'postgres', key], value, fallback);
  const { schema, table } = placeOf(postgres);
  const onConflict = at<ConflictChoice>('onConflict', postgres.onConflict, 'fail');
  return {
    'load.postgres.url': at<string | null>('url', absoluteFile(postgres.url, jobFile), null),
    'load.postgres.schema': fromFile<string | null>(
      ['load', 'postgres', postgres.schema === undefined ? 'table' : 'schema'],
      schema,
      null,
    ),
    'load.postgres.table': at('table', table, table),
    'load.postgres.key': at<readonly string[] | null>('key', listOf(postgres.key), null),
    'load.postgres.onConflict': onConflict,
    'load.postgres.duplicates': at<DuplicateChoice>(
      'duplicates',
      postgres.duplicates,
      DUPLICATES_OF[onConflict.value],
    ),
    'load.postgres.mode': at<LoadMode>('mode', postgres.mode, 'append'),
    'load.postgres.names': at<(typeof NAMING_CHOICES)[number]>('names', postgres.names, 'snake'),
    'load.postgres.columns': at<Readonly<Record<string, ColumnInTable>> | null>(
      'columns',
      postgres.columns &&
        Object.fromEntries(
          Object.entries(postgres.columns).map(([name, given]) => [
            name,
            typeof given === 'string' ? { type: given } : given,
          ]),
        ),
      null,
    ),
    'load.postgres.create': at('create', postgres.create, true),
    'load.postgres.transaction': at<TransactionChoice>('transaction', postgres.transaction, 'run'),
    'load.postgres.lockTimeout': at('lockTimeout', msOf(postgres.lockTimeout), DEFAULT_LOCK_TIMEOUT_MS),
    'load.postgres.statementTimeout': at<number | null>(
      'statementTimeout',
      msOf(postgres.statementTimeout),
      null,
    ),
  };
}

/** `sales.orders` → schema and table; a table beside a schema is a name as it stands. */
function placeOf({ schema, table }: z.infer<ReturnType<typeof postgresSchema>>) {
  const dot = schema === undefined ? table.indexOf('.') : -1;
  return dot < 0 ? { schema, table } : { schema: table.slice(0, dot), table: table.slice(dot + 1) };
}

function absoluteFile(url: string | undefined, jobFile: string): string | undefined {
  const path = url?.startsWith('file:') ? url.slice('file:'.length) : undefined;
  return path === undefined ? url : `file:${resolve(dirname(jobFile), path)}`;
}

function listOf(given: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof given === 'string' ? [given] : given;
}

function msOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text);
}
