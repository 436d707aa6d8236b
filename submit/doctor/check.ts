import type { AnyFailure } from '../errors.js';

/** What a check found. A failure is thrown: it has its words and its exit status already. */
export type Finding =
  | { readonly status: 'ok'; readonly what: string }
  | { readonly status: 'warn'; readonly what: string; readonly why: string; readonly fix: string };

/** One thing that a run depends on. Each room exports its own, as a list in the order in which they need each other. */
export interface Check {
  /** Short, for the line's start; unique in a list. */
  readonly name: string;
  /** Names of checks before this one: it is skipped when one of them failed or was skipped. */
  readonly needs?: readonly string[];
  /** The reason that checks skipped for this one give: `the namenode did not answer`. */
  readonly failedMeans: string;
  run(): Promise<Finding>;
}

/** How a check ended. */
export type CheckResult =
  | ({ readonly name: string } & Finding)
  | { readonly name: string; readonly status: 'fail'; readonly failure: AnyFailure }
  /** `why` is what failed, in words; `needs` the name of the check in which it did. */
  | { readonly name: string; readonly status: 'skipped'; readonly needs: string; readonly why: string };
