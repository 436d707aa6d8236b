import type { RunNews } from '../../run/events.js';
import { explainFailure } from './failure-text.js';

/** `Can't read "/a": it can't be reached: …; retry 1 of 3 in 5 s`. */
export function formatRetry({
  failure,
  waitMs,
  nth,
  of,
}: Extract<RunNews, { readonly event: 'retrying' }>): string {
  const said = explainFailure(failure).lines.slice(0, 2);
  return `${said.map((line) => line.trim()).join(': ')}; retry ${nth} of ${of} in ${formatWait(waitMs)}`;
}

function formatWait(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`;
}
