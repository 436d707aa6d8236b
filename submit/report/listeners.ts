import { Writable } from 'node:stream';
import { createLogUpdate } from 'log-update';
import { formatSize } from '../config/sizes.js';
import type { TextOutput } from '../context.js';
import { exitCodeOf } from '../exit-codes.js';
import type { RunEvent, StepResult } from '../run/events.js';
import { count, escapeControls, formatDuration, formatNumber } from './escape.js';
import { formatPassedOver } from './passed-over-text.js';
import { formatAfterPublish, formatChecks, formatNothingToDo, formatRunSummary } from './summary-text.js';
import { checkLines } from './words/check-text.js';
import { formatFailure } from './words/failure-text.js';

/** Milliseconds between two progress lines when stderr is not a terminal. */
const PLAIN_INTERVAL_MS = 10_000;
/** Milliseconds between two redraws of the progress line on a terminal. */
const REDRAW_INTERVAL_MS = 80;

/** Receives the events of a run. */
export type Listener = (event: RunEvent) => void;

/** Writes events as JSON lines on stdout, and failures also as text on stderr. */
export function jsonListener(stdout: TextOutput, stderr: TextOutput): Listener {
  return (event) => {
    const told = event.event === 'run-failed' ? { ...event, exitCode: exitCodeOf(event.failure) } : event;
    stdout.write(`${JSON.stringify(told)}\n`);
    if (event.event === 'run-failed') stderr.write(`${formatFailure(event.failure)}\n`);
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
        line(`Job ${event.job} on the ${event.engine} engine, run ${event.runId}`);
        return;
      case 'inputs-passed-over': {
        const told = formatPassedOver(event.passedOver);
        if (told !== null) line(told);
        return;
      }
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
        line(`  Could not remove ${event.path}; remove it by hand`);
        return;
      case 'nothing-to-do':
        progress.clear();
        stdout.write(escapeControls(formatNothingToDo(event.reason, event.output)));
        return;
      case 'run-published':
        progress.clear();
        stdout.write(escapeControls(formatRunSummary(event.summary)));
        return;
      case 'failed-after-publish':
        line(`  ${formatAfterPublish(event)}`);
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
    case 'mapper':
      return `${result.path} ${result.sent ? 'written' : 'in place'}`;
    case 'run':
      return result.rejectTasks === 0
        ? count(result.tasks, 'task')
        : `${count(result.tasks, 'task')}, and ${formatNumber(result.rejectTasks)} for the rejects`;
    case 'verify':
      return `${count(result.equations, 'equation')} of the proof hold`;
    case 'checks':
      return formatChecks(result.held, result.warnings);
    case 'publish':
      return result.output;
  }
}
