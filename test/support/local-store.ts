import { createLocalStore } from '../../submit/stores/local/local-store.js';
import { nodeFileSystem } from '../../submit/stores/local/node-file-system.js';

/** The real files of this machine as a store. */
export const localStore = createLocalStore(nodeFileSystem);
