import type { SourceItem } from '../../sources/source.js';
import type { Manifest } from '../manifest.js';
import type { Step } from '../step.js';

interface Checked {
  readonly files: number;
  /** Manifests of what earlier runs published here. */
  readonly published: readonly Manifest[];
}

/**
 * Checks everything that can be known before data moves: the engine can run jobs, the output may be published, and the
 * folder beside it is writable (the staging folder is made).
 */
export const checkStep: Step<readonly SourceItem[], Checked> = {
  name: 'check',
  failsAtOnce: true,
  async perform({ runId, ports: { engine, sink } }, items) {
    await engine.check();
    const published = await sink.published();
    await sink.open(runId);
    return { files: items.length, published };
  },
  summarise: ({ ports: { sink } }, { files }) => ({ step: 'check', files, output: sink.uri }),
};
