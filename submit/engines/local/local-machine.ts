import type { FileSystem } from '../../stores/file-system.js';
import type { Store } from '../../stores/store.js';
import type { Programs } from '../programs.js';

/** What the local engine needs of this machine. */
export interface LocalMachine<S extends Store = Store> {
  /** Path of the Node executable that runs mappers. */
  readonly nodePath: string;
  readonly files: FileSystem;
  readonly programs: Programs;
  /** The files of this machine, as a store. */
  readonly store: S;
  /** Folder for files that runs share. */
  readonly sharedFolder: string;
}
