import { createLocalStore } from '../../submit/stores/local/local-store.js';
import { nodeFileSystem } from '../../submit/stores/local/node-file-system.js';

/** A store on this machine's file system. */
export const localStore = createLocalStore(nodeFileSystem);
