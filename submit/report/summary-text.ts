import { formatSize } from '../config/sizes.js';
import type { FailureFacts, LeftInput } from '../errors.js';
import type { RunNews, RunSummary } from '../run/events.js';
import { count, escapeControls, formatDuration, formatNumber } from './escape.js';
import { explainFailure } from './words/failure-text.js';
import { changedHints, leftLines } from './words/input-text.js';
import { loadRows } from './words/load-failure-text.js';
import { nothingToReplay, replayedLine } from './words/replay-text.js';

/** The summary of a published run, as text. */
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
    ...leftOutRows(counts),
    [
      'headers',
      `${formatNumber(counts.headers)} read, ${formatNumber(counts.headers - counts.headersDropped + counts.headersAdded)} written`,
    ],
    ['invalid', invalid.length === 0 ? 'none' : ''],
    ...invalid.map(([column, amount]): [string, string] => [`  ${column}`, formatNumber(amount)]),
    ...(counts.wrongFieldCount > 0
      ? [['wrong field count', formatNumber(counts.wrongFieldCount)] as [string, string]]
      : []),
    ...(counts.recordsPadded > 0 ? [['padded', formatNumber(counts.recordsPadded)] as [string, string]] : []),
    ...(counts.malformed > 0 ? [['malformed', formatNumber(counts.malformed)] as [string, string]] : []),
    ...checkRows(summary),
    ...loadRows(summary.load),
    ['input', `${count(summary.inputFiles, 'file')}, ${formatSize(summary.inputBytes)}`],
    ['output', `${count(summary.outputFiles, 'part file')}, ${formatSize(summary.outputBytes)}`],
    ['time', formatDuration(summary.durationMs)],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    `Published ${summary.output}`,
    ...replayedLine(summary),
    ...leftOut(summary.left),
    ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`.trimEnd()),
    ...(summary.firstLines.length === 0
      ? ['The output has no records']
      : ['First lines', ...summary.firstLines]),
    '',
  ].join('\n');
}

function leftOutRows({
  recordsLeftOut,
  recordsNotJudged,
  blankLines,
}: RunSummary['counts']): [string, string][] {
  const byWhere = recordsLeftOut - blankLines;
  const notJudged =
    recordsNotJudged === 0 ? '' : `, ${formatNumber(recordsNotJudged)} of them could not be judged`;
  return [
    ...(byWhere > 0
      ? [['left out', `${formatNumber(byWhere)} by where${notJudged}`] as [string, string]]
      : []),
    ...(blankLines > 0 ? [['blank lines', `${formatNumber(blankLines)} left out`] as [string, string]] : []),
  ];
}

/** The text for a run that had nothing to do. */
export function formatNothingToDo(news: Extract<RunNews, { event: 'nothing-to-do' }>): string {
  const { reason, output, left } = news;
  const reasons: Record<typeof reason, string> = {
    'same-output': `${output} was published from the same inputs by the same job`,
    'no-new-input': `every ${left.length > 0 ? 'other ' : ''}input is in ${output.startsWith('postgresql:') ? `${output} already` : `a published batch of ${output}`}`,
    'no-rejects': nothingToReplay('no-rejects', news),
    'already-replayed': nothingToReplay('already-replayed', news),
  };
  return [`Nothing to do: ${reasons[reason]}`, ...leftOut(left), ''].join('\n');
}

/** The warnings for inputs that are left out, a line each. */
export function formatLeftOut(left: readonly LeftInput[]): string[] {
  const lines = leftLines(left, (why) => explainFailure(why).lines);
  return [
    ...lines.map((text) => `  Warning: left out: ${text}`),
    ...changedHints(left).map((hint) => `    ${hint}`),
  ];
}

/** What was left out, for the end of a run; the next run tries it again. */
function leftOut(left: readonly LeftInput[]): string[] {
  if (left.length === 0) return [];
  const lines = leftLines(left, (why) => explainFailure(why).lines);
  return [
    `  WITHOUT ${count(left.length, 'input')}, ${left.some(isOfLoad) ? 'not loaded' : 'missing or broken'}:`,
    ...lines.map((line) => `    ${line}`),
    ...changedHints(left).map((hint) => `    ${hint}`),
  ];
}

/** What else than the input itself can keep it from being loaded. */
const OF_LOADS: ReadonlySet<FailureFacts['code']> = new Set([
  'input-changed',
  'job-failed',
  'hadoop-job-failed',
  'check-failed',
  'verification-failed',
  'load-keys',
  'loaded-before',
  'database',
]);

function isOfLoad({ why }: LeftInput): boolean {
  return OF_LOADS.has(why.code);
}

/** A row only where the job asks for more than the check that every job has. */
function checkRows({ checks }: RunSummary): [string, string][] {
  const asked = checks.filter((finding) => finding.check !== 'maxRejected' || finding.allowed !== null);
  if (asked.length === 0) return [];
  const warnings = checks.filter(({ verdict }) => verdict === 'warn').length;
  return [['checks', formatChecks(checks.length - warnings, warnings)]];
}

/** `4 hold`, `3 hold, 1 warning`. */
export function formatChecks(held: number, warnings: number): string {
  return `${formatNumber(held)} ${held === 1 ? 'holds' : 'hold'}${warnings === 0 ? '' : `, ${count(warnings, 'warning')}`}`;
}

/** The warning for a failure after the commit point; the output stays published. */
export function formatAfterPublish({
  what,
  failure,
}: Extract<RunNews, { event: 'failed-after-publish' }>): string {
  const actions: Record<typeof what, string> = {
    commit: 'the commit got no answer (it took effect)',
    sync: 'a power cut may undo it: the rename could not be synced to disk',
    journal: 'the journal could not be written; the next run of this output completes it',
    summary: 'the first lines of the output could not be read',
    'clear-up': 'the staging folder could not be removed; the next run of this output removes it',
    unlock: 'the lock could not be released; the next run takes it over',
    interrupt: 'the run was interrupted after it had published',
  };
  const cause = failure === null ? '' : `: ${causeOf(failure)}`;
  return escapeControls(`Warning: published, but ${actions[what]}${cause}`);
}

/** For an interruption only the signal: its usual text says that nothing was published. */
function causeOf(failure: FailureFacts): string {
  if (failure.code === 'time-limit') return 'its time limit was over';
  return failure.code === 'interrupted' ? failure.details.signal : explainFailure(failure).lines.join(' ');
}
