import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Finished } from '../support/work-folder.js';
import { useWorkFolder } from '../support/work-folder.js';

const HEADER = 'Order ID,Region,Price\n';
const JOB = (checks: string, more = '') => `
name: orders
input: { files: in/*.csv }
columns:
  Region: upper
  Price: { round: { places: 1, onInvalid: reject } }
${checks === '' ? '' : `checks: ${checks}\n`}output: { path: out${more} }
`;

describe('checks', () => {
  const work = useWorkFolder();
  const run = (...args: string[]) => work().runHere(['run', 'job.elt.yaml', ...args]);
  /** Writes a job and one input file, and runs the job. */
  const runOn = async (checks: string, records: string, more = '', ...args: string[]) => {
    await work().write('job.elt.yaml', JOB(checks, more));
    await work().write('in/a.csv', HEADER + records);
    return run(...args);
  };
  /** The failure as it was written, with stable paths. */
  const messageOf = ({ stderr }: Finished) =>
    stderr
      .slice(stderr.indexOf('hadoop-elt: '))
      .replaceAll(work().path, '/work')
      .replaceAll(/runs\/[^/]+/g, 'runs/RUN');
  const manifest = () => JSON.parse(work().read('out', '_hadoop-elt', 'manifest.json').toString());
  const isClean = async () => {
    expect((await work().names()).filter((name) => name !== '.hadoop-elt')).toEqual(['in', 'job.elt.yaml']);
  };
  const CORRECT = '  Correct the data and run again; if they are right, change checks in the job file\n';

  it('a job whose every record is rejected publishes nothing', async () => {
    const result = await runOn('', '1,asia,x\n2,asia,y\n');
    expect(result.exitCode).toBe(7);
    expect(messageOf(result)).toBe(
      `hadoop-elt: The check maxRejected failed, so nothing was published
  maxRejected: all 2 records were rejected; allowed: fewer than all, unless maxRejected is 100%
  the logs of the tasks: /work/.hadoop-elt/runs/RUN/logs
  to see what is rejected: hadoop-elt map /work/job.elt.yaml --emit rejects < FILE
${CORRECT}`,
    );
    await isClean();
  });

  it('a job whose every record is rejected publishes where maxRejected is 100%', async () => {
    expect((await runOn('{ maxRejected: 100% }', '1,asia,x\n')).exitCode).toBe(0);
    expect((await work().joinedParts('out')).toString()).toBe(HEADER);
  });

  it('a number of rejected records does not allow all', async () => {
    const result = await runOn('{ maxRejected: 5 }', '1,asia,x\n');
    expect([result.exitCode, result.stderr]).toEqual([
      7,
      expect.stringContaining('the only record was rejected'),
    ]);
  });

  it('a header that is repeated inside a file is no record', async () => {
    const files = `1,asia,1\n${HEADER}"Order ID",Region,"Price"\n2,asia,2\n`;
    await work().write('job.elt.yaml', JOB('{ maxRecords: 2 }').replace(', onInvalid: reject', ''));
    await work().write('in/a.csv', HEADER + files);
    const result = await run();
    expect([result.exitCode, result.stderr]).toEqual([0, expect.any(String)]);
    expect(manifest().inputs).toEqual([expect.objectContaining({ lines: 5, records: 2 })]);
    expect(manifest().checks).toContainEqual(expect.objectContaining({ check: 'maxRecords', found: 2 }));
  });

  it('an empty input rejects nothing', async () => {
    expect((await runOn('', '')).exitCode).toBe(0);
  });

  it.each([
    ['maxRejected: 49%', 'maxRejected: 1 of 2 records was rejected; allowed: at most 49%'],
    ['maxRejected: 0', 'maxRejected: 1 of 2 records was rejected; allowed: at most 0'],
    ['minRecords: 2', 'minRecords: 1 record in the output; allowed: at least 2'],
    ['maxRecords: 0', 'maxRecords: 1 record in the output; allowed: at most 0'],
    ['maxInvalid: { Price: 0 }', 'maxInvalid: 1 of 2 values of "Price" is invalid; allowed: at most 0'],
    ['maxInvalid: { Price: 10% }', 'maxInvalid: 1 of 2 values of "Price" is invalid; allowed: at most 10%'],
  ])('{ %s } stops a run', async (check, line) => {
    const result = await runOn(`{ ${check} }`, '1,asia,x\n2,asia,1\n');
    expect(result.stderr).toContain(
      `hadoop-elt: The check ${/\w+/.exec(check)} failed, so nothing was published\n  ${line}\n`,
    );
    expect(result.exitCode).toBe(7);
    await isClean();
  });

  it.each([
    'maxRejected: 50%',
    'maxRejected: 1',
    'minRecords: 1',
    'maxRecords: 1',
    'maxInvalid: { Price: 1, "[1]": 0 }',
  ])('{ %s } lets the same run pass', async (check) => {
    const result = await runOn(`{ ${check} }`, '1,asia,x\n2,asia,1\n');
    expect([result.exitCode, result.stdout]).toEqual([0, expect.stringMatching(/\n {2}checks +\d holds?\n/)]);
  });

  it('sizes stop a run before anything is staged or mapped', async () => {
    const result = await runOn('{ minRecords: 5, maxBytes: 30 }', '1,asia,1\n2,asia,1\n');
    expect(messageOf(result)).toBe(
      `hadoop-elt: 2 checks failed, so nothing was sent or published
  maxBytes: the inputs have 40 B (40 bytes); allowed: at most 30 B (30 bytes)
  minRecords: 2 records in the inputs; allowed: at least 5
${CORRECT}`,
    );
    expect([result.exitCode, result.stderr.includes('  upload ')]).toEqual([7, false]);
    await isClean();
  });

  it('too many records stop a run before it starts where no rule can reject one', async () => {
    await work().write('in/a.csv', `${HEADER}1,asia,1\n2,asia,1\n`);
    await work().write('job.elt.yaml', JOB('{ maxRecords: 1 }').replace(', onInvalid: reject', ''));
    const result = await run();
    expect(result.stderr).toContain('maxRecords: 2 records in the inputs; allowed: at most 1');
    expect(result.stderr).not.toContain('  upload ');
  });

  it('names keys that are there twice, with examples and how often', async () => {
    const records = ['1', '2', '1', '3', '1', '2', '4', '4', '5', '5', '6', '6', '7', '7'];
    const lines = records.map((id) => `${id},asia,1\n`).join('');
    const result = await runOn('{ unique: Order ID }', lines);
    expect(messageOf(result)).toBe(
      `hadoop-elt: The check unique failed, so nothing was published
  unique: 6 values of "Order ID" are in more than one record; allowed: none
    "1" 3 times
    "2" 2 times
    "4" 2 times
    "5" 2 times
    "6" 2 times
    …
  the logs of the tasks: /work/.hadoop-elt/runs/RUN/logs
${CORRECT}`,
    );
    await isClean();
  });

  it('compares what the rules have made of the values', async () => {
    const result = await runOn('{ unique: [Region, "[2]"] }', '1,asia,1.04\n2,ASIA,1.01\n3,asia,2\n');
    expect(result.stderr).toContain('1 value of "Region" with "[2]" is in more than one record');
    expect(result.stderr).toContain('    "ASIA", "1.0" 2 times\n');
  });

  it('takes headers of several parts for no records, and records with line breaks for one', async () => {
    await work().write('in/b.csv', `${HEADER}4,asia,1\n`);
    const result = await runOn('{ unique: [Order ID] }', '1,asia,1\n2,"a\n1,b",1\n3,"a""",1\n');
    expect(result.exitCode).toBe(0);
    expect(manifest().checks).toContainEqual(
      expect.objectContaining({ check: 'unique', records: 4, keys: 4, duplicateKeys: 0, verdict: 'pass' }),
    );
  });

  it('stops where the rules make a record that can not be told from the header', async () => {
    await work().write(
      'job.elt.yaml',
      'input: { files: in/*.csv }\ncolumns: { id: lower, name: lower }\nchecks: { unique: [id] }\noutput: { path: out }\n',
    );
    await work().write('in/a.csv', 'id,name\n1,x\nID,NAME\n');
    const { exitCode, stderr } = await run();
    expect([exitCode, stderr]).toEqual([
      7,
      expect.stringContaining('records written: 2, but records compared for checks.unique: 1'),
    ]);
  });

  it('finds a key of a compressed part', async () => {
    const result = await runOn('{ unique: [Order ID] }', '1,asia,1\n1,asia,2\n', ', compression: gzip');
    expect([result.exitCode, result.stderr]).toEqual([7, expect.stringContaining('"1" 2 times')]);
  });

  it.each([
    ["delimiter: ';'", '"1,0" 2 times'],
    ["delimiter: '||'", '"1,0" 2 times'],
    ['delimiter: ¦', '"1,0" 2 times'],
    ['quote: all', '"1,0" 2 times'],
    ["null: '-'", '"1,0" 2 times'],
    ["delimiter: '|', quote: all, null: NULL", '"1,0" 2 times'],
  ])('finds a key in an output with %s', async (csv, found) => {
    const more = `, csv: { ${csv} }`;
    const twice = await runOn('{ unique: [Order ID] }', '"1,0",asia,1\n-,asia,2\n"1,0",asia,3\n', more);
    expect([twice.exitCode, twice.stderr]).toEqual([7, expect.stringContaining(found)]);
    const once = await runOn(
      '{ unique: [Order ID] }',
      '"1,0",asia,1\n-,asia,2\n,asia,3\nNULL,asia,3\n',
      more,
    );
    expect(once.exitCode, once.stderr).toBe(0);
    expect(manifest().checks).toContainEqual(
      expect.objectContaining({ check: 'unique', records: 4, keys: 4 }),
    );
  });

  it('compares batches of different forms', async () => {
    const append = async (name: string, records: string, csv: string) => {
      await work().write(`in/${name}.csv`, HEADER + records);
      await work().write('job.elt.yaml', JOB('{ unique: [Order ID] }', `, mode: append, csv: { ${csv} }`));
      return run();
    };
    expect((await append('a', '1,asia,1\n-,asia,2\n', "quote: all, delimiter: '||'")).exitCode).toBe(0);
    expect((await append('b', '2,asia,1\n,asia,2\n', "null: '-'")).exitCode).toBe(0);
    const third = await append('c', '-,asia,1\n,asia,2\n3,asia,2\n', 'delimiter: ;');
    expect([third.exitCode, third.stderr]).toEqual([
      7,
      expect.stringContaining('2 values of "Order ID" are in more than one record'),
    ]);
  });

  it('takes headers for none that are spelt in other ways, and kept', async () => {
    await work().write('in/b.csv', ' order id,REGION,Price\n2,asia,1\n');
    await work().write(
      'job.elt.yaml',
      `csv: { headerMatch: loose }\n${JOB('{ unique: [Order ID] }', ', header: keep')}`,
    );
    await work().write('in/a.csv', `${HEADER}1,asia,1\n`);
    const result = await run();
    expect(result.exitCode, result.stderr).toBe(0);
    expect(manifest().checks).toContainEqual(expect.objectContaining({ check: 'unique', records: 2 }));
  });

  it('looks for a key of a new batch in all batches', async () => {
    const append = (records: string, name: string, compression = 'none') =>
      work()
        .write(`in/${name}.csv`, HEADER + records)
        .then(() =>
          work().write(
            'job.elt.yaml',
            JOB('{ unique: [Order ID] }', `, mode: append, compression: ${compression}`),
          ),
        )
        .then(() => run());
    expect((await append('1,asia,1\n2,asia,1\n', 'a')).exitCode).toBe(0);
    expect((await append('3,asia,1\n', 'b', 'gzip')).exitCode).toBe(0);
    const before = await work().names('out');
    const [, zipped = ''] = before;
    expect(gunzipSync(work().read('out', zipped, 'part-00000.gz')).toString()).toBe(`${HEADER}3,ASIA,1.0\n`);
    const third = await append('3,asia,7\n2,asia,7\n4,asia,7\n', 'c');
    expect([third.exitCode, third.stderr]).toEqual([
      7,
      expect.stringContaining('2 values of "Order ID" are in more than one record'),
    ]);
    expect(await work().names('out')).toEqual(before);
    expect((await append('5,asia,7\n4,asia,7\n', 'c')).exitCode).toBe(0);
  });

  it('finds the key in batches that have it in another column, and says where they lack it', async () => {
    const append = async (records: string, unique: string, columns: string) => {
      await work().write('in/a.csv', HEADER + records);
      const more = `, mode: append, onChangedInput: append${columns}`;
      await work().write('job.elt.yaml', JOB(`{ unique: [${unique}] }`, more));
      return run();
    };
    expect((await append('1,asia,2\n', 'Order ID', '')).exitCode).toBe(0);
    const moved = await append('1,asia,1\n', 'Order ID', ', columns: [Price, Region, Order ID]');
    expect([moved.exitCode, moved.stderr]).toEqual([7, expect.stringContaining('"1" 2 times')]);
    const lacking = await append('1,asia,1\n', 'Order No', ', columns: [Price, { Order No: Order ID }]');
    expect(lacking.exitCode).toBe(2);
    expect(lacking.stderr).toMatch(/Column "Order No" is not in the header of ".*\/out\/batch=/);
  });

  it('nothing new passes minRecords and volume', async () => {
    const checks = '{ minRecords: 2, volume: { within: 10% } }';
    expect((await runOn(checks, '1,asia,1\n2,asia,1\n', ', mode: append')).exitCode).toBe(0);
    const again = await run();
    expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining('Nothing to do')]);
  });

  it.each(['replace', 'append'])('compares the volume with earlier runs in mode %s', async (mode) => {
    const checks = '{ volume: { within: 50%, ofLast: 2 } }';
    const runs = async (count: number, name: string, checked = checks) => {
      const lines = Array.from({ length: count }, (_, at) => `${at},asia,1\n`).join('');
      await work().write('job.elt.yaml', JOB(checked, `, mode: ${mode}`));
      await work().write(`data/${name}.csv`, HEADER + lines);
      return run('--input', `data/${name}.csv`);
    };
    // A first run has nothing to be compared with; only the last two count.
    for (const [count, name] of [
      [10, 'a'],
      [14, 'b'],
      [18, 'c'],
    ] as const) {
      expect((await runs(count, name)).exitCode).toBe(0);
    }
    const far = await runs(26, 'd');
    expect([far.exitCode, far.stderr]).toEqual([
      7,
      expect.stringContaining(
        'volume: 26 records in the output, and 16 on average in the last 2 runs; allowed: 8 to 24 (within 50%)',
      ),
    ]);
    expect(far.stderr).toContain('volume: level: warn');
    const warned = await runs(26, 'd', '{ volume: { within: 50%, ofLast: 2, level: warn } }');
    expect([warned.exitCode, warned.stderr]).toEqual([
      0,
      expect.stringContaining('  Warning: volume: 26 records'),
    ]);
    expect(warned.stdout).toMatch(/\n {2}checks +1 holds, 1 warning\n/);
    expect((await runs(30, 'e')).exitCode).toBe(0);
  });

  it('tells programs by events, and keeps findings in the manifest', async () => {
    const passed = await runOn('{ minRecords: 1, maxBytes: 1GiB }', '1,asia,1\n', '', '--json');
    const events = passed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toContainEqual(
      expect.objectContaining({
        event: 'step-done',
        step: 'checks',
        result: { step: 'checks', held: 2, warnings: 0 },
      }),
    );
    expect(events.at(-1).summary.checks).toEqual(manifest().checks);
    expect(manifest().checks).toEqual([
      { check: 'maxBytes', found: 31, allowed: 1024 ** 3, verdict: 'pass' },
      { check: 'maxRejected', found: 0, of: 1, allowed: null, verdict: 'pass' },
      { check: 'minRecords', found: 1, allowed: 1, in: 'output', verdict: 'pass' },
    ]);
    const failed = await runOn(
      '{ minRecords: 2 }',
      '1,asia,1\n3,asia,x\n4,asia,x\n',
      '',
      '--mode',
      'replace',
      '--json',
    );
    expect(JSON.parse(failed.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      event: 'run-failed',
      exitCode: 7,
      failure: {
        code: 'check-failed',
        details: {
          before: 'publish',
          findings: [{ check: 'minRecords', found: 1, allowed: 2, verdict: 'fail' }],
        },
      },
    });
    expect(manifest().checks).toHaveLength(3);
  });

  it('is removed with its staging when it is killed while it looks for duplicates', async () => {
    const lines = Array.from({ length: 300_000 }, (_, at) => `${at},asia,1\n`).join('');
    await work().write('job.elt.yaml', JOB('{ unique: [Order ID] }'));
    await work().write('in/a.csv', HEADER + lines);
    const killed = await work().interrupt(['run', 'job.elt.yaml'], /\n {2}verify /, 'SIGKILL');
    expect(killed.signal).toBe('SIGKILL');
    expect((await run()).exitCode).toBe(0);
    expect((await work().names()).filter((name) => name.startsWith('_'))).toEqual([]);
  });

  it.each([
    ['{ minRecord: 1 }', 'unknown key "minRecord"', 'Did you mean minRecords?'],
    [
      '{ maxRejected: 101% }',
      'checks.maxRejected: not acceptable',
      'a percentage from 0% to 100% such as 1%',
    ],
    ['{ maxRejected: many }', 'checks.maxRejected: not acceptable', 'a number of records such as 10'],
    ['{ minRecords: -1 }', 'checks.minRecords: out of range', 'at least 0'],
    ['{ maxBytes: 10XB }', 'checks.maxBytes: not acceptable', 'a number of bytes with an optional unit'],
    ['{ volume: { within: 50 } }', 'checks.volume.within: not acceptable', 'a percentage such as 50%'],
    ['{ volume: { within: 5%, level: no } }', 'checks.volume.level: not one of', 'warn, fail'],
    ['{ minRecords: 3, maxRecords: 2 }', 'checks.maxRecords: less than checks.minRecords', 'at least 3'],
    ['{ unique: [a, a] }', 'checks.unique.1: named twice', 'given: "a"'],
    ['{ maxInvalid: { Prise: 1 } }', 'not a column with rules', 'Did you mean Price?'],
    ['{ maxInvalid: { "Order ID": 1 } }', 'not a column with rules', 'accepted: Region, Price'],
  ])('%s is refused in a job file', async (checks, problem, more) => {
    const { exitCode, stderr } = await runOn(checks, '1,asia,1\n');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(problem)]);
    expect(stderr).toContain(more);
  });

  it.each(['plan', 'run'])('%s says which column of unique is not in the data', async (command) => {
    await work().write('job.elt.yaml', JOB('{ unique: [Order Id] }'));
    const path = await work().write('in/a.csv', `${HEADER}1,asia,1\n`);
    const { exitCode, stderr } = await work().runHere([command, 'job.elt.yaml']);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining(`Column "Order Id" is not in the header of "${path}"`),
    ]);
    expect(stderr).toContain('job.elt.yaml:7');
    expect(stderr).toContain('Did you mean "Order ID"?');
  });

  it('plan shows each check with its origin', async () => {
    await work().write(
      'job.elt.yaml',
      JOB(
        '{ maxRecords: 1e9, maxBytes: 10GiB, maxRejected: 1.5%, maxInvalid: { Price: 10 }, unique: [Order ID], volume: { within: 50% } }',
      ),
    );
    await work().write('in/a.csv', HEADER);
    const { stdout } = await work().runHere(['plan', 'job.elt.yaml']);
    expect(stdout).toContain('. checks: the settings checks.* must hold, else nothing is published\n');
    const shown = stdout
      .split('\n')
      .filter((line) => line.startsWith('  checks.'))
      .map((line) => line.trim().split(/ {2,}/));
    expect(shown).toEqual([
      ['checks.minRecords', '–', 'default'],
      ['checks.maxRecords', '1000000000', 'job file line 7'],
      ['checks.maxBytes', '10.0 GiB', 'job file line 7'],
      ['checks.maxRejected', '1.5%', 'job file line 7'],
      ['checks.maxInvalid', '"Price": 10', 'job file line 7'],
      ['checks.unique', '"Order ID"', 'job file line 7'],
      ['checks.volume', 'within 50% of the last 5, else fail', 'job file line 7'],
    ]);
  });

  it('a pipe has no checks', async () => {
    await work().write('job.elt.yaml', JOB('{ minRecords: 10, unique: [Order ID] }'));
    const { exitCode } = await work().hadoopElt(['map', 'job.elt.yaml'], {
      input: `${HEADER}1,a,1\n1,a,1\n`,
    });
    expect(exitCode).toBe(0);
  });
});
