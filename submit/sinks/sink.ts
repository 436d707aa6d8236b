import type { OutputExistsReason } from '../errors.js';
import type { LoadCounts, RefusedRecord } from '../load-plan.js';
import type { Manifest } from '../run/manifest.js';

/** The folders of a run's verified part files, in its staging folder. JSON. */
export interface VerifiedFolders {
  readonly records: string;
  readonly rejects: string | null;
}

/** A result that is ready to be committed. JSON. */
export interface Prepared {
  readonly runId: string;
  readonly folder: string;
  readonly hasRejects: boolean;
  /** Ids of the runs whose publications this one takes the place of. */
  readonly replaces: readonly string[];
  /** Present if the sink does not take some of the records; they become rejects before the commit. */
  readonly refused?: RefusedRecords;
}

/** Records that a sink does not take. JSON. */
export interface RefusedRecords {
  readonly records: readonly RefusedRecord[];
  /** False if there are more than the job allows, and not all were looked for. */
  readonly isComplete: boolean;
}

/** What changes of a prepared publication, because records were refused. JSON. */
export interface Amendment {
  readonly manifest: Manifest;
  /** Folder of all rejects, in the staging folder. */
  readonly rejects: string;
}

/** What readers see after the commit point. JSON. */
export interface Publication {
  readonly folder: string;
  /** Folder of the rejected records; null when there are none. */
  readonly rejects: string | null;
  /** What the load into a table did. */
  readonly load?: LoadCounts;
}

/** Column names of the data and of the output; null where they are not known. */
export interface ColumnsOfRun {
  readonly inputColumns: readonly string[] | null;
  readonly outputColumns: readonly string[] | null;
}

/** What earlier runs published. JSON. */
export interface PublishedOutput {
  /** `whole`: one run's records. `batches`: those of several runs, each apart. `mixed`: both, which 0.1 could make. */
  readonly form: 'none' | 'whole' | 'batches' | 'mixed';
  readonly manifests: readonly Manifest[];
  /** The folder of each manifest's parts, in the same order. */
  readonly folders: readonly string[];
  /** The folder of each manifest's rejects, where a run may have several. Left out: `recover` tells it. */
  readonly rejectFolders?: readonly string[];
}

/** How published parts are compared with their manifests: by names, sizes and identity, or by reading them all. */
export type PartCheck = 'quick' | 'deep';

/** A place in the sink's store that publishing must not harm. */
export interface ProtectedPlace {
  readonly path: string;
  /** Words for messages: `the input`, `the state folder`. */
  readonly what: string;
  /** True when publishing below this place is refused as well. */
  readonly isWhole: boolean;
}

/** An earlier output that was put back. JSON. */
export interface RolledBack {
  /** The manifests of what readers see now. */
  readonly restored: readonly Manifest[];
  /** Id of the run whose output was there before, and is kept; null when there was none. */
  readonly setAside: string | null;
}

/**
 * Publishes the result of a run in one atomic operation. Every call may be repeated with the same run id. Throws
 * `output-exists`, `output-foreign`, `output-changed`, `manifest-unusable` and the failures of its store.
 */
export interface Sink {
  /** Where it publishes to, for messages: a path, or `hdfs://…`. */
  readonly uri: string;
  /**
   * What is published. Throws when a run may not publish here: something there is not the job's own, or is not what its
   * manifest says.
   */
  published(check: PartCheck, signal: AbortSignal): Promise<PublishedOutput>;
  /** Throws `output-refused` when publishing would harm one of these places. Pure. */
  protect(places: readonly ProtectedPlace[]): void;
  /** The failure `output-exists`, to be thrown for an output that this run must not change. */
  refusal(reason: OutputExistsReason): Error;
  /** The run's staging folder. The engine writes to it; it is removed when the run ends. */
  stagingFor(runId: string): string;
  /**
   * Ends what killed runs began: puts back outputs that they had set aside, or completes the change. Returns the ids of
   * these runs. Other runs must be locked out.
   */
  mend(): Promise<readonly string[]>;
  /** Folder in its store for the lock of the output. */
  readonly lockFolder: string;
  /** Ids of the runs whose staging folders exist. */
  stagedRuns(): Promise<readonly string[]>;
  /**
   * Takes its staging folder away from a run that did not answer: if it wakes up, it can't publish any more. Nobody else
   * works in what was taken away; `clearRetired` removes it, and returns false when there was nothing.
   */
  retire(runId: string): Promise<void>;
  clearRetired(runId: string): Promise<boolean>;
  /** Removes the folders beside the output that are this sink's own and empty. */
  tidy(): Promise<void>;
  /** Makes the staging folder. */
  open(runId: string): Promise<void>;
  /** Makes a whole output the first of several batches. */
  adopt(runId: string): Promise<void>;
  /** Completes the result; readers do not see it yet. `replaces`: ids of the runs whose publications it replaces. */
  prepare(
    runId: string,
    folders: VerifiedFolders,
    manifest: Manifest,
    replaces: readonly string[],
  ): Promise<Prepared>;
  /**
   * Throws if what the run is about to make can't be published for its columns, before anything is made. Left out: any
   * columns can.
   */
  fits?(columns: ColumnsOfRun): Promise<void>;
  /** The commit point. After the atomic operation nothing in this call can fail. */
  commit(prepared: Prepared, amended?: Amendment): Promise<Publication>;
  /** Undoes what `prepare` holds open. Left out: it holds nothing. */
  abandon?(prepared: Prepared): Promise<void>;
  /** Makes a commit durable, so that it survives a power cut. */
  settle(publication: Publication): Promise<void>;
  /**
   * Finds out whether a run published before a kill or a lost answer; null: it did not. `input`: path of the input that is
   * meant, where each has a commit point of its own; otherwise any of them counts.
   */
  recover(runId: string, input?: string): Promise<Publication | null>;
  /** Removes the staging folder of a run that has ended. False when there was none. */
  clear(runId: string): Promise<boolean>;
  /**
   * Removes what it keeps, beside what is published, of runs that leave the history. What can still be run again or put back
   * stays. Left out: it keeps nothing.
   */
  forget?(runIds: readonly string[]): Promise<void>;
  /**
   * Puts back the newest earlier output, or that of the run `to`, and keeps the present one. Throws `no-previous`. After
   * a failure or a kill, `clear` and `mend` with the same run id end it.
   */
  rollBack(runId: string, to: string | null, signal: AbortSignal): Promise<RolledBack>;
}

/** A folder that readers see, with its manifest. */
export interface PublishedFolder {
  readonly manifest: Manifest;
  /** In the engine's store. */
  readonly folder: string;
}

/** What a load into a table did. JSON. */
export interface LoadDone {
  readonly counts: LoadCounts;
  /** Ids of the runs whose publications were loaded; none if all were loaded before. */
  readonly runIds: readonly string[];
  /** Records that the table does not take, and the folder in which they are. */
  readonly rejected: number;
  readonly rejects: string | null;
}

/** Brings what is published into a table, in one transaction, and each publication once. */
export interface Loader {
  /** For messages. */
  readonly uri: string;
  /** Throws what is known before the work begins: no server, no rights, a table of another kind. */
  check(columns: ColumnsOfRun): Promise<void>;
  /**
   * Loads the publications that are not loaded yet; one that replaces loads all of them, unless they are what it has loaded
   * last. `runId`: the run that does it. Throws `database` and what tells of the table and its keys.
   */
  load(runId: string, published: readonly PublishedFolder[]): Promise<LoadDone>;
  /** Removes the rejects of loads by runs that leave the history: their records are in what was published. */
  forget(runIds: readonly string[]): Promise<void>;
}
