/**
 * What a load needs to know of its job: shared by the job, which plans it, and the sink, which does it. It imports
 * nothing but types.
 */
import type { HeaderChoice } from '../mapper/contract.js';
import type { Limit } from './check-finding.js';

/** Longer names of PostgreSQL are cut off without an error. */
export const MAX_IDENTIFIER_BYTES = 63;

/** A load into a table of PostgreSQL. JSON. */
export interface PlannedLoad {
  readonly job: string;
  readonly jobFile: string;
  /** An address without a password, or where it is: `env:NAME`, `file:PATH`, `command:…`. Null: PG* variables. */
  readonly url: string | null;
  /** Null: the first schema of the search path, or where the table is found. */
  readonly schema: string | null;
  readonly table: string;
  readonly onConflict: 'update' | 'ignore' | 'fail';
  readonly duplicates: 'last' | 'first' | 'fail';
  readonly mode: 'append' | 'replace';
  /** What one transaction holds. */
  readonly transaction: 'run' | 'input';
  readonly create: boolean;
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number | null;
  /** Whether a part of the data must not be shown. */
  readonly hidesData: boolean;
  /** How many records may be rejected, those of the mapper included; null: not all. */
  readonly maxRejected: Limit | null;
  /** What the parts have for null and empty fields. */
  readonly nullText: string;
  readonly header: HeaderChoice;
  /** Whether rows of a table that this job has never loaded may be replaced. */
  readonly adopts: boolean;
}

/** A column of the table. JSON. */
export interface TableColumn {
  /** In the table. */
  readonly name: string;
  /** In the output. */
  readonly from: string;
  /** As PostgreSQL spells it: `numeric(38,2)`. */
  readonly type: string;
  /** What decided the type: the job file, a rule, or nothing. */
  readonly because: 'the job file' | 'a rule' | 'nothing';
  readonly isKey: boolean;
}

/** What a load did. JSON. */
export interface LoadCounts {
  readonly inserted: number;
  readonly updated: number;
  /** Records whose key was in the table. */
  readonly ignored: number;
  /** Records that gave way to another one of the same load with their key. */
  readonly duplicates: number;
  /** Rows that were in the table before and were replaced. */
  readonly removed: number;
}

/** What is wanted of a table, and what it has; where they differ. JSON. */
export type ShapeDifference =
  | { readonly kind: 'missing'; readonly column: string; readonly wanted: string }
  | { readonly kind: 'type'; readonly column: string; readonly wanted: string; readonly has: string }
  | { readonly kind: 'required'; readonly column: string; readonly has: string }
  | { readonly kind: 'no-key'; readonly key: readonly string[] };

/** A record of a part that the database does not take. JSON. */
export interface RefusedRecord {
  readonly part: string;
  /** Which record of the part it is, from 0; headers do not count. */
  readonly record: number;
  /** In the output; empty if it is not known which one is at fault. */
  readonly column: string;
  readonly reason: string;
}

/** A reason for which records are refused. */
export interface RefusalReason {
  /** In the output; empty if it is not known which one is at fault. */
  readonly column: string;
  readonly reason: string;
  readonly records: number;
}

const MAX_REASONS = 5;

/** The reasons for which records were refused, a few of them, the first ones first. Pure. */
export function reasonsOf(refused: readonly RefusedRecord[]): readonly RefusalReason[] {
  const reasons = new Map<string, RefusalReason>();
  for (const { column, reason } of refused) {
    const key = JSON.stringify([column, reason]);
    reasons.set(key, { column, reason, records: (reasons.get(key)?.records ?? 0) + 1 });
  }
  return [...reasons.values()].slice(0, MAX_REASONS);
}
