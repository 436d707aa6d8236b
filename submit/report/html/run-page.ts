import { formatSize } from '../../config/sizes.js';
import type { RunDetails } from '../../state/run-details.js';
import type { RunFacts } from '../../state/run-facts.js';
import { count, formatDuration, formatNumber } from '../escape.js';
import { formatMoment } from '../history-text.js';
import { causeLines, nextText, stateText } from '../show-text.js';
import { checkLines } from '../words/check-text.js';
import type { Chart } from './chart.js';
import { badge, type Content, code, facts, figure, html, section, table } from './elements.js';
import { formatPage } from './page.js';

/** A rejected record, for a page. What the job hides is `***` in it. */
export interface RejectSample {
  readonly place: string;
  readonly column: string;
  readonly rule: string;
  readonly value: string;
  readonly reason: string;
  readonly record: string;
}

/** The first rejects, by who rejected them. */
export interface RejectSamples {
  readonly byMapper: readonly RejectSample[];
  readonly byDatabase: readonly RejectSample[];
}

/** What a page of a run is made of. */
export interface RunOnPage {
  readonly run: RunFacts;
  readonly details: RunDetails;
  /** Null where the rejects can't be read from here. */
  readonly rejects: RejectSamples | null;
  /** Those of a load of the output into a table. */
  readonly refused: RejectSamples | null;
  readonly madeAt: string;
  readonly chartScript: string;
}

/** Beyond these, inputs, parts and tasks are only counted. */
const MAX_ROWS = 200;

/** One run as a page. */
export function formatRunPage({ run, details, rejects, refused, madeAt, chartScript }: RunOnPage): string {
  const title = `Run of ${run.job}, ${formatMoment(run.startedMs)}`;
  const charts = chartsOf(details);
  const why = causeLines(run);
  const body: Content[] = [
    html`<h1>${title}</h1><p>${badge(stateText(run), toneOf(run))}</p>`,
    facts([
      ['run', code(run.runId)],
      ['took', run.durationMs === null ? null : formatDuration(run.durationMs)],
      ['ended', run.endedMs === null ? null : `${formatMoment(run.endedMs)} UTC`],
      ['day', run.date],
      ['called', run.label],
      ['attempts', run.attempts === 1 ? null : String(run.attempts)],
      ['engine', run.engine === '' ? null : run.engine],
      ['job file', code(run.jobFile)],
      ['output', code(details.published?.folder ?? run.output)],
      ['replays', run.replays === null ? null : code(run.replays)],
      ['application', details.applications.length === 0 ? null : details.applications.join(', ')],
      ['next run', nextText(run, details.inputs)],
    ]),
    why.length === 0
      ? null
      : section('Why it failed', html`<p class="why">${why.map((line) => line.trim()).join('\n')}</p>`),
    section('Steps', figure(charts.steps)),
    section('Records', figure(charts.records)),
    section('Invalid values', figure(charts.invalid), invalidSamples(details, rejects)),
    section('Rejects', rejectsOf(run, details, rejects), refusedOf(details, refused)),
    section('Tasks', figure(charts.tasks), moreThan(details.tasks.length, 'tasks')),
    section('Checks', checksOf(details)),
    section('Inputs', inputsOf(details), moreThan(details.inputs.length, 'inputs')),
    section('Output', outputOf(details), moreThan(details.partFiles.length, 'parts')),
    section('Digests', digestsOf(details)),
  ];
  return formatPage({ title, body, charts: Object.values(charts), madeAt, chartScript });
}

/** The colour of a run's end. */
export function toneOf({
  state,
  isIncomplete,
  loadFailure,
}: Pick<RunFacts, 'state' | 'isIncomplete' | 'loadFailure'>): 'good' | 'bad' | 'warn' | 'muted' {
  if (loadFailure !== null) return 'bad';
  switch (state) {
    case 'published':
      return isIncomplete ? 'warn' : 'good';
    case 'failed':
    case 'killed':
      return 'bad';
    case 'unknown':
    case 'no-input':
      return 'warn';
    default:
      return 'muted';
  }
}

function chartsOf({
  steps,
  counts,
  tasks,
}: RunDetails): Record<'steps' | 'records' | 'invalid' | 'tasks', Chart> {
  const records: readonly (readonly [string, number, boolean])[] =
    counts === null
      ? []
      : [
          ['in', counts.recordsRead, true],
          ['out', counts.recordsWritten, true],
          ['rejected', counts.recordsRejected, true],
          ['left out', counts.recordsLeftOut ?? 0, false],
          ['wrong field count', counts.wrongFieldCount, false],
          ['malformed', counts.malformed, false],
        ];
  const shown = records.filter(([, amount, isAlways]) => isAlways || amount > 0);
  const invalid = Object.entries(counts?.invalid ?? {}).sort((a, b) => b[1] - a[1]);
  const first = Math.min(...tasks.map(({ startedMs }) => startedMs));
  const drawn = [...tasks].sort((a, b) => a.startedMs - b.startedMs).slice(0, MAX_ROWS);
  return {
    steps: {
      id: 'steps-chart',
      title: 'Duration of each step',
      kind: 'bars',
      unit: 'ms',
      labels: steps.map(({ step, attempt }) => (attempt === 1 ? step : `${step} (attempt ${attempt})`)),
      series: [
        {
          name: 'Duration',
          tone: 'accent',
          values: steps.map(({ startedMs, endedMs }) => endedMs - startedMs),
        },
      ],
    },
    records: {
      id: 'records-chart',
      title: 'Records by what became of them',
      kind: 'bars',
      unit: 'count',
      labels: shown.map(([name]) => name),
      series: [{ name: 'Records', tone: 'accent', values: shown.map(([, amount]) => amount) }],
    },
    invalid: {
      id: 'invalid-chart',
      title: 'Invalid values by column',
      kind: 'bars',
      unit: 'count',
      labels: invalid.map(([column]) => column),
      series: [{ name: 'Invalid values', tone: 'warn', values: invalid.map(([, amount]) => amount) }],
    },
    tasks: {
      id: 'tasks-chart',
      title: 'Tasks from the start of the first one',
      kind: 'spans',
      unit: 'ms',
      labels: drawn.map(({ part }) => part),
      series: [
        {
          name: 'Time',
          tone: 'accent',
          values: drawn.map(({ startedMs, endedMs }) => [startedMs - first, endedMs - first] as const),
        },
      ],
    },
  };
}

