import { describe, expect, it } from 'vitest';
import { type JobFacts, metricsOf } from '../../../../submit/metrics/job-metrics.js';
import { formatOpenMetrics } from '../../../../submit/metrics/open-metrics.js';
import { datagramsOf, formatStatsd } from '../../../../submit/metrics/statsd.js';

const PUBLISHED: NonNullable<JobFacts['published']> = {
  endedMs: 1_000_500,
  records: { read: 10, written: 7, rejected: 2, leftOut: 1 },
  invalid: { 'Unit "Price"\\': 3 },
  inputFiles: 2,
  inputBytes: 2048,
  outputFiles: 1,
  outputBytes: 1024,
  checkWarnings: 1,
};
const FACTS: JobFacts = {
  job: 'sales',
  start: { startedMs: 1_000_000, endedMs: 1_001_500, exitCode: 0 },
  steps: [
    { step: 'scan', startedMs: 1_000_000, endedMs: 1_000_250 },
    { step: 'scan', startedMs: 1_000_300, endedMs: 1_000_550 },
  ],
  succeededMs: 1_000_500,
  published: PUBLISHED,
  expectEveryMs: 86_400_000,
};

describe('the metrics of a job', () => {
  it('are in base units, with labels escaped and one line for each value', () => {
    const text = formatOpenMetrics('sales', metricsOf(FACTS));
    for (const line of [
      'hadoop_elt_last_run_exit_code{job_name="sales"} 0',
      'hadoop_elt_last_run_start_timestamp_seconds{job_name="sales"} 1000',
      'hadoop_elt_last_run_duration_seconds{job_name="sales"} 1.5',
      'hadoop_elt_last_run_step_duration_seconds{job_name="sales",step="scan"} 0.5',
      'hadoop_elt_expected_interval_seconds{job_name="sales"} 86400',
      'hadoop_elt_last_publish_records{job_name="sales",result="left_out"} 1',
      'hadoop_elt_last_publish_invalid_values{job_name="sales",column="Unit \\"Price\\"\\\\"} 3',
      '# UNIT hadoop_elt_last_publish_input_bytes bytes',
      'hadoop_elt_last_publish_input_bytes{job_name="sales"} 2048',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text.endsWith('\n# EOF\n')).toBe(true);
  });

  it('leave out what is not known', () => {
    const nothing = { ...FACTS, steps: [], succeededMs: null, published: null, expectEveryMs: null };
    const names = metricsOf(nothing).map(({ name }) => name);
    expect(names).toEqual([
      'hadoop_elt_last_run_exit_code',
      'hadoop_elt_last_run_start_timestamp_seconds',
      'hadoop_elt_last_run_end_timestamp_seconds',
      'hadoop_elt_last_run_duration_seconds',
    ]);
  });

  it('are counters and timers to StatsD, and what was published counts once', () => {
    expect(formatStatsd('elt', { ...FACTS, state: 'published' })).toEqual(
      expect.arrayContaining([
        'elt.sales.runs.published:1|c',
        'elt.sales.duration:1500|ms',
        'elt.sales.records.written:7|c',
        'elt.sales.invalid.Unit_Price_:3|c',
      ]),
    );
    expect(formatStatsd('elt', { ...FACTS, job: 'a.b', state: 'failed' }).join('\n')).toMatch(
      /^elt\.a_b\.runs\.failed:1\|c\n[\s\S]*\|ms$/,
    );
  });

  it('go to StatsD in datagrams that a frame holds, whole lines each', () => {
    const lines = Array.from({ length: 100 }, (_, at) => `${'x'.repeat(40)}${at}:1|c`);
    const datagrams = datagramsOf(lines);
    expect(datagrams.join('\n').split('\n')).toEqual(lines);
    expect(datagrams.length).toBeGreaterThan(2);
    for (const datagram of datagrams) expect(Buffer.byteLength(datagram)).toBeLessThanOrEqual(1432);
  });
});
