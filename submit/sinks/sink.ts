import type { Manifest } from '../run/manifest.js';

/** The folders of a run's verified part files, in its staging folder. JSON. */
export interface VerifiedFolders {
  readonly records: string;
  readonly rejects: string | null;
}

/** A folder that is ready to be committed. JSON. */
export interface Prepared {
  readonly runId: string;
  readonly folder: string;
  readonly hasRejects: boolean;
}

/** What readers see after the commit point. JSON. */
export interface Publication {
  readonly folder: string;
  /** Folder of the rejected records; null when there are none. */
  readonly rejects: string | null;
}

/** A place in the sink's store that publishing must not harm. */
export interface ProtectedPlace {
  readonly path: string;
  /** Words for messages: `the input`, `the state folder`. */
  readonly what: string;
  /** True when publishing below this place is refused as well. */
  readonly isWhole: boolean;
}

/**
 * Publishes the result of a run in one atomic operation. Every call may be repeated with the same run id. Throws
 * `output-exists` and the failures of its store.
 */
export interface Sink {
  /** Where it publishes to, for messages: a path, or `hdfs://…`. */
  readonly uri: string;
  /**
   * The manifests of the published output, or of its batches. Throws `output-exists` and `output-foreign` when a run
   * may not publish here.
   */
  published(): Promise<readonly Manifest[]>;
  /** Throws `output-refused` when publishing would harm one of these places. Pure. */
  protect(places: readonly ProtectedPlace[]): void;
  /** Folder of the parts that a manifest of `published()` describes. Pure. */
  folderOf(manifest: Manifest): string;
  /** The failure `output-exists`, to be thrown for an output that this run must not change. */
  refusal(): Error;
  /** The run's staging folder. The engine writes to it; it is removed when the run ends. */
  stagingFor(runId: string): string;
  /** Makes the staging folder. */
  open(runId: string): Promise<void>;
  /** Completes the folder to publish; readers do not see it yet. */
  prepare(runId: string, folders: VerifiedFolders, manifest: Manifest): Promise<Prepared>;
  /** The commit point. After the atomic operation nothing in this call can fail. */
  commit(prepared: Prepared): Promise<Publication>;
  /** Makes a commit durable, so that it survives a power cut. */
  settle(publication: Publication): Promise<void>;
  /** Finds out whether a run published before a kill or a lost answer; null: it did not. */
  recover(runId: string): Promise<Publication | null>;
  /** Removes the staging folder of a run that has ended. False when there was none. */
  clear(runId: string): Promise<boolean>;
}