/** A few invalid values of each column, from rejects where the logs of tasks are not at hand. What the job hides is `***`, or left out. */
function invalidSamples({ examples }: RunDetails, rejects: RunOnPage['rejects']): Content {
  const rows = examples.map(({ column, value, reason, line, split }) => [
    column,
    code(value),
    reason,
    code(placeOf(split, line)),
  ]);
  const named = new Set(examples.map(({ column }) => column));
  const others = (rejects?.byMapper ?? [])
    .filter(({ column }) => column !== '' && !named.has(column))
    .map(({ column, value, reason, place }) => [column, code(value), reason, code(place)]);
  return table('For example', ['Column', 'Value', 'Reason', 'Place'], [...rows, ...others]);
}

/** `file:line` where the split starts the file, else `file, line … from byte …`. */
function placeOf(split: string, line: number): string {
  const [, file = split, start = '0'] = /^(.*):(\d+)\+\d+$/s.exec(split) ?? [];
  return start === '0' ? `${file}:${line}` : `${file}, line ${line} from byte ${start}`;
}

function rejectsOf(
  { records }: RunFacts,
  { published, inputs }: RunDetails,
  rejects: RunOnPage['rejects'],
): Content {
  if (records === null || records.rejected === 0) return null;
  if (published === null) {
    const amount = count(records.rejected, 'record');
    return inputs.some(({ state }) => state === 'completed')
      ? html`<p>${amount} rejected; those of completed inputs are in the folder loads of the state folder.</p>`
      : html`<p>${amount} rejected, and not kept, because nothing was published. To see them: ${code('hadoop-elt map JOB --emit rejects < FILE')}</p>`;
  }
  return samplesIn(records.rejected, published.rejects, rejects);
}

function refusedOf({ refused }: RunDetails, samples: RunOnPage['refused']): Content {
  return refused === null ? null : samplesIn(refused.count, refused.folder, samples);
}

function samplesIn(amount: number, folder: string | null, samples: RejectSamples | null): Content {
  const where = folder === null ? null : html`<p>${amount} in all, in ${code(folder)}.</p>`;
  if (samples === null) return [where, html`<p>They can’t be read from here.</p>`];
  return [
    where,
    rejectTable('The first that the rules of the job reject', samples.byMapper),
    rejectTable('The first that the database refused', samples.byDatabase),
  ];
}

function rejectTable(caption: string, samples: readonly RejectSample[]): Content {
  const rows = samples.map(({ place, column, rule, value, reason, record }) => [
    code(place),
    column,
    rule,
    value,
    reason,
    code(record),
  ]);
  return table(caption, ['Place', 'Column', 'Rule', 'Value', 'Reason', 'Record'], rows);
}

function checksOf({ checks }: RunDetails): Content {
  const rows = checks.map((finding) => [
    finding.check,
    finding.verdict === 'pass' ? badge('holds', 'good') : badge('warns', 'warn'),
    checkLines(finding).join('\n'),
  ]);
  return table('What was found, and what is allowed', ['Check', 'Verdict', 'Found'], rows);
}

function inputsOf({ inputs, left }: RunDetails): Content {
  const rows = inputs
    .slice(0, MAX_ROWS)
    .map(({ path, state, failure, sizeBytes, records, sha256, linesDigest }) => [
      code(path),
      failure === null ? state : badge(`failed: ${failure.code}`, 'bad'),
      formatSize(sizeBytes),
      records === null ? '' : formatNumber(records),
      code(sha256 ?? linesDigest ?? ''),
    ]);
  const leftOut = left.map(({ path, why }) => [code(path), badge(`left out: ${why}`, 'warn'), '', '', '']);
  return table('Inputs', ['Path', 'State', 'Size', 'Records', 'Digest'], [...rows, ...leftOut]);
}

function outputOf({ partFiles }: RunDetails): Content {
  const rows = partFiles
    .slice(0, MAX_ROWS)
    .map(({ name, sizeBytes, lines, sha256 }) => [
      code(name),
      formatSize(sizeBytes),
      formatNumber(lines),
      code(sha256),
    ]);
  return table('Part files', ['Name', 'Size', 'Lines', 'SHA-256'], rows);
}

function digestsOf({ mapperSha256, digests }: RunDetails): Content {
  if (mapperSha256 === null && digests === null) return null;
  return facts([
    ['mapper', mapperSha256 === null ? null : code(mapperSha256)],
    ['lines read', digests === null ? null : [code(digests.read), `, taken by ${digests.readBy}`]],
    ['written', digests === null ? null : code(digests.written)],
  ]);
}

function moreThan(amount: number, what: string): Content {
  return amount <= MAX_ROWS ? null : html`<p>The first ${MAX_ROWS} of ${amount} ${what}.</p>`;
}
