import type { PublishedOutput } from '../../sinks/sink.js';
import type { SourceItem } from '../../sources/source.js';
import { decideForm } from '../decide.js';
import type { Step } from '../step.js';

interface Checked {
  readonly files: number;
  /** What earlier runs published here. */
  readonly published: PublishedOutput;
  /** Whether the output becomes the first batch of one made of batches. */
  readonly adopts: boolean;
}

/**
 * Checks everything that can be known before data moves: the engine can run jobs, the output may be published, and the
 * folder beside it is writable (the staging folder is made).
 */
export const checkStep: Step<readonly SourceItem[], Checked> = {
  name: 'check',
  failsAtOnce: true,
  async perform(run, items) {
    const { runId, plan, signal, ports } = run;
    const { engine, sink } = ports;
    await engine.check(runId);
    const published = await sink.published(plan.settings.verify.value, signal);
    const adopts = decideForm(run, published);
    await sink.open(runId);
    return { files: items.length, published, adopts };
  },
  summarise: ({ ports: { sink } }, { files }) => ({ step: 'check', files, output: sink.uri }),
};
