import { quoteForShell } from '../engines/programs.js';
import { EXIT } from '../exit-codes.js';
import { needsText, type ScheduledJob, titleOf } from './scheduled-job.js';

/** How a job becomes a DAG, besides what all schedulers need. */
export interface DagOptions {
  /** The first day of its schedule: `2026-11-25`. */
  readonly startDay: string;
  /** A task for each step of a run, or one for all of it. */
  readonly tasks: 'steps' | 'one';
  /** The program, and the words for it behind `scheduled <job>` and `step <name>`: paths are absolute. */
  readonly program: readonly string[];
  readonly jobFile: string;
  readonly scheduledOptions: readonly string[];
  readonly stepOptions: readonly string[];
  /** Settings that Variables of Airflow may say: the environment variable, by the last part of the Variable's name. */
  readonly variables: readonly DagVariable[];
  /** Environment variables that come from Connections, and the field: `uri`, `password`, `login`, `host`. */
  readonly connections: readonly DagConnection[];
  /** How many days before that of the DAG's run a run is for; null if no path of the job has a date. */
  readonly daysBack: number | null;
  /** Who gets Airflow's own mails. */
  readonly emails: readonly string[];
  readonly dependsOnPast: boolean;
  readonly catchup: boolean;
  /** How often a sensor looks at the job, which no worker then waits for; null: one waits. */
  readonly sensorMs: number | null;
}

export interface DagVariable {
  readonly name: string;
  readonly environment: string;
  /** Empty: the job file's. */
  readonly byDefault: string;
}

export interface DagConnection {
  readonly environment: string;
  readonly connection: string;
  readonly field: string;
}

/** The tasks of a DAG, the step of each, and the tasks before it. */
const TASKS = [
  { task: 'check', step: 'check', after: [] },
  { task: 'load_data', step: 'upload', after: ['check'] },
  { task: 'load_mapper', step: 'mapper', after: ['check'] },
  { task: 'run_job', step: 'run', after: ['load_data', 'load_mapper'] },
  { task: 'verify_and_publish', step: 'publish', after: ['run_job'] },
] as const;

const SENSOR = 'job_ended';
/** Those where a sensor waits for the job. */
const TASKS_WITH_SENSOR = [
  ...TASKS.slice(0, 3),
  { task: 'run_job', step: 'submit', after: ['load_data', 'load_mapper'] },
  { task: SENSOR, step: 'run', after: ['run_job'] },
  { task: 'verify_and_publish', step: 'publish', after: [SENSOR] },
] as const;

/**
 * A job → a DAG of Airflow 3. Commands are data to Python, to Airflow's templates and to the shell; only what comes from
 * Variables, Connections and the run of the DAG is a template.
 */
export function formatDag(job: ScheduledJob, dag: DagOptions): string {
  const { name, cron, zone, folder, account, retries, retryDelayMs, timeLimitMs } = job;
  const [year, month, day] = dag.startDay.split('-').map(Number);
  const hasSensor = dag.tasks === 'steps' && dag.sensorMs !== null;
  const limit = timeLimitMs === null ? 'None' : `timedelta(seconds=${Math.ceil(timeLimitMs / 1000) + 300})`;
  return `"""${titleOf(job)}. Made by hadoop-elt schedule; made again, it is the same."""

${hasSensor ? 'import os\n' : ''}from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
${hasSensor ? 'from airflow.providers.standard.sensors.bash import BashSensor\n' : ''}from airflow.sdk import DAG
${dag.daysBack === null ? '' : dayFunction(zone)}${hasSensor ? SENSOR_FUNCTION : ''}
with DAG(
    dag_id=${python(`hadoop-elt-${name}`)},
    schedule=${python(cron.expression)},
    start_date=pendulum.datetime(${year}, ${month}, ${day}, tz=${python(zone)}),
    catchup=${dag.catchup ? 'True' : 'False'},
    # One run at a time: hadoop-elt would refuse a second one (exit code 8).
    max_active_runs=1,
    default_args={
        "owner": ${python(account ?? 'hadoop-elt')},
        "retries": ${retries},
        "retry_delay": timedelta(seconds=${Math.ceil(retryDelayMs / 1000)}),
        "depends_on_past": ${dag.dependsOnPast ? 'True' : 'False'},
${mailArguments(dag.emails)}        # A run that was killed is continued by the next try.
        "execution_timeout": ${limit},
        "cwd": ${python(folder)},
        "append_env": True,
${needsOf(job, dag)}        "env": {
${environmentOf(job, dag)
  .map(([key, value]) => `            ${python(key)}: ${python(value)},\n`)
  .join('')}        },
    },
${dag.daysBack === null ? '' : '    user_defined_macros={"day": day},\n'}    tags=["hadoop-elt"],
):
${dag.tasks === 'one' ? oneTask(dag) : tasksOf(job, dag)}`;
}

function oneTask({ program, jobFile, scheduledOptions }: DagOptions): string {
  return operator('run', commandOf([...program, 'scheduled', jobFile, ...scheduledOptions]));
}

