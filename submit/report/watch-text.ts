import type { Arrived, WaitFor } from '../awaited-inputs.js';
import { formatDurationSetting } from '../config/durations.js';
import type { FailureFacts } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import type { RunSummary } from '../run/events.js';
import { count, escapeControls, formatDuration, quoteInput } from './escape.js';
import { formatMoment } from './history-text.js';
import { explainFailure } from './words/failure-text.js';
import { waitingText } from './words/wait-text.js';

/** A run that `watch` has started, and how it ended. Times in milliseconds since 1970. */
export interface WatchedRun {
  readonly job: string;
  /** Null if it came to no run. */
  readonly runId: string | null;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly exitCode: number;
  readonly failure: FailureFacts | null;
  readonly published: RunSummary | null;
  /** Path of its log; null if it has none. */
  readonly log: string | null;
  /** After how long it is tried again; null if it is not. */
  readonly retryInMs: number | null;
}

/** A run in one line: when, how it ended, what it published or why it failed. */
export function formatWatchedRun(run: WatchedRun): string {
  const { runId, startedMs, endedMs, exitCode, failure, published, log, retryInMs } = run;
  const failed = [
    ...(failure === null ? [] : [explainFailure(failure).lines[0] ?? failure.code]),
    ...(retryInMs === null
      ? []
      : [`next try in ${formatDurationSetting(retryInMs)}, or when files arrive or the job file changes`]),
    ...(log === null ? [] : [`its log is ${log}`]),
  ].join('; ');
  const columns = [
    formatMoment(startedMs),
    stateOf(run).padEnd(13),
    runId ?? '-',
    formatDuration(endedMs - startedMs),
    ...(published === null
      ? []
      : [
          count(published.inputFiles, 'file'),
          `${count(published.counts.recordsWritten, 'record')} written`,
          ...(published.counts.recordsRejected > 0
            ? [`${count(published.counts.recordsRejected, 'record')} rejected`]
            : []),
        ]),
    ...(exitCode === EXIT.inputLeft ? ['inputs were left out', ...(log === null ? [] : [log])] : []),
    ...(isFailed(run) ? [failed] : []),
  ];
  return escapeControls(`${columns.join('  ').replaceAll('\n', ' ')}\n`);
}

/** A run as one JSON line. */
export function watchedRunJson(run: WatchedRun): string {
  const { startedMs, endedMs, failure, published, ...facts } = run;
  return JSON.stringify({
    ...facts,
    state: stateOf(run).replace(/ \(.*/, '').replaceAll(' ', '-'),
    startedAt: new Date(startedMs).toISOString(),
    endedAt: new Date(endedMs).toISOString(),
    inputFiles: published?.inputFiles ?? null,
    records: published?.counts.recordsWritten ?? null,
    rejected: published?.counts.recordsRejected ?? null,
    failure,
  });
}

function isFailed({ exitCode }: WatchedRun): boolean {
  return exitCode !== EXIT.done && exitCode !== EXIT.inputLeft;
}

function stateOf(run: WatchedRun): string {
  if (isFailed(run)) return run.exitCode === EXIT.locked ? 'locked' : `failed (${run.exitCode})`;
  return run.published === null ? 'nothing to do' : 'published';
}

/** What `watch` tells besides its runs. */
export type WatchNews =
  | { readonly news: 'watching'; readonly patterns: readonly string[]; readonly everyMs: number }
  /** Files have arrived, but these patterns give nothing yet, and the job needs all of them. */
  | { readonly news: 'incomplete'; readonly patterns: readonly string[] }
  /** Files have arrived, and are not complete yet. */
  | { readonly news: 'settling'; readonly wanted: WaitFor; readonly arrived: Arrived }
  | { readonly news: 'unseen'; readonly failure: FailureFacts; readonly retryInMs: number }
  | { readonly news: 'seen-again' }
  /** Nothing was published for as long as the job allows. */
  | { readonly news: 'overdue'; readonly expectEveryMs: number }
  | { readonly news: 'stopped'; readonly failure: FailureFacts };

/** News of `watch`, for stderr. */
export function formatWatchNews(news: WatchNews): string {
  return escapeControls(`hadoop-elt: ${wordsOf(news)}\n`);
}

function wordsOf(news: WatchNews): string {
  switch (news.news) {
    case 'watching': {
      const every = formatDurationSetting(news.everyMs);
      return `Watching ${news.patterns.map(quoteInput).join(', ')} every ${every}`;
    }
    case 'incomplete':
      return `Files have arrived, but nothing matches ${news.patterns.map(quoteInput).join(', ')} yet; the run waits for that (input.onMissing: fail)`;
    case 'settling':
      return `Files have arrived; the run waits until they are complete: ${waitingText(news.wanted, news.arrived)}`;
    case 'unseen': {
      const why = explainFailure(news.failure)
        .lines.map((line) => line.trim())
        .join(': ');
      return `Can't look for inputs: ${why}; next try in ${formatDurationSetting(news.retryInMs)}`;
    }
    case 'seen-again':
      return 'The inputs can be looked at again';
    case 'overdue':
      return `Nothing has arrived for ${formatDurationSetting(news.expectEveryMs)} (scheduled.expectEvery)`;
    case 'stopped':
      return news.failure.code === 'interrupted'
        ? `Stopped watching: ${news.failure.details.signal}`
        : 'Stopped watching';
  }
}
