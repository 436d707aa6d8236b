import { formatSize } from '../config/sizes.js';
import type { RunDetails } from '../state/run-details.js';
import type { RunFacts } from '../state/run-facts.js';
import { count, escapeControls, formatDuration, formatNumber } from './escape.js';
import { exitCodeOfRun, formatMoment } from './history-text.js';
import { formatChecks } from './summary-text.js';
import { checkLines } from './words/check-text.js';
import { explainFailure } from './words/failure-text.js';

/** A run, and where it is kept on this machine. */
export interface ShownRun {
  readonly run: RunFacts;
  readonly details: RunDetails;
  readonly folder: string;
}

/** A run as text: what, when, its steps, counts and inputs, why it failed, and what the next run does. */
export function formatRun({ run, details, folder }: ShownRun): string {
  const { counts, inputs, left, checks } = details;
  return escapeControls(
    [
      `Run ${run.runId} of job ${run.job}: ${stateText(run)}`,
      ...table([
        ['started', `${formatMoment(run.startedMs)} UTC`],
        ...(run.endedMs === null ? [] : [row('ended', `${formatMoment(run.endedMs)} UTC`)]),
        ...(run.durationMs === null ? [] : [row('time', formatDuration(run.durationMs))]),
        ...(run.attempts === 1 ? [] : [row('attempts', String(run.attempts))]),
        ...(run.label === null ? [] : [row('called', run.label)]),
        ...(run.date === null ? [] : [row('day', run.date)]),
        ['job file', run.jobFile],
        ['engine', run.engine],
        ['output', details.published?.folder ?? run.output],
        ...rejectsRow(details.published?.rejects),
        ...rejectsRow(details.refused?.folder),
        ...(run.replays === null ? [] : [row('replays', run.replays)]),
        ...details.applications.map((id) => row('application', id)),
        ['folder', folder],
        ['logs', `${folder}/logs`],
      ]),
      ...section('Steps', table(details.steps.map((step) => [step.step, stepText(step)]))),
      ...section('Records', counts === null ? [] : table(countRows(counts))),
      ...section('Checks', checkRows(checks)),
      ...section('Inputs', [
        ...inputs.flatMap(inputLines),
        ...left.map(({ path, why }) => `  ${path}: left out, ${why}`),
      ]),
      ...section('Digests', table(digestRows(details))),
      ...section('Why it failed', causeLines(run)),
      'The next run of this job',
      `  ${nextText(run, inputs)}`,
      '',
    ].join('\n'),
  );
}

function rejectsRow(folder: string | null | undefined): Row[] {
  return typeof folder === 'string' ? [row('rejects', folder)] : [];
}

/** A run as one JSON object. */
export function runJson({ run, details, folder }: ShownRun): string {
  const { cause, startedMs, endedMs, ...facts } = run;
  const explained = cause === null ? null : explainFailure(cause);
  const why =
    explained === null
      ? null
      : { text: explained.lines.map((line) => line.trim()), hint: explained.hint ?? null };
  const shown = {
    ...facts,
    startedAt: new Date(startedMs).toISOString(),
    endedAt: endedMs === null ? null : new Date(endedMs).toISOString(),
    exitCode: exitCodeOfRun(run),
    folder,
    logs: `${folder}/logs`,
    ...details,
    cause: cause === null ? null : { code: cause.code, details: cause.details, ...why },
    next: nextText(run, details.inputs),
  };
  return `${JSON.stringify(shown, null, 2)}\n`;
}

export function stateText(run: RunFacts): string {
  const exitCode = exitCodeOfRun(run);
  const notLoaded =
    run.loadFailure === null ? '' : `, but not loaded (${run.loadFailure.code}, exit code ${exitCode})`;
  switch (run.state) {
    case 'failed':
      return `failed (${run.failure ?? 'unknown'}${exitCode === null ? '' : `, exit code ${exitCode}`})`;
    case 'killed':
      return 'killed';
    case 'no-input':
      return `no input (${run.failure ?? 'unknown'}${exitCode === null ? '' : `, exit code ${exitCode}`})`;
    case 'running':
      return `running${where(run)}`;
    case 'unknown':
      return `no end is known; it may be running${where(run)}`;
    case 'nothing-to-do':
      return `nothing to do${notLoaded}`;
    case 'paused':
      return 'paused between two steps';
    case 'published':
      return `published${notLoaded}${run.isIncomplete ? ', without all inputs as they are now (exit code 10)' : ''}`;
  }
}

const OF_ONE_INPUT: ReadonlySet<string> = new Set(['completed', 'failed']);

function where({ process }: RunFacts): string {
  return process === null ? '' : `, process ${process.pid} on ${process.host}`;
}

