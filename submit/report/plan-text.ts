import { basename } from 'node:path';
import type { EncodingPlan, RulePlan } from '../../mapper/contract.js';
import { CATALOGUE, type RuleCatalogue, readOptions } from '../../mapper/rules/catalogue.js';
import type { WaitFor } from '../awaited-inputs.js';
import type { Limit, VolumeRule } from '../check-finding.js';
import { formatDurationSetting } from '../config/durations.js';
import { MASK } from '../config/secrets.js';
import type { Origin, Setting } from '../config/setting.js';
import { formatSize } from '../config/sizes.js';
import { quoteForShell } from '../engines/programs.js';
import type { ClusterSettings } from '../hadoop/cluster/cluster-settings.js';
import { tableColumnsOf } from '../job/load-table.js';
import { outputNamesOf } from '../job/output-names.js';
import type { OwnMapper } from '../job/own-mapper.js';
import type { JobPlan } from '../job/plan.js';
import type { PlannedOutputColumn } from '../job/plan-output-columns.js';
import { hasOwnChecks } from '../job/sections/checks.js';
import type { HttpSettings } from '../job/sections/input-http.js';
import type { ColumnInTable } from '../job/sections/load.js';
import type { NotifySettings } from '../job/sections/scheduled.js';
import type { Preview } from '../run/preview.js';
import { count, quote, quoteInput } from './escape.js';
import { formatPassedOver } from './passed-over-text.js';
import { formatLeftOut } from './summary-text.js';
import { formatWhere } from './where-text.js';
import { waitForText } from './words/wait-text.js';

/**
 * The plan as text: every value and its origin, the columns, and the steps of a run. `cluster` is null on the local
 * engine. `rules` describes the rules of the plan.
 */
export function formatPlan(
  plan: JobPlan,
  preview: Preview,
  cluster: ClusterSettings | null,
  rules: RuleCatalogue = CATALOGUE,
): string {
  return [
    `Plan of ${plan.jobFile}`,
    '',
    'Settings',
    ...table(
      entriesOf(plan.settings).map(([key, setting]) => [
        key,
        formatValue(key, setting.value),
        formatOrigin(setting.origin),
      ]),
    ),
    '',
    ...(cluster === null
      ? []
      : [
          'Cluster',
          ...table(
            entriesOf(cluster).map(([key, setting]) => [
              key,
              formatClusterValue(key, setting.value),
              formatOrigin(setting.origin),
            ]),
          ),
          '',
        ]),
    `Columns${preview.names === null ? '' : ` (${preview.names.length} in the data)`}`,
    ...table(columnRows(plan, preview.names, rules)),
    '',
    ...(plan.where === null ? [] : ['Records that stay', `  ${formatWhere(plan.where.plan, rules)}`, '']),
    ...(plan.outputColumns === null
      ? []
      : [
          `Columns of the output (${plan.outputColumns.length})`,
          ...table(plan.outputColumns.map((column) => outputColumnRow(column, rules))),
          '',
        ]),
    ...tableLines(plan, preview.names),
    'What a run does',
    ...steps(plan, preview, cluster).map((step, index) => `  ${index + 1}. ${step}`),
    ...formatLeftOut(preview.left),
    ...[formatPassedOver(preview.passedOver)].filter((line) => line !== null),
    '',
    ...(preview.changesHeaders === true ? HEADERS_CHANGE : []),
    ...yearsChange(preview.changesYears ?? []),
    ...(preview.command.length === 0 ? [] : commandLines(preview.command)),
  ].join('\n');
}

const HEADERS_CHANGE = [
  'Warning: version 0.1 published this output, with headers where the data have them',
  '  Now each part starts with the header and has no other; for the same as before, set output.header: keep',
  '',
];

function yearsChange(columns: readonly (string | number)[]): string[] {
  if (columns.length === 0) return [];
  return [
    'Warning: version 0.1 published this output, and read years of two digits as 20yy, also for y',
    `  Now yy needs century, and y takes no two digits: ${columns.map(labelOf).join(', ')}`,
    '',
  ];
}

