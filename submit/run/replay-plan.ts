import type { Setting } from '../config/setting.js';
import type { Engine } from '../engines/engine.js';
import type { JobPlan } from '../job/plan.js';
import type { InputPatterns } from '../job/sections/input.js';
import type { LoadMode, TransactionChoice } from '../job/sections/load.js';
import { bringsIntoTable } from './commits-each-input.js';

/** What a replay reads in place of the job's inputs. */
export interface ReplaySettings {
  readonly inputs: InputPatterns;
  /** Folder in the engine's store that the input is uploaded to, if the engine can't read it where it is. */
  readonly upload: string;
  readonly quotedLineBreaks: 'auto' | 'yes' | 'no';
  /** That of the data, which a line `sep=` may have set. */
  readonly delimiter: string;
  /** Lines before the records that are none. */
  readonly skipLines: number;
}

/**
 * The plan of a job whose rejects are run again: what passes is added to the output as one more batch, or to the table, at
 * once. Checks of how much a whole load has do not hold for a few records. Pure.
 */
export function asReplay(plan: JobPlan): JobPlan {
  return {
    ...plan,
    settings: {
      ...plan.settings,
      'output.mode': chosen('append'),
      adopt: chosen(true),
      'checks.minRecords': chosen(null),
      'checks.volume': chosen(null),
      ...(bringsIntoTable(plan) && ADDS_ROWS),
    },
  };
}

/** The rows that are there stay, and the rejects of all inputs have one commit point. */
const ADDS_ROWS = {
  'load.postgres.mode': chosen<LoadMode>('append'),
  'load.postgres.transaction': chosen<TransactionChoice>('run'),
};

/** The plan of a replay, with the rejects as its input. Pure. */
export function withReplaySettings(
  plan: JobPlan,
  { inputs, upload, quotedLineBreaks, delimiter, skipLines }: ReplaySettings,
): JobPlan {
  const { settings } = plan;
  return {
    ...plan,
    settings: {
      ...settings,
      'input.files': chosen(inputs),
      'input.recursive': chosen(false),
      'input.onMissing': chosen('fail'),
      'input.onBroken': chosen('fail'),
      'input.upload': settings['input.upload'].value === null ? settings['input.upload'] : chosen(upload),
      'csv.delimiter': { ...settings['csv.delimiter'], value: delimiter },
      // Rejects are decoded, and hold records alone. Names are still compared as the job says: its rules name the columns so.
      'csv.encoding': chosen(null),
      'csv.skipLines': chosen(skipLines),
      'csv.comment': chosen(null),
      'csv.quotedLineBreaks': { ...settings['csv.quotedLineBreaks'], value: quotedLineBreaks },
    },
  };
}

/** The folder in the engine's store for the rejects of a run as input; no two runs share it. Pure. */
export function replayUploadOf({ sharedFolder }: Pick<Engine, 'sharedFolder'>, runId: string): string {
  return `${sharedFolder}/replay-${runId}`;
}

/** Neither the job file nor a flag says it: that is how a replay works. */
function chosen<T>(value: T): Setting<T> {
  return { value, origin: { from: 'default' } };
}
