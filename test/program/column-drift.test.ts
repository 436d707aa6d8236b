import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { columnsReadBy, type Manifest } from '../../submit/run/manifest.js';
import { useWorkFolder } from '../support/work-folder.js';

const OLD = 'id,name,amount\n1,ann,1.25\n';
const MOVED = 'amount,id,name\n2,7,bob\n';
const WIDER = 'id,note,name,amount\n8,x,cy,3\n';
const NARROWER = 'id,name\n9,di\n';

describe('inputs with other columns', () => {
  const work = useWorkFolder();
  const job = (csv: string, records: string, others = '') =>
    work().write(
      'job.yaml',
      `input: { files: in }\ncsv: { ${csv} }\ncolumns: { amount: { round: { places: 1 } }, name: upper }\nrecords: { ${records} }\noutput: { path: out${others} }\n`,
    );
  const run = (...args: string[]) => work().hadoopElt(['run', 'job.yaml', '--split-size', '16', ...args]);
  const joined = async () => (await work().joinedParts('out')).toString();
  const withoutHeaders = (text: string) => text.split('\n').filter((line) => !line.startsWith('id,'));

  it('are an error that shows the difference, with exit code 2', async () => {
    await job('header: true', '');
    await work().write('in/a.csv', OLD);
    await work().write('in/b.csv', MOVED);
    const moved = await run();
    expect(moved.exitCode).toBe(2);
    expect(
      moved.stderr,
    ).toContain(`The headers of "${work().at('in/a.csv')}" and "${work().at('in/b.csv')}" differ
  > [2] "amount" moved to [0]
  they have 3 and 3 columns
  Set in the job file what fits: csv.columnOrder: byName reads columns by name. Or`);
    await work().write('in/b.csv', WIDER);
    const wider = await run();
    expect([wider.exitCode, wider.stderr]).toEqual([2, expect.stringContaining('  + [1] "note" new\n')]);
  });

  it('are read by name where the job says so, the same in a pipe', async () => {
    await job('columnOrder: byName', '');
    await work().write('in/a.csv', OLD);
    await work().write('in/b.csv', `${MOVED}3,"8","c,y"\n`.repeat(3));
    expect((await run()).exitCode).toBe(0);
    const [header, ...records] = (await joined()).split('\n');
    expect(header).toBe('id,name,amount');
    const expected = ['1,ANN,1.2', ...Array(3).fill(['7,BOB,2.0', '8,"C,Y",3.0']).flat(), ''];
    expect(withoutHeaders(records.join('\n'))).toEqual(expected);
    const input = Buffer.concat([work().read('in/a.csv'), work().read('in/b.csv')]);
    const piped = await work().hadoopElt(['map', 'job.yaml'], { input });
    expect(withoutHeaders(piped.stdout)).toEqual(expected);
    await work().hadoopElt(['build', 'job.yaml', '-o', 'm.mjs']);
    expect(withoutHeaders((await work().node(['m.mjs'], { input })).stdout)).toEqual(expected);
  });

  it('are filled where the job says so, and the run tells it', async () => {
    await job('columnOrder: byName', 'onDrift: fill');
    await work().write('in/a.csv', OLD);
    await work().write('in/b.csv', MOVED);
    await work().write('in/c.csv', WIDER);
    await work().write('in/d.csv', NARROWER);
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(0);
    expect(withoutHeaders(await joined())).toEqual(['1,ANN,1.2,', '7,BOB,2.0,', '8,CY,3.0,x', '9,DI,,', '']);
    expect(
      stderr,
    ).toContain(`  Warning: the columns of 2 inputs are not those of "${work().at('in/a.csv')}"; missing ones are empty, new ones come at the end
    ${work().at('in/c.csv')}
      + [1] "note" new
    ${work().at('in/d.csv')}
      - [2] "amount" missing
`);
    const manifest = JSON.parse(work().read('out/_hadoop-elt/manifest.json').toString()) as Manifest;
    expect(columnsReadBy(manifest)).toEqual(['id', 'name', 'amount', 'note']);
  });

  it.each([
    [
      'csv.columnOrder: byName',
      'columnOrder: byName, columns: [amount, id, name]',
      '',
      ['1.2,1,ann', '2.0,7,bob'],
    ],
    ['onDrift: fill', 'columns: [id, name]', 'onDrift: fill', ['1,ann,1.2', '7,bob,2.0']],
    ['onDrift: ignoreNew', 'columns: [id]', 'onDrift: ignoreNew', ['1', '7']],
  ])('are held against csv.columns: %s', async (_, csv, records, expected) => {
    await work().write(
      'job.yaml',
      `input: { files: in }\ncsv: { header: true, ${csv} }\ncolumns: { "[0]": trim }\nrecords: { ${records} }\noutput: { path: out, header: drop }\n`,
    );
    await work().write('in/a.csv', 'id,name,amount\n1,ann,1.2\n');
    await work().write('in/b.csv', 'id,name,amount\nid,name,amount\n7,bob,2.0\n');
    const { exitCode, stderr } = await work().runHere(['run', 'job.yaml', '--split-size', '16']);
    expect(exitCode, stderr).toBe(0);
    expect((await joined()).split('\n')).toEqual([...expected, '']);
  });

  it.each(['fill', 'ignoreNew'])(
    'give the same records by map in a pipe, under onDrift: %s',
    async (onDrift) => {
      await job('columnOrder: byName', `onDrift: ${onDrift}`);
      await work().write('in/a.csv', OLD);
      await work().write('in/b.csv', WIDER);
      expect((await work().runHere(['run', 'job.yaml'])).exitCode).toBe(0);
      const input = Buffer.concat(['a', 'b', 'a'].map((name) => work().read(`in/${name}.csv`)));
      const piped = await work().hadoopElt(['map', 'job.yaml'], { input });
      expect(piped.exitCode, piped.stderr).toBe(0);
      const [header, ...records] = (await joined()).split('\n');
      const [first, ...others] = piped.stdout.split('\n');
      expect(first).toBe(header);
      expect(others.slice(0, 2)).toEqual(withoutHeaders(records.join('\n')).slice(0, 2));
      expect(others.slice(2)).toEqual([others[0], '']);
      const unknown = await work().hadoopElt(['map', 'job.yaml'], { input: 'id,else\n1,2\n' });
      expect(unknown.exitCode).toBe(2);
      expect(unknown.stderr).toContain('"else"');
    },
  );

  it('are held against what is published, when they are added to it', async () => {
    await job('header: true', '', ', mode: append');
    await work().write('in/a.csv', OLD);
    expect((await run()).exitCode).toBe(0);
    await rm(work().at('in/a.csv'));
    await work().write('in/c.csv', WIDER);
    const refused = await run();
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(
      /The header of ".*c\.csv" is not that of what run \S+ published\n {2}\+ \[1\] "note" new\n/,
    );
    await job('header: true', 'onDrift: ignoreNew', ', mode: append');
    expect((await run()).exitCode).toBe(0);
    const batches = (await work().names('out')).filter((name) => name.startsWith('batch='));
    const parts = await Promise.all(batches.map((batch) => work().joinedParts('out', batch)));
    expect(parts.map((part) => withoutHeaders(part.toString()))).toEqual([
      ['1,ANN,1.2', ''],
      ['8,CY,3.0', ''],
    ]);
    await work().write('in/d.csv', NARROWER);
    expect((await run()).stderr).toContain('- [2] "amount" missing');
  });

  it('are told once, night after night, and never as a change of the rules', async () => {
    const night = async (name: string, content: string | Buffer) => {
      await work().write(`in/${name}.csv`, content);
      const { exitCode, stderr } = await run();
      expect(exitCode, stderr).toBe(0);
      return stderr
        .split('\n')
        .filter((line) => !/^(Job| {2}(check|scan|upload|mapper|run|verify|publish)) /.test(line));
    };
    const batches = async () => (await work().names('out')).filter((name) => name.startsWith('batch='));
    await job('encoding: windows-1252', 'onDrift: fill', ', mode: append');
    expect(await night('1', OLD)).toEqual(['']);
    expect(await night('2', OLD.replace('ann', 'bob'))).toEqual(['']);
    expect(await night('2', OLD.replace('ann', 'bob'))).toEqual(['']);
    const [, second = ''] = await batches();
    expect(await night('3', WIDER)).toEqual([
      `  Warning: the columns of 1 input are not those that run ${second.slice(6)} published; missing ones are empty, new ones come at the end`,
      `    ${work().at('in/3.csv')}`,
      '      + [1] "note" new',
      '',
    ]);
    // Inputs that are loaded already may have any columns, also where drift is an error now.
    await job('encoding: windows-1252', 'onDrift: fail', ', mode: append');
    expect(await night('3', WIDER)).toEqual(['']);
    const all = 'id,name,amount,note\n';
    expect(await night('4', `${all}9,di,4,x\n`)).toEqual(['']);
    // A byte order mark, or the bytes of a name, are no rules either.
    expect(await night('5', `\ufeff${all}10,ed,5,é\n`)).toEqual(['']);
    const before = await batches();
    await work().write('job.yaml', work().read('job.yaml').toString().replace('places: 1', 'places: 2'));
    expect(await night('6', `${all}11,flo,6,x\n`)).toEqual([
      `  The rules of this job have changed since 5 batches were published: ${before.map((name) => name.slice(6)).join(', ')}; what is published stays as it is`,
      '',
    ]);
    expect(await night('7', `${all}12,gus,7,x\n`)).toHaveLength(2);
    expect((await work().joinedParts('out', (await batches()).at(-1) ?? '')).toString()).toBe(
      `${all}12,GUS,7.00,x\n`,
    );
  });

  it('are other columns for create, whatever decides them', async () => {
    await job('header: true', 'onDrift: ignoreNew');
    await work().write('in/a.csv', OLD);
    await work().write('in/c.csv', 'id,name,amount,note\n8,cy,3,x\n');
    expect((await run()).exitCode).toBe(0);
    const again = await run();
    expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining('Nothing to do')]);
    await job('header: true', 'onDrift: fill');
    const refused = await run();
    expect([refused.exitCode, refused.stderr]).toEqual([3, expect.stringContaining('exists already')]);
  });

  it('are told of when they replace what is published', async () => {
    await job('header: true', '', ', mode: replace');
    await work().write('in/a.csv', OLD);
    expect((await run()).stderr).not.toContain('Warning');
    await work().write('in/a.csv', WIDER);
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /Warning: the columns are not those that run \S+ published, which are replaced\n {4}\+ \[1\] "note" new\n/,
    );
  });

  it('are held against csv.columns, where the job lists them beside a header', async () => {
    await job('header: true, columns: [id, name, amount]', '');
    await work().write('in/a.csv', WIDER);
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /The header of ".*a\.csv" is not csv\.columns of ".*job\.yaml"\n {2}\+ \[1\] "note" new/,
    );
  });
});