function commandLines(command: readonly string[]): string[] {
  const isMasked = command.some((word) => word.endsWith(`=${MASK}`));
  return [
    isMasked ? `The command; ${MASK} stands for secrets, put them in before you run it` : 'The command',
    `  ${quoteForShell(command)}`,
    '',
  ];
}

function entriesOf(settings: JobPlan['settings'] | ClusterSettings): [string, Setting<unknown>][] {
  return Object.entries(settings);
}

function columnRows(plan: JobPlan, names: readonly string[] | null, rules: RuleCatalogue): string[][] {
  if (plan.ownMapper !== null) return ownMapperRows(plan.ownMapper, names);
  const rulesOf = (name: string, index: number) =>
    plan.columns.find(({ column }) => column === name || column === index);
  const shown =
    names === null
      ? plan.columns.map((column) => ({ label: labelOf(column.column), planned: column }))
      : names.map((name, index) => ({ label: `[${index}] ${name}`, planned: rulesOf(name, index) }));
  return shown.map(({ label, planned }) => [
    label,
    planned === undefined
      ? 'unchanged'
      : planned.rules.map((rule) => formatRule(rule, rules)).join(', then '),
    planned === undefined ? '' : `job file line ${planned.line}`,
  ]);
}

function outputColumnRow(
  { name, from, compute, rules, line }: PlannedOutputColumn,
  catalogue: RuleCatalogue,
): string[] {
  const computed = compute === undefined ? [] : [formatComputation(compute)];
  const source = name === null || from === null ? computed : [`from ${labelOf(from)}`];
  const steps = [...source, ...rules.map((rule) => formatRule(rule, catalogue))];
  return [name ?? labelOf(from ?? ''), steps.join(', then '), `job file line ${line}`];
}

function formatComputation({ expression, locale }: NonNullable<PlannedOutputColumn['compute']>): string {
  return `compute ${expression}${locale === undefined ? '' : `, columns without round in locale ${locale}`}`;
}

function ownMapperRows({ path, line, columns }: OwnMapper, names: readonly string[] | null): string[][] {
  const by = [`by ${basename(path)}`, `job file line ${line}`];
  if (names === null) return columns.map((column) => [labelOf(column), ...by]);
  return names.map((name, index) => [
    `[${index}] ${name}`,
    ...(columns.includes(name) || columns.includes(index) ? by : ['unchanged']),
  ]);
}

function labelOf(column: string | number): string {
  return typeof column === 'number' ? `[${column}]` : column;
}

function formatRule({ rule: name, onInvalid, ...options }: RulePlan, rules: RuleCatalogue): string {
  const rule = rules.find(name);
  if (rule === undefined) return name;
  const text = rule.inPlan(readOptions(rule.options, options).values);
  if (rule.invalid === null) return text;
  return `${text} (invalid → ${onInvalid.action === 'marker' ? quote(onInvalid.text) : onInvalid.action})`;
}

