import type { NothingToDo } from '../run/events.js';
import { count, formatNumber } from './escape.js';
import { nothingToReplay } from './words/replay-text.js';

/** What a replay would do. JSON. */
export interface ReplayPlan {
  readonly runId: string;
  readonly jobFile: string;
  readonly engine: string;
  readonly output: string;
  /** Whether the output is a table. */
  readonly isTable?: boolean;
  /** Whether the output becomes the first batch of one made of batches. */
  readonly adopts?: boolean;
  readonly rejects?: {
    readonly folder: string;
    readonly count: number;
    readonly causes: readonly { readonly column: string; readonly rule: string; readonly count: number }[];
  };
  /** Present if there is nothing to run again. */
  readonly nothing?: {
    readonly reason: NothingToDo;
    readonly replayedBy: { readonly runId: string; readonly rejects: number } | null;
  };
}

const MAX_CAUSES = 20;

/** What a replay would do, as text. */
export function formatReplayPlan({
  runId,
  jobFile,
  engine,
  output,
  isTable = false,
  adopts = false,
  rejects,
  nothing,
}: ReplayPlan): string {
  const head = [
    `Replay of run ${runId}`,
    `  job file  ${jobFile}`,
    `  engine    ${engine}`,
    `  output    ${output}`,
  ];
  if (rejects === undefined) {
    const { reason = 'no-rejects', replayedBy = null } = nothing ?? {};
    const why = nothingToReplay(reason, { of: runId, ...(replayedBy !== null && { replayedBy }) });
    return [...head, `Nothing to do: ${why}`, ''].join('\n');
  }
  const { causes } = rejects;
  const width = Math.max(...causes.map((cause) => formatNumber(cause.count).length));
  const steps = [
    `Runs these records again, by ${jobFile} as it is now`,
    ...(adopts ? ['Makes the output the first batch: its files move to a folder batch=… in it'] : []),
    isTable
      ? 'Adds what passes to the table, in one transaction; what fails again becomes rejects of the replay'
      : 'Adds what passes as one more batch; what fails again goes to the rejects of that batch',
  ];
  return [
    ...head,
    `  rejects   ${count(rejects.count, 'record')}, in ${rejects.folder}`,
    ...causes
      .slice(0, MAX_CAUSES)
      .map(
        (cause) =>
          `    ${formatNumber(cause.count).padStart(width)}  ${cause.column === '' ? '' : `${cause.column}: `}${cause.rule}`,
      ),
    ...(causes.length > MAX_CAUSES ? ['    …'] : []),
    '',
    'What a replay does',
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    '',
  ].join('\n');
}
