/** Where a value came from. `line` is 1-based; `Hadoop` means Hadoop's own configuration. */
export type Origin =
  | { readonly from: 'flag'; readonly name: string }
  | { readonly from: 'environment'; readonly name: string }
  | { readonly from: 'cluster file'; readonly line: number }
  | { readonly from: 'job file'; readonly line: number }
  /** A mapper of one's own, named in the job file. */
  | { readonly from: 'mapper'; readonly path: string }
  | { readonly from: 'Hadoop'; readonly name: string }
  | { readonly from: 'default' };

/** A value and where it came from. */
export interface Setting<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** An override as it was given. Paths in it are relative to the working directory. */
export interface Override {
  readonly texts: readonly string[];
  readonly origin: Origin;
}