/** Each step does what is missing before it, so any task may be tried again, or cleared. */
function tasksOf(job: ScheduledJob, dag: DagOptions): string {
  const { program, jobFile, stepOptions, sensorMs } = dag;
  const tasks = sensorMs === null ? TASKS : TASKS_WITH_SENSOR;
  const operators = tasks.map(({ task, step }) => {
    const words = [...program, 'step', step, '--job', jobFile, ...stepOptions];
    const isSensor = sensorMs !== null && task === SENSOR;
    const make = isSensor ? sensor(job, sensorMs) : operator;
    const look = isSensor ? ' --look' : '';
    const command = `${quoteForShell(words)}${look} --run "$HADOOP_ELT_RUN"`;
    return `    ${task} = ${make(task, raw(command)).trimStart()}`;
  });
  const order = tasks
    .filter(({ after }) => after.length > 0)
    .map(({ task, after }) => `    ${after.length === 1 ? after[0] : `[${after.join(', ')}]`} >> ${task}\n`);
  return `${operators.join('')}\n${order.join('')}`;
}

function operator(task: string, command: string): string {
  return `    BashOperator(task_id=${python(task)}, bash_command=${python(command)})\n`;
}

/** A sensor gives its worker back between two looks. */
function sensor({ timeLimitMs }: ScheduledJob, sensorMs: number): (task: string, command: string) => string {
  const seconds = (ms: number) => Math.max(1, Math.ceil(ms / 1000));
  const limit =
    timeLimitMs === null ? 'timedelta(days=7)' : `timedelta(seconds=${seconds(timeLimitMs) + 300})`;
  return (task, command) =>
    `    BashSensor(
        task_id=${python(task)},
        bash_command=${python(command)},
        # The job still runs. Any other exit code tells why it has failed.
        retry_exit_code=${EXIT.notYet},
        mode="reschedule",
        poke_interval=${seconds(sensorMs)},
        timeout=${limit},
        pre_execute=with_environment,
    )
`;
}

/** Unlike a BashOperator, a BashSensor has no way to add to the environment of its worker. */
const SENSOR_FUNCTION = `

def with_environment(context):
    """Gives a sensor the environment of its worker too."""
    task = context["task"]
    task.env = {**os.environ, **task.env}

`;

function commandOf(words: readonly string[]): string {
  return raw(quoteForShell(words));
}

/** Text that is no template. A command that ends with .sh or .bash would be taken for a file with one: hence the space. */
function raw(text: string): string {
  return `{% raw %}${text}{% endraw %} `;
}

function environmentOf({ name, environment }: ScheduledJob, dag: DagOptions): (readonly [string, string])[] {
  const variables = dag.variables.map(({ name: key, environment: variable, byDefault }) => {
    const [own, shared] = [`hadoop_elt_${name}_${key}`, `hadoop_elt_${key}`].map((text) =>
      JSON.stringify(text),
    );
    return [
      variable,
      `{{ var.value.get(${own}, var.value.get(${shared}, ${JSON.stringify(byDefault)})) }}`,
    ] as const;
  });
  const connections = dag.connections.map(({ environment: variable, connection, field }) => {
    const value = field === 'uri' ? 'get_uri()' : field;
    return [variable, `{{ conn.${connection}.${value} }}`] as const;
  });
  const day =
    dag.daysBack === null
      ? []
      : [['HADOOP_ELT_DATE', `{{ day(logical_date or dag_run.run_after, ${dag.daysBack}) }}`] as const];
  const named = new Set([...variables, ...connections].map(([variable]) => variable));
  const fixed = Object.entries(environment)
    .filter(([variable]) => !named.has(variable))
    .map(([variable, value]) => [variable, /[{}]/.test(value) ? raw(value).trimEnd() : value] as const);
  const run = dag.tasks === 'one' ? [] : [['HADOOP_ELT_RUN', '{{ dag.dag_id }}/{{ run_id }}'] as const];
  return [...fixed, ...variables, ...connections, ...day, ...run];
}

/** What comes neither from a Connection nor from here. */
function needsOf({ needs = [] }: ScheduledJob, { connections }: DagOptions): string {
  const given = new Set(connections.map(({ environment }) => environment));
  const text = needsText({ needs: needs.filter((name) => !given.has(name)) });
  if (text === null) return '';
  return `        # ${text}: to be set for the workers, or by a Connection:\n        # hadoop-elt schedule --connection NAME=CONNECTION.password\n`;
}

function mailArguments(emails: readonly string[]): string {
  if (emails.length === 0) return '';
  return [
    `        "email": [${emails.map(python).join(', ')}],\n`,
    '        "email_on_failure": True,\n',
    '        "email_on_retry": False,\n',
  ].join('');
}

function dayFunction(zone: string): string {
  return `

def day(moment, back):
    """The day that a run is for, in the zone of the schedule."""
    return pendulum.instance(moment).in_timezone(${python(zone)}).subtract(days=back).to_date_string()

`;
}

/** A text of Python; JSON's escapes are Python's too. */
function python(value: string): string {
  return JSON.stringify(value).replaceAll(
    /[\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16)}`,
  );
}
