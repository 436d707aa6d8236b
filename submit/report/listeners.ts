import { Writable } from 'node:stream';
import { createLogUpdate } from 'log-update';
import { formatSize } from '../config/sizes.js';
import type { TextOutput } from '../context.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import type { RunEvent, StepResult } from '../run/events.js';
import { count, escapeControls, formatDuration, formatNumber } from './escape.js';
import { formatInputNews } from './input-news-text.js';
import { formatLoadNote, formatRolledBack } from './load-text.js';
import { formatPassedOver } from './passed-over-text.js';
import {
  formatAfterPublish,
  formatChecks,
  formatLeftOut,
  formatNothingToDo,
  formatRunSummary,
} from './summary-text.js';
import { checkLines } from './words/check-text.js';
import { formatDrift } from './words/drift-text.js';
import { formatFailure, formatLoadFailure } from './words/failure-text.js';
import { loadLine } from './words/load-failure-text.js';
import { formatLockNews } from './words/lock-text.js';
import { replayingLine } from './words/replay-text.js';
import { formatRetry } from './words/retry-text.js';
import { waitingText } from './words/wait-text.js';

/** Milliseconds between two progress lines when stderr is not a terminal. */
const PLAIN_INTERVAL_MS = 10_000;
/** Milliseconds between two redraws of the progress line on a terminal. */
const REDRAW_INTERVAL_MS = 80;

/** Receives the events of a run. */
export type Listener = (event: RunEvent) => void;

/** Writes events as JSON lines on stdout, and failures also as text on stderr. */
export function jsonListener(stdout: TextOutput, stderr: TextOutput): Listener {
  return (event) => {
    const told =
      event.event === 'load-failed'
        ? { ...event, exitCode: EXIT.loadFailed }
        : event.event === 'run-failed'
          ? { ...event, exitCode: exitCodeOf(event.failure) }
          : event;
    stdout.write(`${JSON.stringify(told)}\n`);
    if (event.event === 'run-failed') stderr.write(`${formatFailure(event.failure)}\n`);
    if (event.event === 'load-failed') stderr.write(`${formatLoadFailure(event.failure)}\n`);
    if (event.event === 'failed-after-publish') stderr.write(`${formatAfterPublish(event)}\n`);
  };
}

/**
 * Writes a line for each step on stderr, and the summary on stdout. On a terminal the progress line is redrawn in
 * place; elsewhere a plain progress line is written every 10 seconds.
 */
export function textListener(stdout: TextOutput, stderr: TextOutput, now: () => number): Listener {
  const progress = stderr.isTerminal ? redrawnProgress(stderr, now) : plainProgress(stderr, now);
  const line = (text: string) => {
    progress.clear();
    stderr.write(`${escapeControls(text)}\n`);
  };
  return (event) => {
    switch (event.event) {
      case 'run-started':
        line(
          `Job ${event.job}${event.date === undefined ? '' : ` for ${event.date}`} on the ${event.engine} engine, run ${event.runId}`,
        );
        return;
      case 'waiting-for-inputs':
        line(`  wait     for inputs: ${waitingText(event.wanted, event.arrived)}`);
        return;
      case 'inputs-passed-over': {
        const told = formatPassedOver(event.passedOver);
        if (told !== null) line(told);
        return;
      }
      case 'output-mended':
      case 'already-loaded':
      case 'same-content':
      case 'empty-inputs':
      case 'inputs-skipped-whole':
      case 'last-copy-used':
      case 'characters-replaced':
      case 'sheets-read':
      case 'rules-changed':
      case 'reloading':
      case 'output-adopted':
        for (const text of formatLoadNote(event)) line(text);
        return;
      case 'columns-drifted':
      case 'columns-replaced':
        for (const text of formatDrift(event)) line(text);
        return;
      case 'rolled-back':
        progress.clear();
        stdout.write(escapeControls(formatRolledBack(event)));
        return;
      case 'waiting-for-lock':
      case 'lock-taken-over':
        line(formatLockNews(event));
        return;
      case 'inputs-left-out':
        for (const left of formatLeftOut(event.left)) line(left);
        return;
      case 'input-started':
      case 'input-published':
      case 'input-failed':
        line(`  ${formatInputNews(event)}`);
        return;
      case 'replaying':
        line(replayingLine(event));
        return;
      case 'step-started':
        progress.start(event.step);
        return;
      case 'step-progress':
        progress.show(event);
        return;
      case 'job-started':
        line(
          `  ${(event.emit === 'duplicates' ? 'checks' : 'run').padEnd(8)} follow ${event.applicationId ?? 'the job'} at ${event.trackingUrl}`,
        );
        return;
      case 'run-continued':
        line('  Continues what an earlier process has begun; --fresh starts anew');
        return;
      case 'step-kept':
        line(`  ${event.step.padEnd(8)} kept from the last attempt: ${formatKeptStep(event.result)}`);
        return;
      case 'retrying':
        line(`  ${event.step.padEnd(8)} ${formatRetry(event)}`);
        return;
      case 'job-found':
        line(`  run      ${event.applicationId ?? 'the job'} of the last attempt is there: following it`);
        return;
      case 'job-unanswered':
        line(`  run      no answer, the job goes on: ${event.cause}`);
        return;
      case 'run-paused':
        line(`  Paused after ${event.after}: the next step continues it`);
        return;
      case 'kept-for-next-run':
        line('  What is done is kept: run the job again, and it goes on from there');
        return;
      case 'step-done':
        line(
          `  ${event.step.padEnd(8)} ${formatStepResult(event.result)}, ${formatDuration(event.durationMs)}`,
        );
        return;
      case 'left-over-removed':
        line(
          event.hadPublished
            ? `  Removed the staging folder of run ${event.leftBy}, which had published: ${event.path}`
            : `  Removed the staging folder of the killed run ${event.leftBy}: ${event.path}`,
        );
        return;
      case 'log-incomplete':
        line(`  Warning: the log ${event.path} is incomplete: ${event.cause}`);
        return;
      case 'check-warning':
        line(`  Warning: ${checkLines(event.finding).join('\n')}`);
        return;
      case 'left-behind':
        line(`  Could not remove ${event.path}; the next run of this output does`);
        return;
      case 'nothing-to-do':
        progress.clear();
        stdout.write(escapeControls(formatNothingToDo(event)));
        return;
      case 'run-published':
        progress.clear();
        stdout.write(escapeControls(formatRunSummary(event.summary)));
        return;
      case 'failed-after-publish':
        line(`  ${formatAfterPublish(event)}`);
        return;
      case 'load-failed':
        progress.clear();
        stderr.write(`${formatLoadFailure(event.failure)}\n`);
        return;
      case 'run-failed':
        progress.clear();
        stderr.write(`${formatFailure(event.failure)}\n`);
        return;
      default:
        event satisfies never;
    }
  };
}

