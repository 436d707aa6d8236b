import { formatDurationSetting } from '../config/durations.js';
import { quoteForShell } from '../engines/programs.js';
import type { ScheduledJob } from '../schedule/scheduled-job.js';
import { escapeControls } from './escape.js';

/** How each scheduler keeps runs from overlapping. */
const OVERLAP: Readonly<Record<string, string>> = {
  cron: 'refused by hadoop-elt, exit code 8',
  systemd: 'not started while the service runs',
  'task-scheduler': 'not started (IgnoreNew)',
  airflow: 'one run at a time (max_active_runs=1)',
};

/** The configuration of a scheduled job as a table. `startsMs`: its next starts. */
export function formatScheduleTable(job: ScheduledJob, target: string, startsMs: readonly number[]): string {
  const [program = '', ...args] = job.words;
  const times = startsMs.map((ms) => formatIn(ms, job.zone)).join(', ');
  const retries =
    target === 'cron' || job.retries === 0
      ? 'none; the next start continues what was killed'
      : `${job.retries}, after ${formatDurationSetting(job.retryDelayMs)}`;
  const rows: readonly (readonly [string, string])[] = [
    ['name', `hadoop-elt-${job.name}`],
    ['trigger', `${job.cron.expression}, in ${job.zone}`],
    ['next starts', times],
    ['program', program],
    ['arguments', quoteForShell(args)],
    ['start in', job.folder],
    ['account', job.account ?? 'the user who installs it'],
    ['variables', job.needs === undefined || job.needs.length === 0 ? 'none' : job.needs.join(', ')],
    ['overlap', OVERLAP[target] ?? ''],
    ['restarts', retries],
    ['time limit', job.timeLimitMs === null ? 'none' : formatDurationSetting(job.timeLimitMs)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return escapeControls(rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join(''));
}

/** `2026-11-26 02:15 GMT+1`. */
function formatIn(ms: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).formatToParts(ms);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
}

const WHERE_SET: Readonly<Record<string, (name: string, it: 'it' | 'each') => string>> = {
  cron: (_name, it) => `set ${it} in a line of the crontab above, or name a file in the job file: file:PATH`,
  systemd: (name, it) =>
    `write ${it} as a line NAME=value into hadoop-elt/${name}.env in /etc, or in ~/.config for a timer of a user`,
  'task-scheduler': (_name, it) => `set ${it} for the account that runs it: setx NAME VALUE`,
  airflow: (_name, it) =>
    `set ${it} for the workers, or name a Connection: --connection NAME=CONNECTION.password`,
};

/** The warning for variables that a job reads and its scheduler does not have; empty if there are none. `given`: `NAME=…` */
export function formatNeeds(
  { name, needs = [] }: Pick<ScheduledJob, 'name' | 'needs'>,
  target: string,
  given: readonly string[],
): string {
  const names = new Set(given.map((text) => text.replace(/=.*/s, '')));
  const missing = needs.filter((need) => !names.has(need));
  if (missing.length === 0) return '';
  const [what, it] =
    missing.length === 1 ? (['a variable', 'it'] as const) : (['variables', 'each'] as const);
  const where = WHERE_SET[target]?.(name, it) ?? '';
  return escapeControls(
    `hadoop-elt: Warning: ${name} reads ${what} that ${target} does not have: ${missing.join(', ')}\n  ${where}\n`,
  );
}

/** What was installed, removed, or what is left to do. */
export function formatInstalled(lines: readonly string[]): string {
  return escapeControls(`${lines.join('\n')}\n`);
}
