import { describe, expect, it } from 'vitest';
import { HadoopLog } from '../../../../../submit/engines/streaming/hadoop-log.js';
import { recordedJob } from './recorded-job.js';

describe('the log of hadoop jar', () => {
  it('tells application, tracking page, job and progress as they come', () => {
    const { news } = recordedJob('ok');
    expect(news.slice(0, 2)).toEqual([
      { kind: 'tracking', url: 'http://resourcemanager:8088/proxy/application_1795257365945_0001/' },
      { kind: 'progress', mapPercent: 0, reducePercent: 0 },
    ]);
    expect(news.at(-1)).toEqual({ kind: 'progress', mapPercent: 100, reducePercent: 0 });
  });

  it('tells in the end whether the job succeeded, its splits and its counters', () => {
    const { log } = recordedJob('ok').facts;
    expect(log.state).toBe('succeeded');
    expect(log.splits).toBe(7);
    expect(log.counters.get('hadoop-elt')?.get('records read')).toBe(44022);
    expect(log.counters.get('Map-Reduce Framework')?.get('Map input records')).toBe(44022);
    expect(log.problems).toEqual([]);
  });

  it('takes the reason of a failure with the lines that belong to it', () => {
    const { log } = recordedJob('exit3').facts;
    expect(log.state).toBe('failed');
    expect(log.reason).toMatch(/^Task failed task_\w+\nJob failed as tasks failed\. failedMaps:1/);
    expect(log.reason).not.toContain('Counters');
  });

  it('takes what stopped a job from being submitted, without stack frames', () => {
    const { log } = recordedJob('queue').facts;
    expect(log.applicationId).toBeNull();
    expect(log.launchError).toMatch(/to unknown queue: nosuch$/m);
    expect(log.launchError).not.toMatch(/^\s+at /m);
  });

  it('reads ids of any length and other layouts of time', () => {
    const log = new HadoopLog();
    log.push('24/01/31 10:00:00 INFO impl.YarnClientImpl: Submitted application application_1_123456');
    log.push('2024-01-31T10:00:00,123 INFO  [main] mapreduce.Job: Running job: job_1_123456');
    expect(log.facts()).toMatchObject({ applicationId: 'application_1_123456', jobId: 'job_1_123456' });
  });
});