function steps(
  { settings }: JobPlan,
  { items, tasks, unmatched }: Preview,
  cluster: ClusterSettings | null,
): string[] {
  const bytes = items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const reloads = settings['output.onChangedInput'].value === 'reload';
  const isByTable =
    settings['output.path'].value === '' && settings['run.splitSize'].origin.from === 'default';
  const modes = {
    create: `as a new folder; one that is there is ${reloads ? 'made again if an input has changed' : 'never touched'}`,
    replace: 'in place of what is there',
    append: 'as a new batch=<run id> in it, from inputs whose content no batch has yet',
  };
  return [
    `check: ${count(items.length, 'input file')} (${formatSize(bytes)})${unmatched.length > 0 ? `; NO input matches ${unmatched.map(quote).join(', ')}` : ''}`,
    `scan: size, checksum, lines, records and header of each${settings['output.mode'].value === 'append' ? '; then the inputs that a batch has already are left out, of which this plan does not know: it counts all' : ''}`,
    cluster === null
      ? 'upload: data and mapper to where the engine reads (in place on the local engine)'
      : `upload: what HDFS does not have yet, to ${settings['input.upload'].value}; and the mapper`,
    cluster === null
      ? `run: ${count(tasks ?? 0, 'task')}${isByTable ? '' : ` by a split size of ${formatSize(settings['run.splitSize'].value)}`}, ${settings['run.parallel'].value} at once on the local engine`
      : 'run: the command below, followed to its end',
    'verify: lines and records scanned, read, written, rejected, left out and in the part files must agree',
    ...(hasOwnChecks(settings) ? ['checks: the settings checks.* must hold, else nothing is published'] : []),
    ...(settings['output.path'].value === ''
      ? []
      : [`publish: ${settings['output.path'].value}, ${modes[settings['output.mode'].value]}`]),
    ...(settings['load.postgres.table'] === undefined ? [] : [loadStep(settings)]),
  ];
}

function loadStep(settings: JobPlan['settings']): string {
  const isAlone = settings['output.path'].value === '';
  const table = settings['load.postgres.table']?.value ?? '';
  const how =
    settings['load.postgres.mode']?.value === 'replace' ? 'in place of its rows' : 'added to its rows';
  const transaction =
    settings['load.postgres.transaction']?.value === 'input'
      ? 'in one transaction for each input'
      : 'in one transaction';
  return `${isAlone ? 'publish' : 'load'}: the table ${table}, ${how}, ${transaction}`;
}

function formatValue(key: string, value: unknown): string {
  if (key === 'input.files')
    return (value as { patterns: readonly string[] }).patterns.map(quoteInput).join(', ');
  if (key === 'input.waitFor') return waitForText(value as WaitFor);
  if (key === 'run.splitSize' || key === 'csv.maxRecordBytes') return formatSize(value as number);
  if (key === 'run.retries.delay') return formatDurationSetting(value as number);
  if (key === 'checks.maxRejected' && value === null) return 'not all';
  if (value === null) return ABSENT[key] ?? '–';
  if (DURATIONS.has(key) || key.endsWith('Timeout')) return formatDurationSetting(value as number);
  if (key === 'scheduled.notify') return formatNotify(value as NotifySettings);
  if (key === 'load.postgres.columns')
    return formatTableColumns(value as Readonly<Record<string, ColumnInTable>>);
  if (SIZES.has(key)) return formatSize(value as number);
  if (key === 'checks.maxRejected') return formatLimit(value as Limit);
  if (key === 'checks.maxInvalid') return formatLimits(value as Readonly<Record<string, Limit>>);
  if (key === 'checks.volume') return formatVolume(value as VolumeRule);
  if (key === 'input.http') return formatHttp(value as HttpSettings);
  if (Array.isArray(value)) return value.map((item) => quote(String(item))).join(', ');
  if (key === 'csv.encoding') return (value as EncodingPlan).label;
  return QUOTED_SETTINGS.has(key) ? quote(String(value)) : String(value);
}

/** What the job file says of it; secrets are named there, never given. */
function formatHttp({ user, password, bearer, sha256, maxBytes, timeoutMs, ca }: HttpSettings): string {
  return [
    `timeout ${formatDurationSetting(timeoutMs)}`,
    ...(user === null ? [] : [`user ${user}`]),
    ...(password === null ? [] : [`password ${password}`]),
    ...(bearer === null ? [] : [`bearer ${bearer}`]),
    ...(maxBytes === null ? [] : [`at most ${formatSize(maxBytes)}`]),
    ...(ca === null ? [] : [`ca ${ca}`]),
    ...(Object.keys(sha256).length === 0 ? [] : [`sha256 of ${count(Object.keys(sha256).length, 'URL')}`]),
  ].join(', ');
}