/** What the next run does about this one. `inputs`: those of the run. */
export function nextText(
  { state, isKept, attempts, loadFailure }: RunFacts,
  inputs: RunDetails['inputs'] = [],
): string {
  const open = inputs.filter((input) => input.state === 'failed' || input.state === 'pending').length;
  // Each of them has a commit point of its own.
  if (state !== 'running' && open > 0 && inputs.some((input) => OF_ONE_INPUT.has(input.state))) {
    return `loads what is not in the table yet: ${count(open, 'input')} of this run, and new ones; what is completed stays`;
  }
  if (loadFailure !== null) return 'loads what is published; so does hadoop-elt load';
  switch (state) {
    case 'published':
      return 'publishes again only if inputs or job have changed; with mode append, only content that no batch has';
    case 'nothing-to-do':
    case 'no-input':
      return 'starts anew';
    case 'paused':
      return 'continues it if job and inputs are the same; otherwise clears it and starts anew';
    case 'running':
      return 'is refused (exit code 8) while this one runs; --wait waits for its end';
    case 'unknown':
      return 'is refused (exit code 8) if this one still answers; otherwise it takes over and continues it';
    case 'killed':
      return 'continues it if job and inputs are the same, and keeps what still holds; otherwise clears it and starts anew (--fresh always does)';
    case 'failed':
      return isKept
        ? 'continues it if job and inputs are the same, and keeps what still holds; --fresh starts anew'
        : `starts anew: what this run had written${attempts > 1 ? ' in all its attempts' : ''} was removed`;
  }
}

export function causeLines({ state, failure, cause: ofRun, loadFailure }: RunFacts): string[] {
  const cause = ofRun ?? loadFailure;
  if (cause !== null) {
    const { lines, hint } = explainFailure(cause);
    return [...lines, ...(hint === undefined ? [] : [hint])].map((line) => `  ${line.trim()}`);
  }
  if (state === 'killed')
    return ['  Its process is gone and wrote no end: it was killed, or the machine went down'];
  return failure === null ? [] : [`  ${failure}; the log says more`];
}

function stepText({ startedMs, endedMs, attempt, retries }: RunDetails['steps'][number]): string {
  const again = retries === 0 ? '' : `, tried again ${count(retries, 'time')}`;
  return `${formatMoment(startedMs)}  ${formatDuration(endedMs - startedMs)}${attempt === 1 ? '' : `, attempt ${attempt}`}${again}`;
}

function countRows(counts: NonNullable<RunDetails['counts']>): Row[] {
  const rows: [string, number][] = [
    ['in', counts.recordsRead],
    ['out', counts.recordsWritten],
    ['rejected', counts.recordsRejected],
    ['left out', counts.recordsLeftOut],
    ['headers', counts.headers],
    ['wrong field count', counts.wrongFieldCount],
    ['malformed', counts.malformed],
    ...Object.entries(counts.invalid).map(([column, amount]): [string, number] => [
      `invalid ${column}`,
      amount,
    ]),
  ];
  return rows
    .filter(([name, amount]) => amount > 0 || ['in', 'out', 'rejected'].includes(name))
    .map(([name, amount]) => [name, formatNumber(amount)]);
}

function checkRows(checks: RunDetails['checks']): string[] {
  if (checks.length === 0) return [];
  const warnings = checks.filter(({ verdict }) => verdict === 'warn');
  const lines = warnings.flatMap((finding) => checkLines(finding).map((line) => `  Warning: ${line}`));
  return [`  ${formatChecks(checks.length - warnings.length, warnings.length)}`, ...lines];
}

function inputLines({
  path,
  sizeBytes,
  lines,
  records,
  state,
  failure,
}: RunDetails['inputs'][number]): string[] {
  const scanned = lines === null ? '' : `, ${count(lines, 'line')}, ${count(records ?? 0, 'record')}`;
  const why = failure === null ? [] : explainFailure(failure).lines;
  return [
    `  ${path}: ${state}, ${formatSize(sizeBytes)}${scanned}`,
    ...why.map((line) => `    ${line.trim()}`),
  ];
}

function digestRows({ digests, mapperSha256, inputs }: RunDetails): Row[] {
  return [
    ...(mapperSha256 === null ? [] : [row('mapper', `sha256 ${mapperSha256}`)]),
    ...(digests === null
      ? []
      : [row('lines read', `${digests.read}, taken by ${digests.readBy}`), row('written', digests.written)]),
    ...inputs.flatMap(({ path, sha256 }) => (sha256 === null ? [] : [row(path, sha256)])),
  ];
}

type Row = readonly [string, string];

function row(name: string, text: string): Row {
  return [name, text];
}

function table(rows: readonly Row[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}
