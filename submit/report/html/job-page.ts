import type { CheckFinding } from '../../check-finding.js';
import type { RunDetails } from '../../state/run-details.js';
import type { RunFacts } from '../../state/run-facts.js';
import { formatDuration } from '../escape.js';
import { formatMoment } from '../history-text.js';
import type { Chart, Series } from './chart.js';
import { badge, type Content, code, facts, figure, html, section, table } from './elements.js';
import { formatPage } from './page.js';
import { toneOf } from './run-page.js';

/** A run, and what its journal tells besides. */
export interface RunInTime {
  readonly run: RunFacts;
  readonly details: RunDetails;
}

/** What a page of a job over time is made of. */
export interface JobOnPage {
  /** Name of the job, or of the folder of several. */
  readonly title: string;
  /** The earliest first. */
  readonly runs: readonly RunInTime[];
  /** True if earlier runs are left out. */
  readonly hasMore: boolean;
  readonly madeAt: string;
  readonly chartScript: string;
}

/** A job over time as a page: volumes, durations, checks, and each run. */
export function formatJobPage({ title, runs, hasMore, madeAt, chartScript }: JobOnPage): string {
  const published = runs.filter(({ run }) => run.state === 'published');
  const volumes = [volumeChart(published), invalidChart(published), sizeChart(published)];
  const durations = durationChart(runs);
  const checks = checkCharts(published);
  const count = (states: readonly RunFacts['state'][]) =>
    runs.filter(({ run }) => states.includes(run.state)).length;
  const last = runs.at(-1)?.run;
  const body: Content[] = [
    html`<h1>${title} over time</h1>`,
    facts([
      ['runs', `${runs.length}${hasMore ? ', the latest' : ''}`],
      ['published', count(['published'])],
      ['nothing to do', count(['nothing-to-do'])],
      ['without input', count(['no-input']) || null],
      ['failed', count(['failed', 'killed'])],
      [
        'last run',
        last === undefined ? null : [badge(last.state, toneOf(last)), ` ${formatMoment(last.startedMs)}`],
      ],
      ['last failure', last === undefined ? null : lastFailure(runs)],
    ]),
    section('Volumes', ...volumes.map(figure)),
    section('Durations', figure(durations)),
    section('Checks over time', ...checks.map(figure)),
    section('Runs', runsTable(runs)),
  ];
  return formatPage({
    title: `${title} over time`,
    body,
    charts: [...volumes, durations, ...checks],
    madeAt,
    chartScript,
  });
}

function lastFailure(runs: readonly RunInTime[]): Content {
  const found = runs.findLast(({ run }) => run.state === 'failed' || run.state === 'killed')?.run;
  return found === undefined ? 'none' : `${formatMoment(found.startedMs)}, ${found.failure ?? found.state}`;
}

const labelsOf = (runs: readonly RunInTime[]) =>
  runs.map(({ run }) => (run.date === null ? formatMoment(run.startedMs).slice(0, 16) : run.date));

function lines(
  id: string,
  title: string,
  unit: Chart['unit'],
  runs: readonly RunInTime[],
  series: readonly Series[],
): Chart {
  return { id, title, kind: 'lines', unit, labels: labelsOf(runs), series };
}

function volumeChart(runs: readonly RunInTime[]): Chart {
  const values = (of: 'read' | 'written' | 'rejected') => runs.map(({ run }) => run.records?.[of] ?? null);
  return lines('volume-chart', 'Records of each published run', 'count', runs, [
    { name: 'In', tone: 'muted', values: values('read') },
    { name: 'Out', tone: 'accent', values: values('written') },
    { name: 'Rejected', tone: 'bad', values: values('rejected') },
  ]);
}

function sizeChart(runs: readonly RunInTime[]): Chart {
  return lines('size-chart', 'Size of inputs and output', 'bytes', runs, [
    {
      name: 'Inputs',
      tone: 'muted',
      values: runs.map(({ details }) => details.inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)),
    },
    { name: 'Output', tone: 'accent', values: runs.map(({ details }) => details.parts?.bytes ?? null) },
  ]);
}

