import type { FailureFacts } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { escapeControls } from './escape.js';
import { explainFailure } from './words/failure-text.js';

/** How a scheduled run ended, where its log is, and the end of that. */
export function formatScheduledEnd({
  job,
  exitCode,
  log,
  tail,
}: {
  readonly job: string;
  readonly exitCode: number;
  readonly log: string | null;
  readonly tail: readonly string[];
}): string {
  const ended =
    exitCode === EXIT.locked
      ? `${job} was not started (exit code ${exitCode})`
      : `${job} ended with exit code ${exitCode}`;
  const where = log === null ? 'it has no log; it said at its end:' : `its log is ${log}`;
  return escapeControls(
    ['hadoop-elt: ', ended, '; ', where, '\n', ...tail.map((line) => `${line}\n`)].join(''),
  );
}

/**
 * The warning for a log that could not be made (`none`) or not completed, for old logs that could not be removed
 * (`rotation`), and for a start that could not be written down (`history`). The run goes on.
 */
export function formatLogProblem(
  failure: FailureFacts,
  what: 'none' | 'incomplete' | 'rotation' | 'history',
): string {
  const words: Record<typeof what, string> = {
    none: 'The run has no log',
    incomplete: 'The log of the run is incomplete',
    rotation: 'Old logs were not all removed',
    history: 'This start is not in the history',
  };
  const remedy =
    what === 'none' || what === 'incomplete'
      ? '\n  Name a folder with room that you may write with --logs FOLDER'
      : '';
  const cause = explainFailure(failure)
    .lines.map((line) => line.trim())
    .join(': ');
  return escapeControls(`hadoop-elt: ${words[what]}: ${cause}${remedy}\n`);
}

/** The warning for figures that could not be written or sent: a failure, or why. The exit code stays. */
export function formatMetricsProblem(where: string, why: FailureFacts | string): string {
  const cause =
    typeof why === 'string'
      ? why
      : explainFailure(why)
          .lines.map((line) => line.trim())
          .join(': ');
  return escapeControls(`hadoop-elt: Metrics were not written to ${where}: ${cause}\n`);
}

/** The warning for pages that could not be made. The exit code stays. */
export function formatReportProblem(folder: string, failure: FailureFacts): string {
  const cause = explainFailure(failure)
    .lines.map((line) => line.trim())
    .join(': ');
  return escapeControls(`hadoop-elt: The reports in ${folder} were not made: ${cause}\n`);
}

/** A step that has nothing to do, because its run has ended. */
export function formatStepDone(
  step: string,
  { runId, label, state }: { readonly runId: string; readonly label: string | null; readonly state: string },
): string {
  const ended = state === 'published' ? 'has published' : 'had nothing to do';
  return escapeControls(
    `Step ${step} of ${label ?? runId} has nothing to do: run ${runId} ${ended}; step check begins a new one\n`,
  );
}

/** What a look at the job of a run has seen. */
export function formatJobSeen(
  seen: 'runs' | 'ended',
  { runId, label }: { readonly runId: string; readonly label: string | null },
): string {
  const words = seen === 'runs' ? 'still runs' : 'has ended, or was not started';
  return escapeControls(`The job of ${label ?? runId} ${words}: run ${runId}\n`);
}
