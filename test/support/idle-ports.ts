import type { Engine } from '../../submit/engines/engine.js';
import type { Ports } from '../../submit/run/ports.js';
import type { Store } from '../../submit/stores/store.js';

const unused = async (): Promise<never> => {
  throw new Error('This test does not use it');
};

function openNothing(): never {
  throw new Error('This test does not use it');
}

/** An engine that runs nothing, for steps that only need its store and the folder of its mappers. */
export function idleEngine(store: Store, sharedFolder: string): Engine {
  return {
    name: 'idle',
    store,
    sharedFolder,
    check: async () => undefined,
    describe: () => [],
    countTasks: () => null,
    start: unused,
    find: async () => null,
    follow: unused,
    countDuplicates: unused,
    stop: async () => undefined,
  };
}

/** Ports for single steps that do not use them. */
export const unusedPorts: Omit<Ports, 'source' | 'engine' | 'sink'> = {
  parts: { concurrency: 1, measure: unused, firstLines: unused, open: () => openNothing() },
  journals: {
    open: unused,
    reopen: unused,
    read: unused,
    close: unused,
    published: unused,
    convertedOf: () => '/nowhere',
    removeConverted: async () => undefined,
    folderOf: unused,
  },
  lock: { take: unused },
  loader: null,
  protectedPlaces: [],
  clock: { now: Date.now, monotonicMs: () => performance.now(), wait: async () => undefined },
  emit: () => undefined,
};
