import type { Cron } from './cron.js';
import { needsText, type ScheduledJob, titleOf } from './scheduled-job.js';

/** The two units of a job, by file name. */
export interface SystemdUnits {
  readonly serviceName: string;
  readonly service: string;
  readonly timerName: string;
  readonly timer: string;
}

/** systemd ends a run itself, should `scheduled` not do it. */
const GRACE_SECONDS = 300;

/** A job → a service that runs it once, and the timer that starts it. */
export function formatSystemd(job: ScheduledJob): SystemdUnits {
  const unit = `hadoop-elt-${job.name}`;
  const { words, folder, environment, account, retries, retryDelayMs, timeLimitMs, cron, zone } = job;
  const limit = timeLimitMs === null ? 'infinity' : String(Math.ceil(timeLimitMs / 1000) + GRACE_SECONDS);
  return {
    serviceName: `${unit}.service`,
    service: [
      '[Unit]',
      `Description=${titleOf(job)}`,
      'Wants=network-online.target',
      'After=network-online.target',
      ...(retries === 0
        ? []
        : [
            `StartLimitIntervalSec=${(retries + 1) * (Math.ceil(retryDelayMs / 1000) + 86_400)}`,
            `StartLimitBurst=${retries + 1}`,
          ]),
      '',
      '[Service]',
      '# A service that runs is not started once more.',
      'Type=oneshot',
      ...(account === null ? [] : [`User=${account}`]),
      `WorkingDirectory=${folder.replaceAll('%', '%%')}`,
      ...Object.entries(environment).map(
        ([name, value]) => `Environment=${quoted(`${name}=${value}`, false)}`,
      ),
      ...needsOf(job),
      `ExecStart=${words.map((word) => quoted(word, true)).join(' ')}`,
      `TimeoutStartSec=${limit}`,
      '# The run ends its job on Hadoop first.',
      'TimeoutStopSec=120',
      'KillMode=mixed',
      ...(retries === 0
        ? []
        : [
            'Restart=on-failure',
            `RestartSec=${Math.ceil(retryDelayMs / 1000)}`,
            '# Wrong usage, another run, and a check that failed would end so again.',
            'RestartPreventExitStatus=2 7 8 10',
          ]),
      '',
    ].join('\n'),
    timerName: `${unit}.timer`,
    timer: [
      '[Unit]',
      `Description=${titleOf(job)}, by ${cron.expression}`,
      '',
      '[Timer]',
      ...calendarsOf(cron).map((calendar) => `OnCalendar=${calendar} ${zone}`),
      '# A start that was missed while the machine was off is made up for.',
      'Persistent=true',
      'AccuracySec=1s',
      '',
      '[Install]',
      'WantedBy=timers.target',
      '',
    ].join('\n'),
  };
}

/** `%E` is /etc for the system, and ~/.config for a user. Where the file is missing, the run says what it lacks. */
function needsOf(job: ScheduledJob): string[] {
  const needs = needsText(job);
  if (needs === null) return [];
  return [
    `# ${needs}: write ${job.needs?.length === 1 ? 'it' : 'each'} as a line NAME=value into this file, which only its user may read (chmod 600).`,
    `EnvironmentFile=-%E/hadoop-elt/${job.name}.env`,
  ];
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** A cron expression → calendar events of systemd.time(7), without their zone. Two if both kinds of days are restricted. */
export function calendarsOf(cron: Cron): readonly string[] {
  const two = (value: number) => String(value).padStart(2, '0');
  const month = listOf(cron.months, 12, two);
  const time = `${listOf(cron.hours, 24, two)}:${listOf(cron.minutes, 60, two)}:00`;
  const byMonth = `*-${month}-${listOf(cron.daysOfMonth, 31, two)} ${time}`;
  const days = cron.daysOfWeek.map((day) => DAYS[day]).join(',');
  const byWeek = `${days} *-${month}-* ${time}`;
  if (!cron.restrictsDaysOfWeek && cron.daysOfWeek.length === 7) return [byMonth];
  // In cron, `*/2` of a field that starts with a star takes from the days of the other.
  if (cron.restrictsDaysOfMonth && cron.restrictsDaysOfWeek) return [byMonth, byWeek];
  return [`${days} ${byMonth}`];
}

function listOf(values: readonly number[], all: number, format: (value: number) => string): string {
  return values.length === all ? '*' : values.map(format).join(',');
}

/** A word as systemd reads it (systemd.syntax(7)); in commands `$` is for variables. */
function quoted(word: string, isCommand: boolean): string {
  const escaped = word
    .replaceAll('%', '%%')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');
  const plain = isCommand ? escaped.replaceAll('$', '$$$$') : escaped;
  return /^[A-Za-z0-9_@%+=:,./$-]+$/.test(plain) && plain !== '' ? plain : `"${plain}"`;
}
