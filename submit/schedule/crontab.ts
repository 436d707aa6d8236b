import { quoteForShell } from '../engines/programs.js';
import { needsText, type ScheduledJob, titleOf } from './scheduled-job.js';

/** The lines of a crontab that start a job, between two comments by which they are found again. */
export function formatCrontab(job: ScheduledJob): string {
  const { cron, words, folder, environment, retries } = job;
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${quoteForShell([value])}`);
  const command = ['cd', quoteForShell([folder]), '&&', ...variables, quoteForShell(words)].join(' ');
  return [
    ...(retries > 0 ? ['# cron does not try again by itself: the next start continues what failed'] : []),
    beginOf(job),
    ...needsOf(job),
    // An unescaped % is a line break to cron, also inside quotes.
    `${cron.expression}  ${command.replaceAll('%', '\\%')}`,
    endOf(job),
    '',
  ].join('\n');
}

/** A crontab with the lines of a job in place of those that it had; `lines` is empty to take them out. */
export function putIntoCrontab(crontab: string, job: Pick<ScheduledJob, 'name'>, lines: string): string {
  const kept: string[] = [];
  let isInside = false;
  for (const line of crontab.split('\n')) {
    if (line === beginOf(job)) isInside = true;
    if (!isInside) kept.push(line);
    if (line === endOf(job)) isInside = false;
  }
  const rest = kept.join('\n').replace(/\n*$/, '\n').replace(/^\n$/, '');
  const own = lines
    .split('\n')
    .filter((line) => !line.startsWith('# cron does not'))
    .join('\n');
  return `${rest}${own}`;
}

/** Lines above hold for those below, and are the user's own. */
function needsOf(job: ScheduledJob): string[] {
  const needs = needsText(job);
  if (needs === null) return [];
  const [name = '', ...others] = job.needs ?? [];
  const each = others.length === 0 ? 'it in a line' : 'each in a line of its own';
  return [
    `# ${needs}, which cron does not have: set ${each} above,`,
    `# such as ${name}=...; or name a file in the job file, file:PATH in place of env:NAME`,
  ];
}

function beginOf(job: Pick<ScheduledJob, 'name'>): string {
  return `# begin ${titleOf(job)}`;
}

function endOf(job: Pick<ScheduledJob, 'name'>): string {
  return `# end ${titleOf(job)}`;
}
