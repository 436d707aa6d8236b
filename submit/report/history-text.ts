import type { FailureFacts } from '../errors.js';
import { EXIT, exitCodeOf, loadExitOf } from '../exit-codes.js';
import type { History } from '../state/history.js';
import type { RunFacts } from '../state/run-facts.js';
import { count, escapeControls, formatDuration, formatNumber } from './escape.js';
import { explainFailure } from './words/failure-text.js';

/** Runs as a table, the latest first. `stateDir` is where they are kept; `isOfOneJob` leaves out the column of jobs. */
export function formatHistory(
  { runs, hasMore }: History,
  { stateDir, isOfOneJob }: { readonly stateDir: string; readonly isOfOneJob: boolean },
): string {
  if (runs.length === 0) {
    return escapeControls(
      `No runs to show in ${JSON.stringify(stateDir)}\n  Name the job file, or the folder with --state-dir; --since and --failed leave runs out\n`,
    );
  }
  const columns = COLUMNS.filter(
    ({ name, textOf }) =>
      (name !== 'job' || !isOfOneJob) && (!OPTIONAL.has(name) || runs.some((run) => textOf(run) !== '')),
  );
  const rows = [
    columns.map(({ name }) => name),
    ...runs.map((run) => columns.map(({ textOf }) => textOf(run))),
  ];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((text, at) =>
        columns[at]?.isNumber ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const more = hasMore
    ? [`The latest ${runs.length === 1 ? 'run' : count(runs.length, 'run')}; --all shows all of them`]
    : [];
  return escapeControls([...lines, ...more, ''].join('\n'));
}

/** The warning for old runs that could not be removed; the run itself has ended. */
export function formatRetentionWarning(failure: FailureFacts): string {
  const { lines } = explainFailure(failure);
  return escapeControls(
    `Warning: old runs were not all removed: ${lines.map((line) => line.trim()).join(' ')}\n`,
  );
}

/** A run as one JSON line. */
export function historyJson(run: RunFacts): string {
  const { startedMs, endedMs, cause, process: _process, ...facts } = run;
  return JSON.stringify({
    ...facts,
    startedAt: new Date(startedMs).toISOString(),
    endedAt: endedMs === null ? null : new Date(endedMs).toISOString(),
    exitCode: exitCodeOfRun(run),
    cause,
  });
}

/** The exit code of the run's last process; null where the journal does not tell. */
export function exitCodeOfRun(run: RunFacts): number | null {
  const { state, failure, cause, loadFailure, isIncomplete } = run;
  if (state === 'published' || state === 'nothing-to-do') {
    if (loadFailure !== null) return loadExitOf(loadFailure, true);
    return isIncomplete ? EXIT.inputLeft : EXIT.done;
  }
  if (state === 'paused') return EXIT.done;
  if (cause !== null) return exitCodeOf(cause);
  return failure === 'bug' ? 1 : null;
}

/** Milliseconds since 1970 → `2026-11-25 02:15:00`, in UTC as run ids are. */
export function formatMoment(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
  textOf(run: RunFacts): string;
}

const amount = (value: number | undefined) => (value === undefined ? '' : formatNumber(value));

const COLUMNS: readonly Column[] = [
  { name: 'run', textOf: ({ runId }) => runId },
  { name: 'job', textOf: ({ job }) => job },
  { name: 'started (UTC)', textOf: ({ startedMs }) => formatMoment(startedMs) },
  { name: 'state', textOf: ({ state }) => state },
  {
    name: 'time',
    isNumber: true,
    textOf: ({ durationMs }) => (durationMs === null ? '' : formatDuration(durationMs)),
  },
  { name: 'records', isNumber: true, textOf: ({ records }) => amount(records?.written) },
  { name: 'invalid', isNumber: true, textOf: ({ records }) => amount(records?.invalid) },
  { name: 'rejected', isNumber: true, textOf: ({ records }) => amount(records?.rejected) },
  { name: 'day', textOf: ({ date }) => date ?? '' },
  { name: 'batch', textOf: ({ batch }) => (batch === null ? '' : 'yes') },
  { name: 'attempts', isNumber: true, textOf: ({ attempts }) => (attempts === 1 ? '' : String(attempts)) },
  {
    name: 'why',
    textOf: ({ failure, loadFailure, replays }) =>
      failure ??
      (loadFailure === null
        ? replays === null
          ? ''
          : `replays ${replays}`
        : `not loaded: ${loadFailure.code}`),
  },
];

/** Left out where no run has anything to say. */
const OPTIONAL: ReadonlySet<string> = new Set(['day', 'batch', 'attempts', 'why']);
