import type { FailureDetails, LockOwner } from '../../errors.js';
import type { LockNews } from '../../run/lock-news.js';
import { formatDuration, quote } from '../escape.js';

/** Text for the failure `locked`, one line each. */
export function lockedLines({
  path,
  owner,
  silentMs,
  waitedMs,
  hasEnded,
}: FailureDetails['locked']): string[] {
  const by = owner === null ? 'another run' : `run ${owner.runId}`;
  const ownerLines = owner === null ? [] : [`  ${formatOwner(owner)}`];
  if (silentMs !== undefined) {
    return [
      `The output ${quote(path)} was taken over by ${by}, because this run did not answer for ${formatDuration(silentMs)}; this run published nothing`,
      ...ownerLines,
    ];
  }
  if (hasEnded) return [`The output ${quote(path)} was locked by ${by}, which has just ended`, ...ownerLines];
  const waited = waitedMs === undefined ? '' : `; this run waited ${formatDuration(waitedMs)}`;
  return [`The output ${quote(path)} is locked by ${by}${waited}`, ...ownerLines];
}

/** What a run tells while it takes the lock. */
export function formatLockNews(news: LockNews): string {
  const run = news.owner === null ? 'another run' : `run ${news.owner.runId}`;
  const who = news.owner === null ? '' : ` (${formatOwner(news.owner)})`;
  if (news.event === 'lock-taken-over') {
    return news.silentMs === null
      ? `  Took over the lock of ${run}, whose process is gone${who}`
      : `  Took over the lock of ${run}, which did not answer for ${formatDuration(news.silentMs)}${who}`;
  }
  const since = news.waitedMs < 1000 ? '' : `, for ${formatDuration(news.waitedMs)} now`;
  return news.isLive
    ? `  Waiting for ${run} to end${since}${who}`
    : `  Watching whether ${run}, which holds the lock, still answers${since}${who}`;
}

function formatOwner({ user, pid, host, startedAt }: LockOwner): string {
  return `user ${user}, process ${pid} on ${host}, since ${startedAt}`;
}
