import { quoteForShell } from '../engines/programs.js';
import { type ScheduledJob, titleOf } from './scheduled-job.js';

/**
 * A job → a DAG of Airflow 3 with one task. The command is data to Python and to the shell: nothing of it is a template.
 * `startDay`: `2026-11-25`.
 */
export function formatDag(job: ScheduledJob, startDay: string): string {
  const { name, cron, zone, words, folder, environment, account, retries, retryDelayMs, timeLimitMs } = job;
  const [year, month, day] = startDay.split('-').map(Number);
  const limit = timeLimitMs === null ? 'None' : `timedelta(seconds=${Math.ceil(timeLimitMs / 1000) + 300})`;
  // A command that ends with .sh or .bash would be taken for a file with a template.
  const command = `{% raw %}${quoteForShell(words)}{% endraw %} `;
  return `"""${titleOf(job)}. Made by hadoop-elt schedule; made again, it is the same."""

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    dag_id=${text(`hadoop-elt-${name}`)},
    schedule=${text(cron.expression)},
    start_date=pendulum.datetime(${year}, ${month}, ${day}, tz=${text(zone)}),
    catchup=False,
    # One run at a time: hadoop-elt would refuse a second one (exit code 8).
    max_active_runs=1,
    default_args={
        "owner": ${text(account ?? 'hadoop-elt')},
        "retries": ${retries},
        "retry_delay": timedelta(seconds=${Math.ceil(retryDelayMs / 1000)}),
        "depends_on_past": False,
    },
    tags=["hadoop-elt"],
):
    BashOperator(
        task_id="run",
        bash_command=${text(command)},
        cwd=${text(folder)},
        # A run that was killed is continued by the next try.
        execution_timeout=${limit},
        env=${dictOf(environment)},
        append_env=True,
    )
`;
}

function dictOf(variables: Readonly<Record<string, string>>): string {
  return `{${Object.entries(variables)
    .map(([name, value]) => `${text(name)}: ${text(value)}`)
    .join(', ')}}`;
}

/** A text of Python; JSON's escapes are Python's too. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll(
    /[\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16)}`,
  );
}