/** Settings that are a text of the data. */
const QUOTED_SETTINGS = new Set([
  'csv.delimiter',
  'csv.quote',
  'csv.comment',
  'output.csv.delimiter',
  'output.csv.null',
]);

const SIZES = new Set(['checks.maxBytes', 'output.partSize', 'scheduled.maxLogBytes']);

const DURATIONS = new Set(['scheduled.timeLimit', 'scheduled.expectEvery', 'scheduled.notify.repeatAfter']);

/** The ways alone: addresses of webhooks are often secrets. */
function formatNotify({ command, webhook, email, on }: NotifySettings): string {
  const ways = [command && 'command', webhook && 'webhook', email && 'email'].filter(Boolean);
  return `${ways.length === 0 ? 'nobody' : `by ${ways.join(', ')}`}${on === undefined ? '' : `, on ${on.join(', ')}`}`;
}

/** What it means that a setting has no value. */
const ABSENT: Readonly<Record<string, string>> = {
  'input.sheet': 'the first one that is not hidden',
  'input.headerRow': 'the first row with a value',
  'csv.columns': 'by the header',
  'csv.quote': 'none',
  'run.keepRuns': 'all',
  'scheduled.timeLimit': 'none',
  'scheduled.notify': 'nobody',
  'csv.encoding': 'bytes stay what they are',
  'output.csv.delimiter': "the input's",
  'load.postgres.url': 'by PGHOST and other PG* variables',
  'load.postgres.schema': 'by the search path',
  'load.postgres.key': 'none',
  'load.postgres.columns': 'by names and rules',
  'load.postgres.statementTimeout': 'no limit',
};

function formatLimit(limit: Limit): string {
  return 'count' in limit ? String(limit.count) : `${limit.percent}%`;
}

function formatLimits(limits: Readonly<Record<string, Limit>>): string {
  return Object.entries(limits)
    .map(([column, limit]) => `${quote(column)}: ${formatLimit(limit)}`)
    .join(', ');
}

function formatTableColumns(columns: Readonly<Record<string, ColumnInTable>>): string {
  return Object.entries(columns)
    .map(([column, { name, type }]) =>
      [`${quote(column)}:`, name, type].filter((one) => one !== undefined).join(' '),
    )
    .join(', ');
}

/** The columns of the table, as far as the names of the data are known. */
function tableLines(plan: JobPlan, names: readonly string[] | null): string[] {
  const outputColumns = outputNamesOf(plan, names);
  if (plan.settings['load.postgres.table'] === undefined || outputColumns === null) return [];
  const columns = tableColumnsOf(plan, { inputColumns: names, outputColumns });
  return [
    `Columns of the table (${columns.length})`,
    ...table(
      columns.map(({ name, type, because, isKey }) => [
        name,
        `${type}${isKey ? ', key' : ''}`,
        because === 'nothing' ? 'no rule says more' : because,
      ]),
    ),
    '',
  ];
}

function formatVolume({ within, ofLast, level }: VolumeRule): string {
  return `within ${within}% of the last ${ofLast}, else ${level}`;
}

function formatClusterValue(key: string, value: unknown): string {
  if (value === null) return "Hadoop's default";
  if (key === 'blockSize' || key === 'taskMemory' || key === 'nodeMemory') return formatSize(value as number);
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(key === 'hadoop' ? ' ' : ', ');
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value as Record<string, unknown>);
  return entries.length === 0 ? 'none' : entries.map(([name, text]) => `${name}=${text}`).join(' ');
}

function formatOrigin(origin: Origin): string {
  switch (origin.from) {
    case 'flag':
    case 'environment':
      return `${origin.from} ${origin.name}`;
    case 'Hadoop':
      return origin.name;
    case 'cluster file':
    case 'job file':
      return `${origin.from} line ${origin.line}`;
    case 'mapper':
      return `mapper ${basename(origin.path)}`;
    case 'default':
      return 'default';
  }
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1].map((column) =>
    Math.min(60, Math.max(...rows.map((row) => row[column]?.length ?? 0))),
  );
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}
