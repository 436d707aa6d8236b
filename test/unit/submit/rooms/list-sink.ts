import type { Manifest } from '../../../../submit/run/manifest.js';
import type { Sink } from '../../../../submit/sinks/sink.js';
import type { Store } from '../../../../submit/stores/store.js';

/** What was published, with its manifest. */
export interface Published {
  readonly text: string;
  readonly manifest: Manifest;
}

/** A sink that exists in this test alone: it publishes texts into a list, all at once. */
export function createListSink(store: Store, list: Published[]): Sink {
  const prepared = new Map<string, Published>();
  const placeOf = (runId: string) => `/list/${runId}`;
  return {
    uri: 'list:',
    refusal: () => new Error('The list is closed'),
    protect: () => undefined,
    published: async () => ({ form: 'none', manifests: [], folders: [] }),
    stagingFor: (runId) => `/staging/${runId}`,
    mend: async () => [],
    open: async () => undefined,
    adopt: async () => undefined,
    async prepare(runId, { records }, manifest) {
      const texts: string[] = [];
      for (const { name } of manifest.parts) {
        for await (const chunk of store.read(`${records}/${name}`)) texts.push(Buffer.from(chunk).toString());
      }
      prepared.set(runId, { text: texts.join(''), manifest });
      return { runId, folder: records, hasRejects: false, replaces: [] };
    },
    async commit({ runId }) {
      const ready = prepared.get(runId);
      if (ready !== undefined) list.push(ready);
      return { folder: placeOf(runId), rejects: null };
    },
    settle: async () => undefined,
    recover: async (runId) =>
      list.some(({ manifest }) => manifest.runId === runId)
        ? { folder: placeOf(runId), rejects: null }
        : null,
    lockFolder: '/lock',
    stagedRuns: async () => [],
    retire: async () => undefined,
    clearRetired: async () => false,
    tidy: async () => undefined,
    clear: (runId) => store.remove(`/staging/${runId}`),
    rollBack: async () => {
      throw new Error('Nothing leaves the list');
    },
  };
}
