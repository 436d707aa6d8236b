import type { JobPlan } from '../job/plan.js';
import type { SourceItem } from '../sources/source.js';
import type { JournalHead, Ports } from './ports.js';
import type { ReadyReplay } from './ready-replay.js';
import { mapperFolderOf } from './steps/place-mapper.js';
import { stagingFolders } from './steps/stage.js';

/** What is known of a run when its journal is opened. */
export interface OpenedRun {
  readonly runId: string;
  readonly basis: string;
  readonly items: readonly SourceItem[];
  readonly startedMs: number;
  /** Present if it runs rejects again. */
  readonly replay: ReadyReplay | null;
}

/** The first entry of a run's journal. */
export function journalHeadOf(
  plan: JobPlan,
  { engine, sink, source, journals }: Ports,
  opened: OpenedRun,
): JournalHead {
  const { runId, basis, items, startedMs, replay } = opened;
  return {
    runId,
    job: plan.settings.name.value,
    jobFile: plan.jobFile,
    engine: engine.name,
    output: sink.uri,
    startedMs,
    ...(plan.settings.date && { date: plan.settings.date.value }),
    basis,
    temporaryFolders: [
      ...stagingFolders(plan, source, engine.store, items, ''),
      engine.sharedFolder,
      mapperFolderOf(engine),
    ],
    convertedFolder: journals.convertedOf(runId),
    ...(replay !== null && { replays: replay.replays.runId }),
  };
}
