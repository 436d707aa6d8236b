import { MONTHS } from '../config/days.js';
import { Failure } from '../errors.js';
import type { Cron } from './cron.js';
import { needsText, type ScheduledJob, titleOf } from './scheduled-job.js';

/** A task may have so many triggers. */
const MAX_TRIGGERS = 48;
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/**
 * A job → XML for Windows' Task Scheduler (MS-TSCH 2.5), as `schtasks /create /xml FILE` takes it. Times are those of the
 * machine; with the zone UTC they are UTC. `startDay` is the first day, `2026-11-25`. Throws `usage` for what it can't have.
 */
export function formatTask(job: ScheduledJob, startDay: string): string {
  const [program = '', ...args] = job.words;
  const { folder, account, retries, retryDelayMs, timeLimitMs } = job;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '  <RegistrationInfo>',
    `    <Description>${escapeXml(`${titleOf(job)}, by ${job.cron.expression}${needsOf(job)}`)}</Description>`,
    '  </RegistrationInfo>',
    '  <Triggers>',
    ...triggersOf(job, startDay).map((line) => `    ${line}`),
    '  </Triggers>',
    '  <Principals>',
    '    <Principal id="Author">',
    ...(account === null ? [] : [`      <UserId>${escapeXml(account)}</UserId>`]),
    `      <LogonType>${account === null ? 'InteractiveToken' : 'Password'}</LogonType>`,
    '      <RunLevel>LeastPrivilege</RunLevel>',
    '    </Principal>',
    '  </Principals>',
    '  <Settings>',
    '    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>',
    '    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>',
    '    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
    '    <StartWhenAvailable>true</StartWhenAvailable>',
    '    <RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>',
    '    <Enabled>true</Enabled>',
    `    <ExecutionTimeLimit>${timeLimitMs === null ? 'PT0S' : durationOf(timeLimitMs + 300_000)}</ExecutionTimeLimit>`,
    ...(retries === 0
      ? []
      : [
          '    <RestartOnFailure>',
          `      <Interval>${durationOf(Math.max(60_000, retryDelayMs))}</Interval>`,
          `      <Count>${retries}</Count>`,
          '    </RestartOnFailure>',
        ]),
    '  </Settings>',
    '  <Actions Context="Author">',
    '    <Exec>',
    `      <Command>${escapeXml(program)}</Command>`,
    `      <Arguments>${escapeXml(args.map(quoteForWindows).join(' '))}</Arguments>`,
    `      <WorkingDirectory>${escapeXml(folder)}</WorkingDirectory>`,
    '    </Exec>',
    '  </Actions>',
    '</Task>',
    '',
  ].join('\n');
}

/** A task has no variables of its own. */
function needsOf(job: ScheduledJob): string {
  const needs = needsText(job);
  return needs === null
    ? ''
    : `. ${needs}: set ${job.needs?.length === 1 ? 'it' : 'each'} for the account that runs it, by setx NAME VALUE`;
}

function triggersOf({ cron, zone }: ScheduledJob, startDay: string): string[] {
  const suffix = zone === 'UTC' ? 'Z' : '';
  const days = daysOf(cron);
  const { times, repetition } = timesOf(cron);
  if (times.length * days.length > MAX_TRIGGERS) {
    throw new Failure(
      'usage',
      {
        problem: `Task Scheduler takes ${MAX_TRIGGERS} triggers a task, but ${JSON.stringify(cron.expression)} would need ${times.length * days.length}`,
        command: 'schedule',
      },
      { hint: 'Choose minutes at one distance, such as */10 * * * *, or fewer times' },
    );
  }
  return times.flatMap((time) =>
    days.flatMap((schedule) => [
      '<CalendarTrigger>',
      ...(repetition === null
        ? []
        : [
            '  <Repetition>',
            `    <Interval>${repetition.interval}</Interval>`,
            `    <Duration>${repetition.duration}</Duration>`,
            '  </Repetition>',
          ]),
      `  <StartBoundary>${startDay}T${time}:00${suffix}</StartBoundary>`,
      '  <Enabled>true</Enabled>',
      ...schedule.map((line) => `  ${line}`),
      '</CalendarTrigger>',
    ]),
  );
}

/** How often a trigger repeats, and for how long. */
interface Repetition {
  readonly interval: string;
  readonly duration: string;
}

/** Times of a day; or the first one, where the others follow at one distance. */
function timesOf({ minutes, hours }: Cron): {
  readonly times: readonly string[];
  readonly repetition: Repetition | null;
} {
  const all = hours.flatMap((hour) => minutes.map((minute) => 60 * hour + minute));
  const text = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  const [first = 0, second = first] = all;
  const step = second - first;
  const isEven = all.length > 2 && all.every((minute, at) => minute === first + at * step);
  if (!isEven) return { times: all.map(text), repetition: null };
  const lasting = all.length * step;
  // It ends before the next start would come, and only a whole day ends with the day.
  const duration = lasting === 1440 ? 'P1D' : `PT${lasting - 1}M`;
  return { times: [text(first)], repetition: { interval: `PT${step}M`, duration } };
}

/** The kinds of days, as schedules of a trigger. */
function daysOf(cron: Cron): readonly (readonly string[])[] {
  const { daysOfMonth, months, daysOfWeek, restrictsDaysOfMonth, restrictsDaysOfWeek } = cron;
  const hasAllMonths = months.length === 12;
  const byMonth = [
    '<ScheduleByMonth>',
    ...listed(
      'DaysOfMonth',
      daysOfMonth.map((day) => `<Day>${day}</Day>`),
    ),
    ...listed(
      'Months',
      months.map((month) => `<${MONTHS[month - 1]} />`),
    ),
    '</ScheduleByMonth>',
  ];
  const week = listed(
    'DaysOfWeek',
    daysOfWeek.map((day) => `<${DAYS[day]} />`),
  );
  const byWeek = hasAllMonths
    ? ['<ScheduleByWeek>', '  <WeeksInterval>1</WeeksInterval>', ...week, '</ScheduleByWeek>']
    : [
        '<ScheduleByMonthDayOfWeek>',
        ...listed(
          'Weeks',
          ['1', '2', '3', '4', 'Last'].map((one) => `<Week>${one}</Week>`),
        ),
        ...week,
        ...listed(
          'Months',
          months.map((month) => `<${MONTHS[month - 1]} />`),
        ),
        '</ScheduleByMonthDayOfWeek>',
      ];
  if (restrictsDaysOfMonth && restrictsDaysOfWeek) return [byMonth, byWeek];
  if (daysOfWeek.length < 7) {
    if (daysOfMonth.length < 31) {
      throw new Failure('usage', {
        problem: `Task Scheduler has no days that must be of the month and of the week at once: ${JSON.stringify(cron.expression)}`,
        command: 'schedule',
      });
    }
    return [byWeek];
  }
  if (daysOfMonth.length < 31 || !hasAllMonths) return [byMonth];
  return [['<ScheduleByDay>', '  <DaysInterval>1</DaysInterval>', '</ScheduleByDay>']];
}

function listed(name: string, items: readonly string[]): string[] {
  return [`  <${name}>`, ...items.map((item) => `    ${item}`), `  </${name}>`];
}

function durationOf(ms: number): string {
  return `PT${Math.ceil(ms / 1000)}S`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A word as CommandLineToArgvW reads it. */
function quoteForWindows(word: string): string {
  if (word !== '' && !/[\s"]/.test(word)) return word;
  return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}
