import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseClusterFile } from '../../submit/hadoop/cluster/cluster-file.js';
import { createWebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { joinedParts, namesIn } from '../support/submissions.js';
import { fixture, WorkFolder } from '../support/work-folder.js';
import { AirflowHome, killGroup } from './support/airflow-home.js';
import { metStep, processesOf } from './support/job-processes.js';

const clusterFile = process.env.HADOOP_ELT_TEST_CLUSTER;
/** Prints how many applications the run has submitted. */
const COUNT_APPLICATIONS = `grep -ohE 'application_[0-9]+_[0-9]+' .hadoop-elt/runs/*/journal.jsonl 2>/dev/null | sort -u | wc -l`;
const TASKS = ['check', 'load_data', 'load_mapper', 'run_job', 'verify_and_publish'];
const HOUR_MS = 3_600_000;

describe.runIf(clusterFile !== undefined)('a DAG in Airflow, on a real cluster', () => {
  const airflow = new AirflowHome();
  const work = new WorkFolder();
  const base = `/tmp/airflow-${Date.now()}`;
  const file = clusterFile ?? '';
  const cluster = clusterFile === undefined ? {} : parseClusterFile(file, readFileSync(file, 'utf8')).content;
  const user = cluster.user ?? 'hadoop';
  const hdfs = createWebHdfsStore({ url: [cluster.webhdfs ?? ''].flat()[0] ?? '', user, fs: cluster.fs });
  beforeAll(() => airflow.start());
  afterAll(async () => {
    airflow.close();
    rmSync(work.path, { recursive: true });
    await hdfs.remove(base);
  });

  /** Writes a job of the fixtures' records, and its DAG. */
  async function prepare(name: string, rule = '{ round: { places: 2 } }'): Promise<void> {
    await work.write(
      'job.elt.yaml',
      `name: ${name}\ninput: { files: in/*.csv, upload: ${base}/${name}/raw }\ncolumns: { Region: upper, Unit Price: ${rule} }\noutput: { path: ${base}/${name}/out }\n`,
    );
    for (const nth of [1, 2])
      await work.write(`in/${nth}.csv`, readFileSync(fixture('raw', 'sales', `sales-${nth}.csv`)));
    rmSync(work.at('.hadoop-elt'), { recursive: true, force: true });
    await airflow.schedule(work, '15 2 * * *', '--cluster', file);
  }

  /** The published records and the names beside them. */
  async function published(name: string) {
    const beside = (await namesIn(hdfs, `${base}/${name}`)).filter((found) => found !== '_hadoop-elt').sort();
    return { records: String(await joinedParts(hdfs, `${base}/${name}/out`)), beside };
  }

  it('is green; killed in the middle and started again, it is green with the same output', {
    timeout: HOUR_MS,
  }, async () => {
    await prepare('whole');
    const whole = await airflow.dagTest('whole', '2026-11-25');
    expect([whole.exitCode, whole.output]).toEqual([0, expect.stringContaining('Published ')]);
    const expected = await published('whole');
    expect(expected.beside).toEqual(['out', 'raw']);
    expect(expected.records.length).toBeGreaterThan(1000);

    await prepare('killed');
    const killed = airflow.startDagTest('killed', '2026-11-25');
    await metStep(work, 'run', COUNT_APPLICATIONS);
    killGroup(killed.pid);
    for (const pid of processesOf(work)) process.kill(pid, 'SIGKILL');
    await killed;
    expect(await namesIn(hdfs, `${base}/killed/out`)).toEqual([]);
    const again = await airflow.dagTest('killed', '2026-11-25');
    expect([again.exitCode, again.output]).toEqual([
      0,
      expect.stringContaining('of the last attempt is there'),
    ]);
    expect(await published('killed')).toEqual(expected);
    expect((await work.names('.hadoop-elt', 'runs')).length).toBe(1);
  });

  it('shows the cause of a failing mapper and the link to YARN', { timeout: HOUR_MS }, async () => {
    await prepare('failing', '{ round: { places: 2, onInvalid: fail } }');
    await work.write(
      'in/2.csv',
      work
        .read('in/2.csv')
        .toString()
        .replace(/^((?:[^,\n]*,){9})\d[^,]*/m, '$1much'),
    );
    const { exitCode, output } = await airflow.dagTest('failing', '2026-11-25');
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/run +follow application_\d+_\d+ at http:\/\//);
    expect(output).toContain('a field is invalid and its rule says onInvalid: fail');
    expect(output).toContain('exit code 6');
    expect(await namesIn(hdfs, `${base}/failing/out`)).toEqual([]);
  });

  it('ends green with the same output, whichever task is killed and whichever is cleared', {
    timeout: 2 * HOUR_MS,
  }, async () => {
    await prepare('cleared');
    const stop = airflow.startStandalone();
    try {
      process.kill(await metStep(work, 'run', COUNT_APPLICATIONS), 'SIGKILL');
      await expect
        .poll(() => airflow.states('cleared'), { timeout: HOUR_MS, interval: 2000 })
        .toContain('failed');
      let expected: Awaited<ReturnType<typeof published>> | undefined;
      for (const task of ['run_job', ...TASKS]) {
        expect(await airflow.clear('cleared', task)).toContain(task);
        await expect
          .poll(() => airflow.states('cleared'), { timeout: HOUR_MS, interval: 2000 })
          .toEqual(['success']);
        expected ??= await published('cleared');
        expect(await published('cleared'), task).toEqual(expected);
      }
      expect(expected?.records.length).toBeGreaterThan(1000);
      // What was killed was continued. A cleared `check` begins a new run, which finds its input published.
      const { stdout } = await work.hadoopElt(['runs', 'job.elt.yaml', '--json']);
      const runs = stdout.split('\n').filter((line) => line !== '');
      const states = runs.map((line) => (JSON.parse(line) as { state: string }).state);
      expect(
        states.filter((state) => state !== 'nothing-to-do'),
        stdout,
      ).toEqual(['published']);
    } finally {
      await stop();
      for (const pid of processesOf(work)) process.kill(pid, 'SIGKILL');
    }
  });
});
