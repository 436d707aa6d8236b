import type { SourceItem } from '../../sources/source.js';
import type { Manifest } from '../manifest.js';
import type { Step } from '../step.js';

interface Checked {
  readonly files: number;
  /** What earlier runs published here. */
  readonly published: readonly Manifest[];
}

/**
 * Everything that can be known before the first byte moves: the engine can run jobs, the output's place may be taken,
 * and its surroundings can be written to.
 */
export const checkStep: Step<readonly SourceItem[], Checked> = {
  name: 'check',
  async perform({ runId, ports: { engine, sink } }, items) {
    await engine.check();
    const published = await sink.published();
    await sink.open(runId);
    return { files: items.length, published };
  },
  summarise: ({ ports: { sink } }, { files }) => ({ step: 'check', files, output: sink.uri }),
};