/** So many columns have a line of their own: those with the most invalid values. */
const TONES = ['warn', 'bad', 'accent', 'muted', 'good'] as const;

function invalidChart(runs: readonly RunInTime[]): Chart {
  const sums = new Map<string, number>();
  for (const { details } of runs)
    for (const [column, amount] of Object.entries(details.counts?.invalid ?? {}))
      sums.set(column, (sums.get(column) ?? 0) + amount);
  const most = [...sums].sort((a, b) => b[1] - a[1]).slice(0, TONES.length);
  const series = most.map(
    ([column], at): Series => ({
      name: column,
      tone: TONES[at] ?? 'muted',
      values: runs.map(({ details }) =>
        details.counts === null ? null : (details.counts.invalid[column] ?? 0),
      ),
    }),
  );
  return lines('invalid-chart', 'Invalid values by column', 'count', series.length === 0 ? [] : runs, series);
}

function durationChart(runs: readonly RunInTime[]): Chart {
  const hasFailed = ({ state }: RunFacts) => state === 'failed' || state === 'killed';
  const of = (isFailed: boolean) =>
    // How long a run has waited for input tells nothing of the others.
    runs.map(({ run }) => (hasFailed(run) === isFailed && run.state !== 'no-input' ? run.durationMs : null));
  return lines('duration-chart', 'How long each run took', 'ms', runs, [
    { name: 'Ended well', tone: 'accent', values: of(false) },
    { name: 'Failed', tone: 'bad', values: of(true) },
  ]);
}

/** A chart for each check that some run has: what was found, and what is allowed where that is a number. */
function checkCharts(runs: readonly RunInTime[]): Chart[] {
  const names = [...new Set(runs.flatMap(({ details }) => details.checks.map(nameOf)))];
  return names.map((name, at) => {
    const findings = runs.map(({ details }) => details.checks.find((finding) => nameOf(finding) === name));
    const allowed = findings.map((finding) => (finding === undefined ? null : allowedBy(finding)));
    const series: Series[] = [
      {
        name: 'Found',
        tone: 'accent',
        values: findings.map((finding) => (finding === undefined ? null : foundBy(finding))),
      },
      ...(allowed.every((value) => value === null)
        ? []
        : [{ name: limitName(name), tone: 'bad' as const, values: allowed }]),
    ];
    return lines(`check-${at}-chart`, name, name === 'maxBytes' ? 'bytes' : 'count', runs, series);
  });
}

function nameOf(finding: CheckFinding): string {
  if (finding.check === 'maxInvalid') return `maxInvalid: ${finding.column}`;
  return finding.check === 'unique' ? `unique: ${finding.columns.join(', ')}` : finding.check;
}

function limitName(name: string): string {
  if (name === 'volume') return 'Average of earlier runs';
  return name === 'minRecords' ? 'At least' : 'At most';
}

function foundBy(finding: CheckFinding): number {
  return finding.check === 'unique' ? finding.duplicateKeys : finding.found;
}

function allowedBy(finding: CheckFinding): number | null {
  switch (finding.check) {
    case 'minRecords':
    case 'maxRecords':
    case 'maxBytes':
      return finding.allowed;
    case 'maxRejected':
    case 'maxInvalid': {
      if (finding.allowed === null) return Math.max(0, finding.of - 1);
      return 'count' in finding.allowed
        ? finding.allowed.count
        : (finding.of * finding.allowed.percent) / 100;
    }
    case 'unique':
      return 0;
    case 'volume':
      return finding.average;
  }
}

function runsTable(runs: readonly RunInTime[]): Content {
  const rows = [...runs]
    .reverse()
    .map(({ run }) => [
      code(run.runId),
      formatMoment(run.startedMs),
      badge(run.state, toneOf(run)),
      run.durationMs === null ? '' : formatDuration(run.durationMs),
      run.records?.written ?? '',
      run.records?.invalid ?? '',
      run.records?.rejected ?? '',
      run.failure ?? '',
    ]);
  const head = ['Run', 'Started (UTC)', 'State', 'Time', 'Records', 'Invalid', 'Rejected', 'Why'];
  return table('Runs, the latest first', head, rows);
}
