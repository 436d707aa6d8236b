import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { useWorkFolder } from '../support/work-folder.js';

const JOB = `
input: { files: in/*.csv }
columns:
  City: upper
  Amount: { round: { places: 1, onInvalid: reject } }
output: { path: out }
`;
const HEADER = 'City,Amount\n';

describe('run', () => {
  const work = useWorkFolder();
  const prepare = async (job = JOB) => {
    await work().write('job.elt.yaml', job);
    await work().write('in/a.csv', `${HEADER}oslo,1.25\nrome,x\n`);
    await work().write('in/b.csv', `${HEADER}bonn,2\n`);
  };
  const run = (...args: string[]) => work().runHere(['run', 'job.elt.yaml', ...args]);
  /** As a process of its own. */
  const start = (...args: string[]) => work().hadoopElt(['run', 'job.elt.yaml', ...args]);

  it('publishes parts, rejects, _SUCCESS and a manifest, and nothing else', async () => {
    await prepare(JOB.replace('path: out', 'path: out, partSize: 32'));
    const result = await start();
    expect(result.exitCode).toBe(0);
    expect(await work().names()).toEqual(['.hadoop-elt', 'in', 'job.elt.yaml', 'out']);
    expect(await work().names('out')).toEqual(['_SUCCESS', '_hadoop-elt', 'part-00000', 'part-00001']);
    expect((await work().joinedParts('out')).toString()).toBe(`${HEADER}OSLO,1.2\nBONN,2.0\n`);
    expect(work().read('out', 'part-00001').toString()).toBe(`${HEADER}BONN,2.0\n`);
    expect((await work().joinedParts('out', '_hadoop-elt', 'rejects')).toString()).toBe(
      `file,line,column,rule,value,reason,record\n${work().at('in/a.csv')},3,Amount,round,x,not a number,"rome,x"\n`,
    );
  });

  it('starts every part with the bytes that the data have for their header', async () => {
    const latin1 = (text: string) => Buffer.from(text, 'latin1');
    await work().write('in/a.csv', latin1('Stra\xdfe;n\nx\xe9;1\ny;2\nz;3\n'));
    await work().write(
      'job.elt.yaml',
      'input: { files: in/*.csv }\ncsv: { delimiter: ";" }\ncolumns: { Straße: upper }\noutput: { path: out }\nrun: { splitSize: 12 }\n',
    );
    const result = await run();
    expect(result.exitCode, result.stderr).toBe(0);
    const parts = (await work().names('out')).filter((name) => name.startsWith('part-'));
    const texts = parts.map((part) => work().read('out', part).toString('latin1'));
    expect(texts).toEqual(['Stra\xdfe;n\nX\xe9;1\n', 'Stra\xdfe;n\nY;2\nZ;3\n']);
    await work().runHere(['build', 'job.elt.yaml', '-o', 'mapper.mjs']);
    const built = await work().node(['mapper.mjs'], { input: '' });
    expect(built.bytes.toString('latin1')).toBe('Stra\xdfe;n\n');
  });

  it('sums up on stdout: records in, out, invalid by column, rejected, output and first lines', async () => {
    await prepare();
    const { stdout } = await start();
    expect(stdout).toContain(`Published ${work().at('out')}`);
    expect(stdout).toMatch(/records in +3\n/);
    expect(stdout).toMatch(/records out +2\n/);
    expect(stdout).toMatch(/rejected +1, in .*_hadoop-elt\/rejects\n/);
    expect(stdout).toMatch(/Amount +1\n/);
    expect(stdout).toContain('First lines\nCity,Amount\nOSLO,1.2\n');
  });

  it('has nothing to do when the same inputs were published by the same job', async () => {
    await prepare();
    await run();
    const before = work().read('out', '_hadoop-elt', 'manifest.json');
    const again = await run();
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toContain('Nothing to do');
    expect(work().read('out', '_hadoop-elt', 'manifest.json')).toEqual(before);
  });

  it('knows large inputs again too, whose checksums it takes while its tasks run', async () => {
    await prepare();
    const content = HEADER + `${'oslo'.repeat(200)},1.25\n`.repeat(45_000);
    await work().write('in/big.csv', content);
    await run('--parallel', '2');
    const { inputs } = JSON.parse(work().read('out', '_hadoop-elt', 'manifest.json').toString());
    expect(inputs[2].sha256).toBe(createHash('sha256').update(content).digest('hex'));
    const again = await run('--parallel', '2');
    expect(again.stdout).toContain('Nothing to do');
  });

  it('refuses an output that is there when an input has changed', async () => {
    await prepare();
    await run();
    await work().write('in/b.csv', `${HEADER}bern,3\n`);
    const again = await run();
    expect(again.exitCode).toBe(3);
    expect(again.stderr).toContain('exists already (mode create)');
    expect((await work().joinedParts('out')).toString()).toContain('BONN');
  });

  it('refuses an output that it did not publish, and leaves it as it is', async () => {
    await prepare();
    await work().write('out/mine.txt', 'mine');
    const result = await run();
    expect(result.exitCode).toBe(3);
    expect(await work().names('out')).toEqual(['mine.txt']);
    expect(await work().names()).not.toContain('_hadoop-elt');
  });

  it('replaces an output of its own on request', async () => {
    await prepare();
    await run();
    await work().write('in/b.csv', `${HEADER}bern,3\n`);
    const result = await run('--mode', 'replace');
    expect(result.exitCode).toBe(0);
    expect((await work().joinedParts('out')).toString()).toContain('BERN');
    expect(await work().names()).toEqual(['.hadoop-elt', 'in', 'job.elt.yaml', 'out']);
  });

  it('appends a batch of the inputs that no batch has yet', async () => {
    await prepare();
    const args = ['--mode', 'append'];
    await run(...args);
    await work().write('in/c.csv', `${HEADER}lima,7\n`);
    expect((await run(...args)).exitCode).toBe(0);
    const batches = await work().names('out');
    expect(batches.length).toBe(2);
    expect((await work().joinedParts('out', batches[1] ?? '')).toString()).toBe(`${HEADER}LIMA,7.0\n`);
    const third = await run(...args);
    expect(third.exitCode).toBe(0);
    expect(third.stdout).toContain('every input is in a published batch');
    await work().write('in/c.csv', `${HEADER}lima,8\n`);
    const changed = await run(...args);
    expect(changed.exitCode).toBe(3);
    expect(changed.stderr).toContain('has changed');
  });

  it('writes gzip on request, with the same records', async () => {
    await prepare(JOB.replace('path: out', 'path: out, compression: gzip'));
    expect((await run()).exitCode).toBe(0);
    expect(gunzipSync(work().read('out', 'part-00000.gz')).toString()).toBe(`${HEADER}OSLO,1.2\nBONN,2.0\n`);
  });

  it('tells each step and a final summary as JSON events on request', async () => {
    await prepare();
    const { stdout, exitCode } = await start('--json');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(exitCode).toBe(0);
    expect(events.filter(({ event }) => event === 'step-done').map(({ step }) => step)).toEqual([
      'check',
      'scan',
      'upload',
      'mapper',
      'run',
      'verify',
      'publish',
    ]);
    expect(events.at(-1)).toMatchObject({ event: 'run-published', summary: { counts: { recordsRead: 3 } } });
  });

  it('prefers a flag to the environment and the environment to the job file', async () => {
    await prepare();
    const env = { HADOOP_ELT_OUTPUT: 'from-environment', HADOOP_ELT_SPLIT_SIZE: '20' };
    await work().runHere(['run', 'job.elt.yaml'], { env });
    expect(await work().names()).toContain('from-environment');
    await work().runHere(['run', 'job.elt.yaml', '--output', 'from-flag'], { env });
    expect(await work().names()).toContain('from-flag');
    expect(await work().names()).not.toContain('out');
  });

  it('fails the job where a rule says so, and tells task, column and value', async () => {
    await prepare(JOB.replace('reject', 'fail'));
    const result = await run();
    expect(result.exitCode).toBe(6);
    expect(result.stderr).toMatch(/onInvalid: fail/);
    expect(result.stderr).toMatch(/"Amount"/);
    expect(result.stderr).toMatch(/"x"/);
    expect(await work().names()).toEqual(['.hadoop-elt', 'in', 'job.elt.yaml']);
  });

  it('stops at Ctrl-C with 130, ends its tasks and leaves only its own folder behind', async () => {
    await prepare();
    await work().write('in/big.csv', HEADER + 'oslo,1.25\n'.repeat(600_000));
    const { exitCode, stderr } = await work().interrupt(
      ['run', 'job.elt.yaml'],
      /mapper .*written/,
      'SIGINT',
    );
    expect(exitCode).toBe(130);
    expect(stderr).toContain('Interrupted by SIGINT; nothing was published');
    expect(await work().names()).toEqual(['.hadoop-elt', 'in', 'job.elt.yaml']);
    const { stdout } = await execa('ps', ['-eo', 'args']);
    expect(stdout).not.toContain(work().path);
  });

  it('stops so too when the signal comes twice at once, as from npm or a wrapper in a terminal', async () => {
    await prepare();
    await work().write('in/big.csv', HEADER + 'oslo,1.25\n'.repeat(600_000));
    const { stderr } = await work().interrupt(['run', 'job.elt.yaml'], /mapper .*written/, 'SIGINT', 2);
    expect(stderr).toContain('Interrupted by SIGINT; nothing was published');
    expect(await work().names()).toEqual(['.hadoop-elt', 'in', 'job.elt.yaml']);
  });

  it('clears up after a run that was killed, and runs again, where a fresh run is asked for', async () => {
    await prepare();
    await work().write('in/big.csv', HEADER + 'oslo,1.25\n'.repeat(300_000));
    await work().interrupt(['run', 'job.elt.yaml'], /mapper .*written/, 'SIGKILL');
    expect(await work().names('_hadoop-elt', 'out', 'staging')).toHaveLength(1);
    const again = await start('--fresh');
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain('Removed the staging folder of the killed run');
    expect(await work().names()).toEqual(['.hadoop-elt', 'in', 'job.elt.yaml', 'out']);
  });

  it('gives back the old output of a run that was killed while it replaced it', async () => {
    await prepare();
    await work().write('_staging.out.20260101T000000000Z-00dead/replaced/old.txt', 'old');
    const [lock] = await lockPaths(work().at('out'));
    await work().write(
      `.hadoop-elt/locks/${lock}`,
      JSON.stringify({
        runId: '20260101T000000000Z-00dead',
        pid: 2 ** 22 + 1,
        hostname: (await import('node:os')).hostname(),
        staging: work().at('_staging.out.20260101T000000000Z-00dead'),
      }),
    );
    const result = await run();
    expect(result.exitCode).toBe(3);
    expect(await work().names('out')).toEqual(['old.txt']);
    expect(await work().names()).toEqual(['.hadoop-elt', 'in', 'job.elt.yaml', 'out']);
  });

  it('lets one run at a time work on an output', async () => {
    await prepare();
    await work().write('in/big.csv', HEADER + 'oslo,1.25\n'.repeat(300_000));
    const results = await Promise.all([start(), start()]);
    expect(results.map(({ exitCode }) => exitCode).sort()).toEqual([0, 8]);
    expect(results.find(({ exitCode }) => exitCode === 8)?.stderr).toContain('is locked by');
  });
});

/** The paths of an output's lock, as version 0.1 named them. */
async function lockPaths(output: string): Promise<string[]> {
  const { createHash } = await import('node:crypto');
  return [`${createHash('sha256').update(output).digest('hex').slice(0, 16)}.json`];
}
