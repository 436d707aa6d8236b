import type { Manifest } from '../run/manifest.js';

/** The folders of a run's verified part files, in its staging folder. JSON. */
export interface VerifiedFolders {
  readonly records: string;
  readonly rejects: string | null;
}

/** What is ready to be committed. JSON. */
export interface Prepared {
  readonly runId: string;
  readonly folder: string;
  readonly hasRejects: boolean;
}

/** What readers see after the commit point. JSON. */
export interface Publication {
  readonly folder: string;
  /** Folder of the rejected records, where there are any. */
  readonly rejects: string | null;
}

/** A place in the sink's store that publishing must not harm. */
export interface ProtectedPlace {
  readonly path: string;
  /** For people: `an input`, `the state folder`. */
  readonly what: string;
  /** Whether nothing may be published below it either. */
  readonly isWhole: boolean;
}

/**
 * Takes what a run has made and publishes it by one atomic act. Every call may be repeated with the same run id. Throws
 * `output-exists`, and what its store throws.
 */
export interface Sink {
  /** What is published to, for people: a path, or `hdfs://…`. */
  readonly uri: string;
  /**
   * The manifests of what is published here and counts for this job: of the output itself, or of its batches. Throws
   * `output-exists` and `output-foreign` where a run may not publish.
   */
  published(): Promise<readonly Manifest[]>;
  /** Throws `output-refused` where publishing would harm one of these. Pure. */
  protect(places: readonly ProtectedPlace[]): void;
  /** The failure for an output that is not this run's to touch. */
  refusal(): Error;
  /** The run's own folder, which the engine writes to; it goes when the run ends. */
  stagingFor(runId: string): string;
  /** Makes the staging folder. */
  open(runId: string): Promise<void>;
  /** Completes what is to be published; nothing of it is seen yet. */
  prepare(runId: string, folders: VerifiedFolders, manifest: Manifest): Promise<Prepared>;
  /** The commit point: nothing that can fail comes after it in here. */
  commit(prepared: Prepared): Promise<Publication>;
  /** Makes a commit last beyond a power cut. */
  settle(publication: Publication): Promise<void>;
  /** What is true of a run after a lost answer or a kill; null: it did not publish. */
  recover(runId: string): Promise<Publication | null>;
  /** Removes the staging folder of a run that has ended. False when there was nothing. */
  clear(runId: string): Promise<boolean>;
}
