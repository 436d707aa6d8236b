import { describe, expect, it } from 'vitest';
import { formatTimings } from '../../submit/report/timings-text.js';
import { useWorkFolder } from '../support/work-folder.js';

const JOB =
  'name: sales\ninput: { files: a.csv }\ncolumns: { n: { round: { places: 0 } } }\noutput: { path: out }\n';

describe('run --timings', () => {
  const work = useWorkFolder();
  const run = async (...args: string[]) => {
    await work().write('a.csv', 'n\n1.5\n');
    await work().write('job.yaml', JOB);
    return work().hadoopElt(['run', 'job.yaml', ...args]);
  };

  it('tells how long each step took, and the programs and files in it', async () => {
    const { exitCode, stderr } = await run('--timings');
    expect(exitCode, stderr).toBe(0);
    const told = stderr.slice(stderr.indexOf('Timings'));
    const parts = [...told.matchAll(/^ {2}(\w+) +(\d+\.\d{3}) s/gm)].map(([, name = '', time]) => ({
      name,
      time: Number(time),
    }));
    const steps = parts.map(({ name }) => name).filter((name) => name !== 'between');
    expect(steps).toEqual([
      'start',
      'check',
      'scan',
      'upload',
      'mapper',
      'run',
      'verify',
      'publish',
      'end',
      'total',
    ]);
    const total = parts.at(-1)?.time ?? 0;
    const sum = parts.slice(0, -1).reduce((all, { time }) => all + time, 0);
    expect(Math.abs(total - sum)).toBeLessThan(0.02);
    const mapper = Number(/^ {2}run .*node sales-\w+\.mjs (\d+\.\d{3}) s/m.exec(told)?.[1]);
    const ofRun = parts.find(({ name }) => name === 'run')?.time ?? 0;
    expect(mapper).toBeGreaterThan(0);
    expect(mapper).toBeLessThanOrEqual(ofRun);
  });

  it('tells them of a run that fails, too', async () => {
    await work().write('out/mine.txt', 'mine\n');
    const { exitCode, stderr } = await run('--timings');
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/^Timings/m);
    expect(stderr).toMatch(/^ {2}check /m);
  });

  it('is silent without the flag', async () => {
    expect((await run()).stderr).not.toContain('Timings');
  });

  it('names what took longest, and how often it was done', () => {
    const operations = [
      { what: 'GETFILESTATUS', times: 1200, durationMs: 900.4 },
      { what: 'hadoop jar', times: 1, durationMs: 500 },
      { what: 'names of files', times: 3, durationMs: 0.4 },
    ];
    expect(formatTimings([{ name: 'upload', durationMs: 950, operations }])).toBe(
      [
        'Timings; what is done at once counts for each',
        '  upload     0.950 s  GETFILESTATUS 0.900 s (1,200 times), hadoop jar 0.500 s',
        '  total      0.950 s',
        '',
      ].join('\n'),
    );
  });
});
