import { delimiter, dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { DURATION_FORM, parseDuration } from '../config/durations.js';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { defaultName } from '../job/settings.js';
import { formatInstalled, formatNeeds, formatScheduleTable } from '../report/schedule-text.js';
import { type DagOptions, formatDag } from '../schedule/airflow.js';
import { agreeAtStarts, machineZone, nextStarts, parseCron, parseZone } from '../schedule/cron.js';
import { formatCrontab, putIntoCrontab } from '../schedule/crontab.js';
import type { ScheduledJob } from '../schedule/scheduled-job.js';
import { formatSystemd } from '../schedule/systemd.js';
import { formatTask } from '../schedule/task-scheduler.js';
import { makeFolders, removeTree, replaceFile } from '../stores/file-tree.js';
import { attempt } from '../stores/system-failure.js';
import { CLUSTER_OPTIONS, HADOOP_OPTIONS } from './cluster-options.js';
import { DAG_OPTIONS, dagOf } from './dag-options.js';
import { defineCommand, type OptionDefinitions } from './define-command.js';
import { loadJobFile, OVERRIDE_OPTIONS } from './job-options.js';
import { neededVariables } from './needed-variables.js';
import { placesOf, SCHEDULED_OPTIONS, wordsOf } from './passed-options.js';

const TARGETS = ['cron', 'systemd', 'task-scheduler', 'airflow'] as const;
type Target = (typeof TARGETS)[number];

const OWN_OPTIONS = {
  cron: {
    type: 'text',
    value: 'EXPRESSION',
    group: 'Job',
    describe: 'When: minute, hour, day of month, month, day of week; or @daily and the like',
  },
  for: { type: 'text', group: 'Job', choices: TARGETS, describe: 'Scheduler', default: 'cron' },
  'time-zone': {
    type: 'text',
    value: 'ZONE',
    group: 'Job',
    describe: 'Zone of the times: Europe/Berlin, UTC',
    default: 'that of this machine',
  },
  account: {
    type: 'text',
    value: 'USER',
    group: 'Job',
    describe: 'User who runs it (systemd, task-scheduler, airflow)',
    default: 'the user who installs it',
  },
  retries: {
    type: 'text',
    value: 'COUNT',
    group: 'Job',
    describe: 'How often the scheduler tries again after a failure; cron can not',
    default: '0',
  },
  'retry-delay': {
    type: 'text',
    value: 'TIME',
    group: 'Job',
    describe: `Pause before that: ${DURATION_FORM}`,
    default: '5m',
  },
  program: {
    type: 'text',
    value: 'FILE',
    group: 'Job',
    describe: 'The program that the scheduler starts, where it is elsewhere',
    default: 'this Node with this program',
  },
  at: {
    type: 'text',
    value: 'FOLDER',
    group: 'Job',
    describe:
      'Folder of the job file where the scheduler runs, if it is another one there, such as that of git-sync; name the program there with --program',
    default: 'where it is here, with the PATH of this shell',
  },
  ...DAG_OPTIONS,
  format: {
    type: 'text',
    group: 'Output',
    choices: ['text', 'table'],
    describe: 'The configuration itself, or a table of what it says',
    default: 'text',
  },
  install: {
    type: 'flag',
    group: 'Output',
    describe: 'Install it for this user (cron, systemd), in place of what was installed for the job',
  },
  uninstall: { type: 'flag', group: 'Output', describe: 'Take it out again' },
} as const satisfies OptionDefinitions;

export const scheduleCommand = defineCommand({
  name: 'schedule',
  positional: { name: 'job', describe: 'job file', required: true },
  describe:
    'Print, or install, what starts a job by cron, systemd, Task Scheduler or Airflow. All options of hadoop-elt scheduled are passed on to it',
  options: {
    ...OWN_OPTIONS,
    ...SCHEDULED_OPTIONS,
    ...OVERRIDE_OPTIONS,
    ...CLUSTER_OPTIONS,
    ...HADOOP_OPTIONS,
  },
  examples: [
    ['hadoop-elt schedule sales.elt.yaml --cron "15 2 * * *" --mode replace', 'the lines of a crontab'],
    [
      'hadoop-elt schedule sales.elt.yaml --cron "15 2 * * *" --for systemd --time-zone Europe/Berlin --install',
      'a timer of this user',
    ],
    [
      'hadoop-elt schedule sales.elt.yaml --cron "*/10 6-20 * * mon-fri" --for airflow > dags/sales.py',
      'a DAG',
    ],
    [
      'hadoop-elt schedule sales.elt.yaml --cron @daily --for task-scheduler --format table',
      'see what it would be',
    ],
  ],
  onlyAnswers: (args) => args.install !== true && args.uninstall !== true,
  async run(context, args) {
    const { stdout, stderr, machine } = context;
    const target = args.for ?? 'cron';
    const nowMs = machine.clock.now();
    const jobFile = await loadJobFile(context, args.job);
    const name = jobFile.content.name ?? defaultName(resolve(context.cwd, args.job));
    if (args.uninstall === true) {
      stdout.write(formatInstalled(await uninstall(context, target, name)));
      return EXIT.done;
    }
    if (args.cron === undefined) throw refuse('--cron is missing: when is the job to be started?');
    const cron = parseCron(args.cron);
    const zone = args['time-zone'] === undefined ? machineZone() : parseZone(args['time-zone']);
    const limit = args['time-limit'] ?? jobFile.content.scheduled?.timeLimit;
    const job: ScheduledJob = {
      name,
      cron,
      zone,
      words: wordsOf(context, args),
      folder: dirname(placesOf(context, args)(args.job)),
      environment: args.at === undefined ? environmentOf(context) : {},
      needs: neededVariables(jobFile, context),
      account: args.account ?? null,
      retries: numberOf(args.retries),
      retryDelayMs:
        args['retry-delay'] === undefined ? 300_000 : durationOf('retry-delay', args['retry-delay']),
      timeLimitMs: limit === undefined ? null : durationOf('time-limit', limit),
    };
    checkTarget(job, target, nowMs);
    const given = target === 'airflow' ? [args.connection ?? []].flat() : [];
    stderr.write(formatNeeds(job, target, given));
    if (args.format === 'table') {
      stdout.write(formatScheduleTable(job, target, nextStarts(cron, zone, nowMs, 3)));
    } else if (args.install === true) {
      stdout.write(formatInstalled(await install(context, target, job)));
    } else {
      stdout.write(
        configurationOf(
          job,
          target,
          new Date(nowMs).toISOString().slice(0, 10),
          dagOf(context, args, jobFile),
        ),
      );
    }
    return EXIT.done;
  },
});

/** Where Hadoop and its files are, for a process that has none of it. Secrets stay where they are. */
const PASSED = [
  'HADOOP_CONF_DIR',
  'HADOOP_HOME',
  'JAVA_HOME',
  'HADOOP_USER_NAME',
  'HADOOP_ELT_CLUSTER',
  'HADOOP_ELT_STATE_DIR',
];

/** Variables for the scheduler; of PATH its absolute folders, in which `hadoop` or `docker` are found. */
function environmentOf({ env }: Context): Record<string, string> {
  const path = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .join(delimiter);
  const passed = PASSED.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  return { PATH: path, ...Object.fromEntries(passed) };
}

function checkTarget(job: ScheduledJob, target: Target, nowMs: number): void {
  const local = machineZone();
  if (target === 'cron' && !agreeAtStarts(job.cron, job.zone, local, nowMs)) {
    throw refuse(
      `cron starts jobs by the time of the machine, in ${local}, which is not that of ${job.zone}`,
      'Use --for systemd, whose timers have a zone of their own; or give the times of the machine, without --time-zone',
    );
  }
  if (target === 'task-scheduler' && job.zone !== 'UTC' && job.zone !== local) {
    throw refuse(
      `Task Scheduler starts jobs by the time of its machine, or in UTC; it has no zone ${job.zone}`,
      'Give the times of that machine, without --time-zone, or those of UTC',
    );
  }
  if (target === 'systemd' && /[\n]/.test(job.folder))
    throw refuse('systemd has no folders with a line break in their names');
}

function configurationOf(job: ScheduledJob, target: Target, startDay: string, dag: () => DagOptions): string {
  switch (target) {
    case 'cron':
      return formatCrontab(job);
    case 'systemd': {
      const { serviceName, service, timerName, timer } = formatSystemd(job);
      return `# ${serviceName}\n${service}\n# ${timerName}\n${timer}`;
    }
    case 'task-scheduler':
      return formatTask(job, startDay);
    case 'airflow':
      return formatDag(job, dag());
  }
}

async function install(context: Context, target: Target, job: ScheduledJob): Promise<string[]> {
  switch (target) {
    case 'cron': {
      const before = await readCrontab(context);
      await runProgram(context, ['crontab', '-'], putIntoCrontab(before, job, formatCrontab(job)));
      return [`Installed in the crontab of ${context.user}: ${job.cron.expression}`];
    }
    case 'systemd': {
      const { serviceName, service, timerName, timer } = formatSystemd(job);
      const folder = unitFolder(context);
      const { files } = context.machine;
      await attempt('make the folder', folder, () => makeFolders(files, folder));
      await replaceFile(files, join(folder, serviceName), Buffer.from(service));
      await replaceFile(files, join(folder, timerName), Buffer.from(timer));
      await systemctl(context, ['daemon-reload']);
      await systemctl(context, ['enable', '--now', timerName]);
      return [
        `Installed ${join(folder, timerName)}`,
        ...(isRoot() ? [] : ['It runs while you are logged in, unless: loginctl enable-linger']),
      ];
    }
    default:
      throw refuse(`--install knows cron and systemd; for ${target} print the configuration into a file`);
  }
}

async function uninstall(context: Context, target: Target, name: string): Promise<string[]> {
  switch (target) {
    case 'cron': {
      const before = await readCrontab(context);
      const after = putIntoCrontab(before, { name }, '');
      if (after === before) return [`The crontab of ${context.user} has no line of ${name}`];
      await runProgram(context, ['crontab', '-'], after);
      return [`Removed from the crontab of ${context.user}`];
    }
    case 'systemd': {
      const folder = unitFolder(context);
      const unit = `hadoop-elt-${name}`;
      await systemctl(context, ['disable', '--now', `${unit}.timer`]);
      for (const ending of ['timer', 'service']) {
        const path = join(folder, `${unit}.${ending}`);
        await attempt('remove', path, () => removeTree(context.machine.files, path));
      }
      await systemctl(context, ['daemon-reload']);
      return [`Removed ${join(folder, `${unit}.timer`)}`];
    }
    default:
      throw refuse(`--uninstall knows cron and systemd, not ${target}`);
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function unitFolder({ env }: Context): string {
  if (isRoot()) return '/etc/systemd/system';
  return join(env.XDG_CONFIG_HOME || join(env.HOME ?? '/', '.config'), 'systemd', 'user');
}

async function systemctl(context: Context, words: readonly string[]): Promise<void> {
  await runProgram(context, ['systemctl', ...(isRoot() ? [] : ['--user']), ...words], '');
}

/** The crontab of this user; empty if there is none. */
async function readCrontab(context: Context): Promise<string> {
  const { output, said, exitCode } = await programOutput(context, ['crontab', '-l'], '');
  if (exitCode === 0) return output;
  if (/no crontab/i.test(said)) return '';
  throw refuse(`Can't read the crontab: ${said.trim()}`);
}

async function runProgram(context: Context, words: readonly string[], input: string): Promise<void> {
  const { said, exitCode } = await programOutput(context, words, input);
  if (exitCode !== 0) throw refuse(`${words.join(' ')} ended with exit code ${exitCode}: ${said.trim()}`);
}

async function programOutput({ machine, signal }: Context, words: readonly string[], input: string) {
  const program = machine.programs.start(words, {
    env: { LC_ALL: 'C' },
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    signal,
  });
  program.stdin?.on('error', () => undefined);
  program.stdin?.end(input);
  const [output, said, { exitCode, startError }] = await Promise.all([
    program.stdout === null ? '' : text(program.stdout),
    program.stderr === null ? '' : text(program.stderr),
    program.ended,
  ]);
  if (startError !== null)
    throw refuse(
      `${words[0]} could not be started: ${startError}`,
      `Print the configuration without --install, and put it in place where ${words[0]} is`,
    );
  return { output, said, exitCode };
}

function numberOf(given: string | undefined): number {
  if (given === undefined) return 0;
  if (/^\d{1,3}$/.test(given)) return Number(given);
  throw refuse(`--retries is ${JSON.stringify(given)}; accepted: a whole number`);
}

function durationOf(option: string, given: string): number {
  const ms = parseDuration(given);
  if (ms !== undefined && ms > 0) return ms;
  throw refuse(`--${option} is ${JSON.stringify(given)}; accepted: ${DURATION_FORM}`);
}

function refuse(problem: string, hint?: string): Failure {
  return new Failure('usage', { problem, command: 'schedule' }, { hint });
}
