import type { AnyFailure } from '../errors.js';

/** What a check found. A failed check throws a failure, which has its own text and exit status. */
export type Finding =
  | { readonly status: 'ok'; readonly what: string }
  | { readonly status: 'warn'; readonly what: string; readonly why: string; readonly fix: string };

/** A check of one thing that a run depends on. Stores and engines export theirs, in the order of their dependencies. */
export interface Check {
  /** Short name for the start of a line; unique in a list. */
  readonly name: string;
  /** Names of earlier checks. This check is skipped when one of them failed or was skipped. */
  readonly needs?: readonly string[];
  /** If this check fails, the reason shown for the checks that are skipped: `the namenode did not answer`. */
  readonly failedMeans: string;
  run(): Promise<Finding>;
}

/** The result of a check. */
export type CheckResult =
  | ({ readonly name: string } & Finding)
  | { readonly name: string; readonly status: 'fail'; readonly failure: AnyFailure }
  /** `needs`: name of the check that failed. `why`: its `failedMeans`. */
  | { readonly name: string; readonly status: 'skipped'; readonly needs: string; readonly why: string };
