import { acceptedDays, parseDay } from '../config/days.js';
import { DURATION_FORM, parseDuration } from '../config/durations.js';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import type { ParsedJobFile } from '../job/job-file.js';
import { hasDate } from '../job/sections/date.js';
import type { DagOptions } from '../schedule/airflow.js';
import type { Arguments, OptionDefinitions } from './define-command.js';
import { absolute, passedOn, placesOf, SCHEDULED_OPTIONS } from './passed-options.js';
import { stepCommand } from './step.js';

/** The flags of `schedule` that only Airflow knows. */
export const DAG_OPTIONS = {
  tasks: {
    type: 'text',
    group: 'Job',
    choices: ['steps', 'one'],
    describe: 'For airflow: a task for each step of a run, or one for all of it',
    default: 'steps',
  },
  connection: {
    type: 'texts',
    value: 'NAME=CONNECTION.FIELD',
    group: 'Job',
    describe:
      'For airflow: an environment variable from a Connection, such as a secret that the job names env:NAME; fields: uri, password, login, host',
    default: 'none',
  },
  email: {
    type: 'texts',
    value: 'ADDRESS',
    group: 'Job',
    describe: 'For airflow: who gets a mail of a failed task',
    default: 'nobody',
  },
  sensor: {
    type: 'text',
    value: 'TIME',
    group: 'Job',
    describe: `For airflow: a sensor looks at the job on Hadoop so often, and no worker waits for it: ${DURATION_FORM}`,
    default: 'a worker waits',
  },
  'depends-on-past': { type: 'flag', group: 'Job', describe: 'For airflow: only after a run that succeeded' },
  catchup: { type: 'flag', group: 'Job', describe: 'For airflow: also for the times since --start-date' },
  'start-date': {
    type: 'text',
    value: 'DAY',
    group: 'Job',
    describe: 'For airflow: the first day',
    default: 'today',
  },
} as const satisfies OptionDefinitions;

/** Options that Variables of Airflow may say, by the environment variables that the program reads. */
const VARIABLES: Readonly<Record<string, string>> = {
  cluster: 'HADOOP_ELT_CLUSTER',
  input: 'HADOOP_ELT_INPUT',
  output: 'HADOOP_ELT_OUTPUT',
  mode: 'HADOOP_ELT_MODE',
  'state-dir': 'HADOOP_ELT_STATE_DIR',
};

/** What a DAG needs besides what all schedulers do. */
export function dagOf(
  context: Context,
  args: Arguments & {
    readonly job: string;
    readonly at: string | undefined;
    readonly program: string | undefined;
  },
  { content }: ParsedJobFile,
): () => DagOptions {
  return () => {
    const { env, nodePath, programPath, machine } = context;
    const place = placesOf(context, args);
    const listOf = (name: string) => [args[name] ?? []].flat().map(String);
    const places = [content.input.files, content.output?.path ?? '', content.input.upload ?? ''].flat();
    const isDated = [...places, ...listOf('input'), ...listOf('output')].some(hasDate);
    const { date } = args;
    const isFixed = date !== undefined && !['today', 'yesterday'].includes(String(date));
    // A flag would beat the Variable; several inputs are no text of a Variable.
    const fromVariables = Object.keys(VARIABLES).filter((name) => listOf(name).length <= 1);
    const without = new Set([...fromVariables, ...(isFixed ? [] : ['date']), 'run', 'job', 'look']);
    const optionsOf = (names: readonly string[]) =>
      passedOn(
        place,
        args,
        names.filter((name) => !without.has(name)),
      );
    const today = new Date(machine.clock.now()).toISOString().slice(0, 10);
    const startDay = parseDay(String(args['start-date'] ?? 'today'), today);
    if (startDay === undefined)
      throw refuse(
        `--start-date is ${JSON.stringify(args['start-date'])}; accepted: ${acceptedDays(String(args['start-date']))}`,
      );
    return {
      startDay,
      tasks: args.tasks === 'one' ? 'one' : 'steps',
      program: args.program === undefined ? [nodePath, programPath ?? 'hadoop-elt'] : [args.program],
      jobFile: place(args.job),
      scheduledOptions: optionsOf(Object.keys(SCHEDULED_OPTIONS)),
      stepOptions: optionsOf(Object.keys(stepCommand.options).filter((name) => name in SCHEDULED_OPTIONS)),
      variables: fromVariables.map((name) => ({
        name: name.replace('-', '_'),
        environment: VARIABLES[name] ?? '',
        byDefault: absolute(place, name, listOf(name)[0]) ?? env[VARIABLES[name] ?? ''] ?? '',
      })),
      connections: listOf('connection').map(connectionOf),
      daysBack: isDated && !isFixed ? (date === 'yesterday' ? 1 : 0) : null,
      emails: listOf('email'),
      dependsOnPast: args['depends-on-past'] === true,
      catchup: args.catchup === true,
      sensorMs: sensorMsOf(args),
    };
  };
}

function sensorMsOf({ sensor, tasks }: Arguments): number | null {
  if (typeof sensor !== 'string') return null;
  if (tasks === 'one') throw refuse('--sensor needs a task for each step: leave out --tasks one');
  const ms = parseDuration(sensor);
  if (ms !== undefined && ms >= 1000) return ms;
  throw refuse(`--sensor is ${JSON.stringify(sensor)}; accepted: ${DURATION_FORM}, at least 1s`);
}

function connectionOf(text: string): DagOptions['connections'][number] {
  const [, environment, connection, field = 'uri'] =
    /^([A-Za-z_]\w*)=([A-Za-z_]\w*)(?:\.(uri|password|login|host|schema|port))?$/.exec(text) ?? [];
  if (environment !== undefined && connection !== undefined) return { environment, connection, field };
  throw refuse(
    `--connection is ${JSON.stringify(text)}; accepted: such as EMAIL_SALT=my_salt.password, with uri, password, login, host, schema or port`,
  );
}

function refuse(problem: string): Failure {
  return new Failure('usage', { problem, command: 'schedule' });
}