type ProgressEvent = Extract<RunEvent, { event: 'step-progress' }>;

interface ProgressLine {
  start(step: string): void;
  show(event: ProgressEvent): void;
  clear(): void;
}

function redrawnProgress(stderr: TextOutput, now: () => number): ProgressLine {
  const terminal = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      stderr.write(text);
      done();
    },
  });
  const size = { columns: stderr.columns, rows: 24, isTTY: true };
  const redraw = createLogUpdate(Object.assign(terminal, size), { showCursor: true });
  let drawnMs = 0;
  return {
    start: (step) => redraw(`  ${step.padEnd(8)} …`),
    show(event) {
      if (now() - drawnMs < REDRAW_INTERVAL_MS && event.done < event.total) return;
      drawnMs = now();
      redraw(`  ${formatProgress(event)}`);
    },
    clear: () => redraw.clear(),
  };
}

function plainProgress(stderr: TextOutput, now: () => number): ProgressLine {
  let toldMs = now();
  return {
    start: () => {
      toldMs = now();
    },
    show(event) {
      if (now() - toldMs < PLAIN_INTERVAL_MS) return;
      toldMs = now();
      stderr.write(`  ${formatProgress(event)}\n`);
    },
    clear: () => undefined,
  };
}

function formatProgress({ step, done, total, unit }: ProgressEvent): string {
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
  if (unit === '%') return `${step.padEnd(8)} ${String(percent).padStart(3)}%`;
  const amount =
    unit === 'bytes'
      ? `${formatSize(done)} of ${formatSize(total)}`
      : `${formatNumber(done)} of ${formatNumber(total)} ${unit}`;
  return `${step.padEnd(8)} ${String(percent).padStart(3)}%  ${amount}`;
}

function formatKeptStep(result: StepResult): string {
  if (result.step === 'upload') return count(result.files, 'file');
  return formatStepResult(result);
}

function formatStepResult(result: StepResult): string {
  switch (result.step) {
    case 'check':
      return `${count(result.files, 'input file')}; output ${result.output}`;
    case 'scan':
      return `${formatSize(result.sizeBytes)}, ${count(result.lines, 'line')}`;
    case 'upload':
      return result.inPlace === result.files
        ? 'all data in place'
        : `${count(result.files - result.inPlace, 'file')} sent (${formatSize(result.sizeBytes)})${result.replaced === 0 ? '' : `, replacing ${result.replaced}`}, ${result.inPlace} in place`;
    case 'combine':
      return `${count(result.inputs, 'small input')} put together in ${count(result.files, 'file')} (${formatSize(result.sizeBytes)}) for the tasks`;
    case 'mapper':
      if (result.hasReplaced) return `${result.path} written anew: the file there was not this mapper`;
      return `${result.path} ${result.sent ? 'written' : 'in place'}`;
    case 'run':
      return result.rejectTasks === 0
        ? count(result.tasks, 'task')
        : `${count(result.tasks, 'task')}, and ${formatNumber(result.rejectTasks)} for the rejects`;
    case 'verify':
      return `${count(result.equations, 'equation')} of the proof ${result.equations === 1 ? 'holds' : 'hold'}`;
    case 'checks':
      return formatChecks(result.held, result.warnings);
    case 'publish':
      return result.output;
    case 'load':
      return loadLine(result);
  }
}
