import type { FailureFacts, LeftInput } from '../../errors.js';
import type { MessageEvent } from '../../job/sections/scheduled.js';
import type { Message } from '../../messages/message.js';
import { escapeControls, formatDuration } from '../escape.js';
import { explainFailure } from './failure-text.js';
import { changedHints, leftLines } from './input-text.js';

/** What a message is made of. Times in milliseconds since 1970. */
export interface MessageFacts {
  readonly job: string;
  readonly runId: string | null;
  readonly exitCode: number;
  /** Null for a bug, and where nothing failed. */
  readonly failure: FailureFacts | null;
  readonly hasPublished: boolean;
  /** Inputs that were left out. */
  readonly left: readonly LeftInput[];
  /** Inputs that could not be fetched, and of which an earlier copy was read. */
  readonly lastCopies: readonly LeftInput[];
  readonly output: string | null;
  readonly log: string | null;
  readonly host: string;
  readonly nowMs: number;
  /** Since when the job has failed; null if it did not. */
  readonly failingSinceMs: number | null;
  /** When something was published last. */
  readonly publishedMs: number | null;
}

/** An event → the message that tells it. */
export function messageOf(event: MessageEvent, facts: MessageFacts): Message {
  const { job, runId, exitCode, log, host, nowMs } = facts;
  const { subject, cause, remedy } = wordsOf(event, facts);
  const where = [
    ...(runId === null ? [] : [`run: ${runId}`, `look: hadoop-elt show ${runId}`]),
    ...(log === null ? [] : [`log: ${log}`]),
    `on: ${host}`,
  ];
  const parts = [subject, ...(cause === '' ? [] : [cause]), ...(remedy === '' ? [] : [remedy]), '', ...where];
  return {
    event,
    job,
    runId,
    exitCode,
    subject,
    text: escapeControls(parts.join('\n')),
    cause: escapeControls(cause),
    remedy: escapeControls(remedy),
    log: log ?? '',
    host,
    time: new Date(nowMs).toISOString(),
  };
}

function wordsOf(
  event: MessageEvent,
  {
    job,
    exitCode,
    failure,
    hasPublished,
    left,
    lastCopies,
    output,
    nowMs,
    failingSinceMs,
    publishedMs,
  }: MessageFacts,
): { readonly subject: string; readonly cause: string; readonly remedy: string } {
  switch (event) {
    case 'failure': {
      if (failure === null && left.length > 0) {
        const lines = leftLines(left, (why) => explainFailure(why).lines);
        return {
          subject: hasPublished
            ? `${job} published without some inputs (exit code ${exitCode})`
            : `${job} had only inputs that can't be read (exit code ${exitCode})`,
          cause: lines.join('\n'),
          remedy: ['The next run tries them again', ...changedHints(left)].join('\n'),
        };
      }
      if (failure === null && lastCopies.length > 0) {
        return {
          subject: `${job} read earlier copies of some inputs (exit code ${exitCode})`,
          cause: leftLines(lastCopies, (why) => explainFailure(why).lines).join('\n'),
          remedy: 'The next run tries to fetch them again',
        };
      }
      const explained = failure === null ? null : explainFailure(failure);
      return {
        subject: `${job} failed (exit code ${exitCode})`,
        cause:
          explained?.lines.map((line) => line.trim()).join('\n') ?? 'an unexpected error; the log has it',
        remedy: explained?.hint ?? '',
      };
    }
    case 'recovery':
      return {
        subject: `${job} is well again`,
        cause:
          failingSinceMs === null
            ? ''
            : `It failed for ${formatDuration(nowMs - failingSinceMs)}, since ${timeOf(failingSinceMs)}`,
        remedy: '',
      };
    case 'noInput':
      return {
        subject: `${job} has published nothing for too long`,
        cause:
          publishedMs === null
            ? 'Nothing was published yet'
            : `Nothing was published for ${formatDuration(nowMs - publishedMs)}, since ${timeOf(publishedMs)}${output === null ? '' : `, to ${output}`}`,
        remedy:
          'See whether new input has arrived; scheduled.expectEvery says how often something is expected',
      };
  }
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** The line for the log: a message was sent, or why it was not. The exit code stays. */
export function messageLine(event: MessageEvent | 'ping', way: string, problem: string | null): string {
  const what = event === 'ping' ? 'The ping' : `The message (${event}) by ${way}`;
  return escapeControls(
    problem === null ? `${what} was sent\n` : `Warning: ${what} was not sent: ${problem}\n`,
  );
}
