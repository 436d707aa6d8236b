import { formatSize } from '../config/sizes.js';
import type { NothingToDo, RunSummary } from '../run/events.js';
import { count, formatDuration, formatNumber } from './escape.js';

/** What is printed when a run has published. */
export function formatRunSummary(summary: RunSummary): string {
  const { counts } = summary;
  const invalid = Object.entries(counts.invalid).filter(([, amount]) => amount > 0);
  const rows: [string, string][] = [
    ['records in', formatNumber(counts.recordsRead)],
    ['records out', formatNumber(counts.recordsWritten)],
    [
      'rejected',
      `${formatNumber(counts.recordsRejected)}${summary.rejects === null ? '' : `, in ${summary.rejects}`}`,
    ],
    [
      'headers',
      `${formatNumber(counts.headers)} (among the records; ${formatNumber(counts.headersDropped)} dropped)`,
    ],
    ['invalid', invalid.length === 0 ? 'none' : ''],
    ...invalid.map(([column, amount]): [string, string] => [`  ${column}`, formatNumber(amount)]),
    ...(counts.wrongFieldCount > 0
      ? [['wrong field count', formatNumber(counts.wrongFieldCount)] as [string, string]]
      : []),
    ...(counts.malformed > 0 ? [['malformed', formatNumber(counts.malformed)] as [string, string]] : []),
    ['input', `${count(summary.inputFiles, 'file')}, ${formatSize(summary.inputBytes)}`],
    ['output', `${count(summary.outputFiles, 'part file')}, ${formatSize(summary.outputBytes)}`],
    ['time', formatDuration(summary.durationMs)],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    `Published ${summary.output}`,
    ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`.trimEnd()),
    ...(summary.firstLines.length === 0
      ? ['The output has no records']
      : ['First lines', ...summary.firstLines]),
    '',
  ].join('\n');
}

/** What is printed when there was nothing to do. */
export function formatNothingToDo(reason: NothingToDo, output: string): string {
  switch (reason) {
    case 'same-output':
      return `Nothing to do: ${output} was published from the same inputs by the same job\n`;
    case 'no-new-input':
      return `Nothing to do: every input is in a published batch of ${output}\n`;
  }
}
