import type { AnyFailure } from '../errors.js';

/** What a check found. A failure is thrown: it has its words and its exit status already. */
export type Finding =
  | { readonly status: 'ok'; readonly what: string }
  | { readonly status: 'warn'; readonly what: string; readonly why: string; readonly fix: string };

/** One thing that a run depends on. */
export interface Check {
  /** Short, for the line's start. */
  readonly name: string;
  /** The name of another check: where that failed this one says nothing. */
  readonly needs?: string;
  run(): Promise<Finding>;
}

/** How a check ended. */
export type CheckResult =
  | ({ readonly name: string } & Finding)
  | { readonly name: string; readonly status: 'fail'; readonly failure: AnyFailure }
  | { readonly name: string; readonly status: 'skipped'; readonly needs: string };
