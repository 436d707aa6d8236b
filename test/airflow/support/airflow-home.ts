import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { freePort } from '../../support/free-port.js';
import type { WorkFolder } from '../../support/work-folder.js';

/** The program of Airflow. */
const AIRFLOW = process.env.HADOOP_ELT_TEST_AIRFLOW ?? 'airflow';
/** For a machine under load: by default Airflow kills a task after three answers of more than 5 s, and drops a DAG that was not read for 50 s. */
const PATIENT = {
  AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT: '120',
  AIRFLOW__WORKERS__EXECUTION_API_RETRIES: '20',
  AIRFLOW__WORKERS__MAX_FAILED_HEARTBEATS: '100',
  AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT: '3600',
  AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT: '3600',
  AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD: '600',
  AIRFLOW__DAG_PROCESSOR__STALE_DAG_THRESHOLD: '3600',
  AIRFLOW__DAG_PROCESSOR__DAG_FILE_PROCESSOR_TIMEOUT: '600',
  AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT: '600',
};
/** How long what has to come may take. A test that fails fails by what it sees, not by how fast it came. */
export const PATIENCE_MS = 1_200_000;

const dagOf = (job: string) => `hadoop-elt-${job}`;

/** Sends SIGKILL to a process and all that it started; nothing if it has ended. */
export function killGroup(pid: number | undefined): void {
  try {
    process.kill(-(pid ?? Number.NaN), 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** An Airflow of its own: its database, DAGs and logs. */
export class AirflowHome {
  readonly #path = mkdtempSync(join(tmpdir(), 'hadoop-elt-airflow-'));
  #env: Record<string, string> = {};

  /** Makes the database. */
  async start(): Promise<void> {
    const port = await freePort();
    this.#env = {
      // `standalone` starts the others by their name.
      ...(AIRFLOW.includes('/') ? { PATH: `${dirname(AIRFLOW)}:${process.env.PATH}` } : {}),
      AIRFLOW_HOME: this.#path,
      AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
      AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS: 'True',
      AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION: 'False',
      AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `http://127.0.0.1:${port}/execution/`,
      AIRFLOW__API__PORT: String(port),
      AIRFLOW__API__HOST: '127.0.0.1',
      AIRFLOW__API__WORKERS: '1',
      AIRFLOW__CORE__PARALLELISM: '4',
      AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL: '5',
      AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL: '5',
      ...PATIENT,
    };
    await mkdir(join(this.#path, 'dags'));
    await this.run('db', 'migrate');
  }

  close(): void {
    rmSync(this.#path, { recursive: true, force: true });
  }

  /** Runs a command of Airflow to its end; `output` is all that it prints, with warnings. */
  async run(...args: string[]) {
    const { exitCode, all } = await execa(AIRFLOW, args, { env: this.#env, all: true, reject: false });
    return { exitCode, output: all };
  }

  /** `dags test`; `dagsFolder` if the DAG is not in this Airflow's own. */
  async dagTest(job: string, day: string, dagsFolder = join(this.#path, 'dags')) {
    const { exitCode, all } = await execa(AIRFLOW, ['dags', 'test', dagOf(job), day], {
      ...{ env: { ...this.#env, AIRFLOW__CORE__DAGS_FOLDER: dagsFolder }, all: true, reject: false },
    });
    return { exitCode, output: all };
  }

  /** Starts `dags test` in a process group of its own, which `killGroup` ends. */
  startDagTest(job: string, day: string) {
    return execa(AIRFLOW, ['dags', 'test', dagOf(job), day], {
      ...{ env: this.#env, reject: false, detached: true, stdio: 'ignore' },
    });
  }

  /** Starts scheduler, API and DAG processor; returns what ends them. */
  startStandalone(): () => Promise<void> {
    const log = join(this.#path, 'standalone.log');
    const scheduler = execa(AIRFLOW, ['standalone'], {
      ...{ env: this.#env, reject: false, detached: true, stdin: 'ignore' },
      ...{ stdout: { file: log }, stderr: { file: log } },
    });
    return async () => {
      process.kill(-(scheduler.pid ?? Number.NaN), 'SIGTERM');
      await Promise.race([scheduler, new Promise((resolve) => setTimeout(resolve, 20_000))]);
      killGroup(scheduler.pid);
      await writeFile(log, (await readFile(log, 'utf8')).slice(-20_000));
    };
  }

  /** Writes the DAG of the job `job.elt.yaml` in a work folder; fails where `schedule` does. */
  async schedule(work: WorkFolder, cron: string, ...more: string[]): Promise<void> {
    const words = ['schedule', 'job.elt.yaml', '--cron', cron, '--for', 'airflow', '--time-zone', 'UTC'];
    const { exitCode, stdout, stderr } = await work.hadoopElt([
      ...words,
      '--start-date',
      '2026-01-01',
      ...more,
    ]);
    expect([exitCode, stderr]).toEqual([0, '']);
    await writeFile(join(this.#path, 'dags', 'nightly.py'), stdout);
  }

  /** The states of a DAG's runs; none where the DAG is not known yet. Needs `startStandalone`. */
  async states(job: string): Promise<string[]> {
    const { dag_runs = [] } = await this.#ask<{ dag_runs?: { state: string }[] }>(`${dagOf(job)}/dagRuns`);
    return dag_runs.map(({ state }) => state);
  }

  /**
   * Clears tasks of all runs of a DAG, and those after them, as the web page does; returns the names of all. `airflow
   * tasks clear` of Airflow 3.3 ends with 0 and clears nothing.
   */
  async clear(job: string, ...tasks: string[]): Promise<string[]> {
    const { task_instances: cleared } = await this.#ask<{ task_instances: { task_id: string }[] }>(
      `${dagOf(job)}/clearTaskInstances`,
      {
        ...{ dry_run: false, task_ids: tasks, include_downstream: true },
        ...{ only_failed: false, reset_dag_runs: true },
      },
    );
    return cleared.map(({ task_id }) => task_id).sort();
  }

  async #ask<Answer>(path: string, body?: object): Promise<Answer> {
    const origin = `http://127.0.0.1:${this.#env.AIRFLOW__API__PORT}`;
    const { access_token } = (await (await fetch(`${origin}/auth/token`)).json()) as { access_token: string };
    const answer = await fetch(`${origin}/api/v2/dags/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Answer;
  }

  /** Waits until a number of a DAG's runs have succeeded. */
  async succeeded(job: string, count: number): Promise<void> {
    await expect
      .poll(async () => (await this.states(job)).filter((state) => state === 'success').length, {
        timeout: PATIENCE_MS,
        interval: 2000,
      })
      .toBeGreaterThanOrEqual(count);
  }

  /** The last lines of the logs of tasks that failed. */
  async failures(): Promise<string> {
    const { stdout } = await execa(
      'bash',
      [
        '-c',
        'grep -rlE "\\"(error|critical)\\"|return code [1-9]" . | while read -r log; do echo "$log"; tail -n 20 "$log" | cut -c1-300; done',
      ],
      { cwd: join(this.#path, 'logs'), reject: false },
    );
    return stdout;
  }
}
