import { createSocket, type Socket } from 'node:dgram';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.js';
import { hasTools } from '../support/tools.js';
import { PROJECT, useWorkFolder } from '../support/work-folder.js';

const ALERTS = join(PROJECT, 'bin', 'prometheus-alerts.yaml');
const hasPromtool = await hasTools('promtool');
const hasPrometheus = hasPromtool && (await hasTools('prometheus', 'prometheus-node-exporter'));

describe('metrics of a scheduled job', () => {
  const work = useWorkFolder();
  const sockets: Socket[] = [];
  const stops: (() => Promise<unknown>)[] = [];
  const start = (program: string, ...args: string[]) => {
    const running = execa(program, args, { reject: false });
    stops.push(() => {
      running.kill();
      return running;
    });
  };
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close();
    for (const stop of stops.splice(0)) await stop();
  });
  const write = async (metrics: string, onInvalid = 'keep') => {
    await work().write(
      'job.elt.yaml',
      `name: sales\ninput: { files: in.csv }\ncolumns: { "Unit Price": { round: { places: 1, onInvalid: ${onInvalid} } } }\noutput: { path: out, mode: replace }\nscheduled: { expectEvery: 1d, metrics: ${metrics} }\n`,
    );
    await work().write('in.csv', 'City,Unit Price\noslo,1.25\nrome,x\n');
    await mkdir(work().at('metrics'), { recursive: true });
  };
  const scheduled = () => work().runHere(['scheduled', 'job.elt.yaml']);
  const textfile = () => readFile(work().at('metrics/hadoop-elt-sales.prom'), 'utf8');
  const lastLog = async () => {
    const [name = ''] = (await work().names('.hadoop-elt/logs')).reverse();
    return work().read('.hadoop-elt/logs', name).toString();
  };

  it('are written whole, for others to read, and keep what published last when a run fails', async () => {
    await write('{ textfile: metrics }');
    expect((await scheduled()).exitCode).toBe(0);
    expect(await work().names('metrics')).toEqual(['hadoop-elt-sales.prom']);
    expect((await stat(work().at('metrics/hadoop-elt-sales.prom'))).mode & 0o777).toBe(0o644);
    const first = await textfile();
    expect(first).toContain('hadoop_elt_last_run_exit_code{job_name="sales"} 0\n');
    expect(first).toContain('hadoop_elt_last_publish_records{job_name="sales",result="written"} 2\n');
    expect(first).toContain(
      'hadoop_elt_last_publish_invalid_values{job_name="sales",column="Unit Price"} 1\n',
    );
    expect(first).toMatch(/last_run_step_duration_seconds\{job_name="sales",step="publish"\} [\d.]+\n/);
    await write('{ textfile: metrics }', 'fail');
    expect((await scheduled()).exitCode).toBe(6);
    const second = await textfile();
    expect(second).toContain('hadoop_elt_last_run_exit_code{job_name="sales"} 6\n');
    expect(second).not.toContain('step="publish"');
    const publishOf = (text: string) => text.split('\n').filter((line) => line.includes('last_publish'));
    expect(publishOf(second)).toEqual(publishOf(first));
  });

  it('reach StatsD as datagrams', async () => {
    const socket = createSocket('udp4');
    sockets.push(socket);
    const lines: string[] = [];
    socket.on('message', (text) => lines.push(...text.toString().split('\n')));
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    await write(`{ statsd: "127.0.0.1:${socket.address().port}", prefix: etl }`);
    expect((await scheduled()).exitCode).toBe(0);
    await expect.poll(() => lines).toContain('etl.sales.runs.published:1|c');
    expect(lines).toContain('etl.sales.records.written:2|c');
  });

  it('that can not be written are told in the log, and change nothing', async () => {
    await write('{ textfile: metrics, statsd: "no-such-host.invalid:8125" }');
    await rm(work().at('metrics'), { recursive: true });
    expect(await scheduled()).toMatchObject({ exitCode: 0, stderr: '' });
    const log = await lastLog();
    expect(log).toMatch(/Metrics were not written to .*metrics\/hadoop-elt-sales\.prom: Can't write/);
    expect(log).toMatch(/Metrics were not written to no-such-host\.invalid:8125: /);
    expect(await work().names()).not.toContain('metrics');
  });

  it('that can not be meant are errors of the job file', async () => {
    await write('{ statsd: localhost }');
    const { exitCode, stderr } = await work().runHere(['plan', 'job.elt.yaml']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('host and port of a StatsD server')]);
  });

  it.skipIf(!hasPromtool)('are as promtool wants them, and so are the alert rules', async () => {
    await write('{ textfile: metrics }');
    await scheduled();
    const checked = await execa('promtool', ['check', 'metrics'], { input: await textfile(), reject: false });
    expect([checked.exitCode, checked.stdout, checked.stderr]).toEqual([0, '', '']);
    const rules = await execa('promtool', ['check', 'rules', ALERTS], { reject: false });
    expect([rules.exitCode, rules.stdout]).toEqual([0, expect.stringContaining('4 rules found')]);
  });

  it.skipIf(!hasPrometheus)(
    'are scraped by Prometheus from the node exporter, and the alert fires',
    async () => {
      await write('{ textfile: metrics }', 'fail');
      expect((await scheduled()).exitCode).toBe(6);
      const [exporter, prometheus] = [await freePort(), await freePort()];
      start(
        'prometheus-node-exporter',
        '--collector.disable-defaults',
        '--collector.textfile',
        `--collector.textfile.directory=${work().at('metrics')}`,
        `--web.listen-address=127.0.0.1:${exporter}`,
      );
      await work().write(
        'prometheus.yml',
        `global: { scrape_interval: 1s, evaluation_interval: 1s }\nrule_files: [${ALERTS}]\nscrape_configs: [{ job_name: node, static_configs: [{ targets: ["127.0.0.1:${exporter}"] }] }]\n`,
      );
      start(
        'prometheus',
        `--config.file=${work().at('prometheus.yml')}`,
        `--storage.tsdb.path=${work().at('tsdb')}`,
        `--web.listen-address=127.0.0.1:${prometheus}`,
      );
      const ask = async (path: string) => {
        const { exitCode, stdout } = await execa('curl', ['-fsS', `http://127.0.0.1:${prometheus}${path}`], {
          reject: false,
        });
        return exitCode === 0 ? stdout : '';
      };
      await expect
        .poll(() => ask('/api/v1/query?query=hadoop_elt_last_run_exit_code'), {
          timeout: 60_000,
          interval: 500,
        })
        .toContain('"6"');
      await expect
        .poll(() => ask('/api/v1/alerts'), { timeout: 60_000, interval: 500 })
        .toMatch(/"alertname":"HadoopEltJobFailed"[\s\S]*"job_name":"sales"[\s\S]*"state":"firing"/);
    },
  );
});
