import { appendFile, rename, rm, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Finished, useWorkFolder } from '../support/work-folder.js';

const JOB = `name: mended
input: { files: in/*.csv }
columns:
  City: upper
  Amount: { round: { places: 1, onInvalid: reject } }
records: { wrongFieldCount: reject, malformed: reject }
output: { path: out }
`;
const HEADER = 'City,Amount\n';
/** `x` and `y` pass when they get a marker, and the short record when it passes as it is. */
const A = `${HEADER}oslo,1.25\nrome,x\n"san\njose",y\nshort\n`;
const MARKER = ['onInvalid: reject', 'invalid: NaN'] as const;
const SHORT = ['wrongFieldCount: reject', 'wrongFieldCount: pass'] as const;

const work = useWorkFolder();
const elt = (...args: string[]) => work().runHere(args);

/** Changes the job file. */
async function mend(...changes: readonly (readonly [string, string])[]): Promise<void> {
  const job = String(work().read('job.yaml'));
  await work().write(
    'job.yaml',
    changes.reduce((text, [from, to]) => text.replace(from, to), job),
  );
}

async function expectExit(exitCode: number, ended: Promise<Finished>): Promise<Finished> {
  const result = await ended;
  expect(result.exitCode, result.stdout + result.stderr).toBe(exitCode);
  return result;
}

/** Ids of all runs, the newest last. */
const runIds = () => work().names('.hadoop-elt', 'runs');
const latest = async () => (await runIds()).at(-1) ?? '';

/** Runs the job, and returns the id of the run. */
async function runJob(files: Readonly<Record<string, string>>, job = JOB, ...args: string[]) {
  await work().write('job.yaml', job);
  for (const [path, text] of Object.entries(files)) await work().write(path, text);
  await expectExit(0, elt('run', 'job.yaml', ...args));
  return latest();
}

/** The records of each batch, in the order of their runs. */
async function batches(output = 'out'): Promise<string[]> {
  const names = (await work().names(output)).filter((name) => name.startsWith('batch='));
  return Promise.all(names.map(async (name) => String(await work().joinedParts(output, name))));
}

/** The rejects of a run's batch, without their header. */
function rejectsOf(run: string, part = 'part-00000'): string {
  const text = String(work().read('out', `batch=${run}`, '_hadoop-elt', 'rejects', part));
  return text.slice(text.indexOf('\n') + 1).replaceAll(work().path, 'WORK');
}

const manifestOf = (run: string) =>
  JSON.parse(String(work().read('out', `batch=${run}`, '_hadoop-elt', 'manifest.json')));

describe('replay', () => {
  it('runs the rejects of a replay again, also where the columns have drifted since', async () => {
    const job = `input: { files: in/*.csv }
columns: { amt: [{ replace: { q: q } }, { round: { places: 2, onInvalid: reject } }] }
records: { onDrift: fill }
output: { path: out, mode: append }
`;
    const first = await runJob({ 'in/1.csv': 'id,amt\n1,1\n2,x\n3,y\n' }, job);
    await runJob({ 'in/2.csv': 'id,amt,note\n4,4,n\n' }, job);
    await mend(['q: q', 'x: "2"']);
    const ended = await expectExit(0, elt('replay', first));
    const second = await latest();
    expect(ended.stdout).toContain(`hadoop-elt replay ${second}\n`);
    await mend(['x: "2"', 'y: "3"']);
    await expectExit(0, elt('replay', second));
    expect((await batches()).slice(2)).toEqual(['id,amt,note\n2,2.00,\n', 'id,amt,note\n3,3.00,\n']);
  });

  it('runs the rejects again, appends what passes, and tells what is left and where it came from', async () => {
    const first = await runJob({ 'in/a.csv': A, 'in/b.csv': `${HEADER}bonn,2\nbari,z\n` });
    const dry = await expectExit(0, elt('replay', first, '--dry-run'));
    expect(dry.stdout).toContain('rejects   4 records');
    expect(dry.stdout).toContain('    3  Amount: round\n    1  records.wrongFieldCount\n');
    expect(dry.stdout).toContain('Makes the output the first batch');
    expect(await work().names('out')).not.toContain(`batch=${first}`);

    await mend(MARKER);
    const ended = await expectExit(0, elt('replay', first));
    const second = await latest();
    expect(ended.stderr).toContain(`Runs 4 rejects of run ${first} again: ${work().at('out')}`);
    expect(ended.stderr).toContain(`Adopted: what run ${first} published is now the first batch`);
    expect(ended.stdout).toContain(`  3 of 4 rejects of run ${first} pass now, 1 fails again\n`);
    expect(ended.stdout).toContain(`hadoop-elt replay ${second}\n`);
    expect(await batches()).toEqual([
      `${HEADER}OSLO,1.2\nBONN,2.0\n`,
      `${HEADER}ROME,NaN\n"SAN\nJOSE",NaN\nBARI,NaN\n`,
    ]);
    expect(rejectsOf(second)).toBe(
      'WORK/in/a.csv,6,,records.wrongFieldCount,,wrong field count: 1 instead of 2,"short"\n',
    );
    expect(manifestOf(second).replays).toMatchObject({ runId: first, rejects: 4, recordsRead: 6 });
    expect(await work().names('.hadoop-elt', 'runs', first)).not.toContain('replay');

    const nothing = await expectExit(0, elt('replay', first));
    expect(nothing.stdout).toContain(
      `Nothing to do: the rejects of run ${first} were run again by run ${second}, which rejected 1 of them`,
    );
    expect(await work().names('.hadoop-elt', 'runs', first)).not.toContain('replay');
    await mend(SHORT);
    await expectExit(0, elt('replay', second));
    expect((await batches()).at(-1)).toBe(`${HEADER}short\n`);
    expect((await expectExit(0, elt('replay', second))).stdout).toContain('and all of them passed');
    expect((await expectExit(0, elt('replay', await latest()))).stdout).toContain('rejected no record');
    expect(await batches()).toHaveLength(3);
  });

  it('adds to a batch of append, and later runs load neither file nor rejects again', async () => {
    const job = JOB.replace('path: out', 'path: out, mode: append');
    const first = await runJob({ 'in/a.csv': A }, job);
    const next = await runJob({ 'in/b.csv': `${HEADER}bonn,2\nbari,z\n` }, job);
    await mend(MARKER);
    await expectExit(0, elt('replay', first));
    await expectExit(0, elt('replay', next));
    expect((await expectExit(0, elt('run', 'job.yaml'))).stdout).toContain('Nothing to do');
    expect(await batches()).toEqual([
      `${HEADER}OSLO,1.2\n`,
      `${HEADER}BONN,2.0\n`,
      `${HEADER}ROME,NaN\n"SAN\nJOSE",NaN\n`,
      `${HEADER}BARI,NaN\n`,
    ]);
  });

  it('tells the rejects of two runs apart that have the same records', async () => {
    const job = JOB.replace('path: out', 'path: out, mode: append');
    const first = await runJob({ 'in/a.csv': `${HEADER}oslo,1\nrome,x\n` }, job);
    const next = await runJob({ 'in/b.csv': `${HEADER}bonn,2\nrome,x\n` }, job);
    await mend(MARKER);
    await expectExit(0, elt('replay', first));
    await expectExit(0, elt('replay', next));
    expect((await batches()).filter((batch) => batch.includes('ROME'))).toHaveLength(2);
  });

  it('does not double what a reload makes again', async () => {
    const job = JOB.replace('path: out', 'path: out, mode: append, onChangedInput: reload');
    const first = await runJob({ 'in/a.csv': A }, job);
    await mend(MARKER);
    await expectExit(0, elt('replay', first));
    await mend(SHORT);
    await expectExit(0, elt('replay', await latest()));
    await appendFile(work().at('in/a.csv'), 'bern,3\n');
    await expectExit(0, elt('run', 'job.yaml'));
    expect(await batches()).toEqual([`${HEADER}OSLO,1.2\nROME,NaN\n"SAN\nJOSE",NaN\nshort\nBERN,3.0\n`]);
    const gone = await expectExit(3, elt('replay', first));
    expect(gone.stderr).toContain(`does not hold what run ${first} published`);
  });

  it('publishes nothing when no reject passes', async () => {
    const first = await runJob({ 'in/a.csv': A }, `${JOB}checks: { maxRejected: 100% }\n`);
    const failed = await expectExit(7, elt('replay', first));
    expect(failed.stderr).toContain(`None of the 3 rejects of run ${first} passes, so nothing was published`);
    expect(await work().names('out')).toEqual(['_SUCCESS', '_hadoop-elt', 'part-00000']);
    expect(await work().names('.hadoop-elt', 'runs', first)).not.toContain('replay');
  });

  it('knows the header of data that have none only if the job names the columns', async () => {
    const job = JOB.replace('records:', 'csv: { header: false }\nrecords:')
      .replace('City: upper', '"[0]": upper')
      .replace('Amount:', '"[1]":');
    const first = await runJob({ 'in/a.csv': 'oslo,1\nrome,x\n' }, job);
    await mend(MARKER, ['header: false', 'header: true']);
    const refused = await expectExit(3, elt('replay', first));
    expect(refused.stderr).toContain('the job reads a header, but the inputs of that run had none');
    await mend(['header: true', 'columns: [City, Amount]'], ['"[1]"', 'Amount']);
    await expectExit(0, elt('replay', first));
    expect((await batches()).at(-1)).toBe('ROME,NaN\n');
  });

  it('takes shares of checks of the first run, and does not ask for the size of a whole load', async () => {
    const checks =
      'checks: { minRecords: 3, maxRejected: 50%, maxInvalid: { Amount: 50% }, volume: { within: 1%, level: fail } }\n';
    const good = 'oslo,1\nbonn,2\nbern,3\n';
    const first = await runJob({ 'in/a.csv': `${HEADER}${good}rome,x\nshort\n` }, JOB + checks);
    await mend(MARKER);
    const ended = await expectExit(0, elt('replay', first));
    expect(ended.stdout).toContain('1 of 2 rejects');
    expect(manifestOf(await latest()).checks).toContainEqual(
      expect.objectContaining({ check: 'maxRejected', found: 1, of: 5, verdict: 'pass' }),
    );
    // A replay is no load whose size says what is usual.
    await work().write('in/b.csv', `${HEADER}${good.replaceAll('o', 'u')}`);
    await expectExit(0, elt('run', 'job.yaml', '--mode', 'append'));
  });

  it('is by the rules of the job, in whatever form it reads the rejects', async () => {
    const job = JOB.replace(
      'records:',
      'csv: { skipLines: 1, comment: "#", encoding: windows-1252 }\nrecords:',
    );
    const first = await runJob(
      { 'in/a.csv': `title\n# x\n${HEADER}oslo,1\nrome,x\n` },
      job,
      '--mode',
      'append',
    );
    await mend(MARKER);
    await expectExit(0, elt('replay', first));
    await work().write('in/b.csv', `title\n${HEADER}bern,2\n`);
    const next = await expectExit(0, elt('run', 'job.yaml', '--mode', 'append'));
    expect(next.stderr).toContain(`have changed since 1 batch was published: ${first};`);
  });

  it('does not add what a key of the output has already', async () => {
    const first = await runJob(
      { 'in/a.csv': `${HEADER}oslo,1\nOSLO,x\nrome,x\n` },
      `${JOB}checks: { unique: [City] }\n`,
    );
    await mend(MARKER);
    const failed = await expectExit(7, elt('replay', first));
    expect(failed.stderr).toContain('"OSLO" 2 times');
  });

  it('does not let a quote that is not closed swallow other records', async () => {
    // Without the records that pass, the quote of 3 would close behind that of bonn.
    const text = `${HEADER}oslo,1\n1,"x\nnice,"2"\nrome,w"\n3,"v\nbari,"4"\nbonn,u"\n`;
    for (const spanning of ['', '"san\njose",y\n']) {
      const run = await runJob(
        { 'in/a.csv': text.replace('1,"x', `${spanning}1,"x`) },
        JOB,
        '--mode',
        'replace',
      );
      await mend(MARKER);
      await expectExit(0, elt('replay', run));
      const [, passed = ''] = await batches();
      expect(passed).toBe(`${HEADER}${spanning.toUpperCase().replace('Y', 'NaN')}ROME,NaN\nBONN,NaN\n`);
      const left = await latest();
      const parts = await work().names('out', `batch=${left}`, '_hadoop-elt', 'rejects');
      const lines = parts.flatMap((part) => rejectsOf(left, part).split('\n')).filter((line) => line !== '');
      const shift = spanning === '' ? 0 : 2;
      expect(lines.map((line) => line.split(',')[1]).sort()).toEqual(
        [3, 6].map((line) => String(line + shift)),
      );
    }
  });

  it('reads other delimiters, data without a header, and gzip', async () => {
    const job = `name: nameless
input: { files: in/*.csv }
csv: { columns: [City, Amount], delimiter: ";" }
columns: { Amount: { round: { places: 1, onInvalid: reject } } }
output: { path: out, compression: gzip }
`;
    const first = await runJob({ 'in/a.csv': 'oslo;1\nrome;"x;y"\n' }, job);
    await mend(MARKER);
    await expectExit(0, elt('replay', first));
    const [part = ''] = (await work().names('out', `batch=${await latest()}`)).filter((name) =>
      name.startsWith('part-'),
    );
    const bytes = work().read('out', `batch=${await latest()}`, part);
    expect(String(gunzipSync(bytes))).toBe('rome;NaN\n');
  });

  it('reads rejects in the dialect of the data, whose preamble, comments and encoding they lack', async () => {
    const job = `name: dialect
input: { files: in/*.csv }
csv: { delimiter: "||", quote: "'", escape: backslash, nulls: [NULL], skipLines: 1, comment: "#", encoding: windows-1252 }
columns: { Amount: { round: { places: 1, onInvalid: reject } } }
output: { path: out, csv: { delimiter: ";", null: "-" } }
`;
    const lines = [
      'a report',
      '# of May',
      'City||Amount||Note',
      "'\u00d6rebro\\'s'||x||NULL",
      "'#1||2'||y||'NULL'",
      'rome||1||z',
    ];
    await work().write('in/a.csv', Buffer.from(`${lines.join('\n')}\n`, 'latin1'));
    const first = await runJob({}, job);
    await mend(MARKER);
    await expectExit(0, elt('replay', first));
    expect(rejectsOf(first)).toBe(
      `WORK/in/a.csv;4;Amount;round;x;not a number;"'Örebro\\'s'||x||NULL"\n` +
        `WORK/in/a.csv;5;Amount;round;y;not a number;"'#1||2'||y||'NULL'"\n`,
    );
    expect((await batches()).at(-1)).toBe("City;Amount;Note\nÖrebro's;NaN;-\n#1||2;NaN;NULL\n");
  });

  it.each<[string, string, Buffer, string]>([
    [
      'UTF-16, by csv.encoding',
      '{ encoding: utf-16le }',
      Buffer.from('City,Amount\nörebro,x\nrome,1\n"a\nb",y\n', 'utf16le'),
      'City,Amount\nörebro,NaN\n"a\nb",NaN\n',
    ],
    [
      'UTF-16, by its mark',
      '{ header: true }',
      Buffer.from('\ufeffCity,Amount\nörebro,x\nrome,1\n', 'utf16le'),
      'City,Amount\nörebro,NaN\n',
    ],
    [
      'mysql, with line ends behind backslashes',
      '{ preset: mysql, columns: [City, Amount] }',
      Buffer.from('rome\t1\nsan\\\njos\\te\tx\n\\N\ty\n'),
      '"san\njos\te"\tNaN\n\tNaN\n',
    ],
    [
      'hive',
      '{ preset: hive, columns: [City, Amount] }',
      Buffer.from('rome\x011\nsay "no\x01x\n\\N\x01y\n'),
      '"say ""no"\x01NaN\n\x01NaN\n',
    ],
    [
      'names and quotes that are not exact',
      '{ headerMatch: loose, lenientQuotes: true }',
      Buffer.from(' city , AMOUNT\n "san "jose" x" , x\nrome,1\n'),
      ' city , AMOUNT\n"san ""jose"" x",NaN\n',
    ],
  ])('gives the records that the job would have given: %s', async (_what, csv, data, expected) => {
    const job = `name: dialect
input: { files: in/*.csv }
csv: ${csv}
columns: { Amount: { round: { places: 1, onInvalid: reject } } }
output: { path: out }
`;
    await work().write('in/a.csv', data);
    const first = await runJob({}, job);
    await mend(MARKER);
    await expectExit(0, elt('replay', first));
    const [before = '', after = ''] = await batches();
    expect(after).toBe(expected);
    // Had the job been right at once, it had given the same records.
    await expectExit(0, elt('run', 'job.yaml', '--output', 'right'));
    const lines = (text: string) => text.split('\n').sort();
    const header = before.startsWith('rome') ? '' : before.slice(0, before.indexOf('\n') + 1);
    const right = String(await work().joinedParts('right'));
    expect(lines(right)).toEqual(lines(before + after.slice(header.length)));
  });

  it.each([',', '||'])('keeps a byte order mark of the first reject, delimiter %s', async (delimiter) => {
    const job = `name: nameless
input: { files: in/*.csv }
csv: { columns: [City, Amount], delimiter: "${delimiter}" }
columns: { Amount: { round: { places: 1, onInvalid: reject } } }
output: { path: out, csv: { delimiter: "," } }
`;
    const lines = ['oslo,1', '\ufeffrome,x', 'bonn,y'].map((line) => line.replace(',', delimiter));
    const first = await runJob({ 'in/a.csv': `${lines.join('\n')}\n` }, job);
    await mend(MARKER);
    await expectExit(0, elt('replay', first));
    expect((await batches()).at(-1)).toBe('\ufeffrome,NaN\nbonn,NaN\n');
  });

  it('takes a first reject for what it is, though a file that starts so would say its delimiter', async () => {
    const job = `name: nameless
input: { files: in/*.csv }
csv: { columns: [Amount] }
columns: { Amount: { round: { places: 1, onInvalid: reject } } }
output: { path: out }
`;
    const first = await runJob({ 'in/a.csv': '1\n2\nsep=;\nx\n' }, job);
    await mend(['{ round:', '[{ replace: { x: "7" } }, { round:'], ['reject } }', 'reject } }]']);
    await expectExit(0, elt('replay', first));
    expect((await batches()).at(-1)).toBe('7.0\n');
    const second = await latest();
    expect(rejectsOf(second)).toBe('WORK/in/a.csv,3,Amount,round,sep=;,not a number,"sep=;"\n');
    await mend(MARKER);
    await expectExit(0, elt('replay', second));
    expect((await batches()).at(-1)).toBe('NaN\n');
  });

  it('knows the delimiter that a line sep= had set', async () => {
    const job = JOB.replace('columns:', 'csv: { header: true }\ncolumns:');
    const first = await runJob({ 'in/a.csv': 'sep=;\nCity;Amount\noslo;1\nrome;"x;y"\n' }, job);
    await mend(MARKER);
    await expectExit(0, elt('replay', first));
    expect((await batches()).at(-1)).toBe('City;Amount\nROME;NaN\n');
  });

  it('is of the latest run that published by the word last, alone or with the job', async () => {
    const first = await runJob({ 'in/a.csv': A });
    await expectExit(0, elt('run', 'job.yaml'));
    for (const words of [
      ['last'],
      ['last', 'job.yaml'],
      ['job.yaml', 'last'],
      ['last', '--job', 'job.yaml'],
    ]) {
      const dry = await expectExit(0, elt('replay', ...words, '--dry-run'));
      expect(dry.stdout, words.join(' ')).toContain(first);
    }
    const none = await expectExit(2, elt('replay', 'last', 'other'));
    expect(none.stderr).toContain('No run of "other" has published');
    const unnamed = await expectExit(2, elt('replay', 'job.yaml'));
    expect(unnamed.stderr).toContain('hadoop-elt replay last job.yaml');
  });

  it('finds the run from another folder, and by the output alone', async () => {
    await work().write('jobs/in/a.csv', A);
    await work().write('jobs/job.yaml', JOB);
    await expectExit(0, elt('run', 'jobs/job.yaml'));
    const run = (await work().names('jobs', '.hadoop-elt', 'runs')).at(-1) ?? '';
    await work().write('jobs/job.yaml', JOB.replace(...MARKER));
    for (const args of [
      ['--job', 'jobs/job.yaml'],
      ['--state-dir', 'jobs/.hadoop-elt'],
    ]) {
      expect((await expectExit(0, elt('replay', run, ...args, '--dry-run'))).stdout).toContain('3 records');
    }
    const folder = `jobs/.hadoop-elt/runs/${run}`;
    expect((await expectExit(0, elt('replay', folder, '--dry-run'))).stdout).toContain('3 records');
    await rm(work().at('jobs/.hadoop-elt'), { recursive: true });
    await expectExit(0, elt('replay', run, '--job', 'jobs/job.yaml'));
    expect(await batches('jobs/out')).toHaveLength(2);
    expect(await work().names('jobs', '.hadoop-elt', 'runs')).not.toContain(run);
  });
});

describe('replay refuses', () => {
  const A_RUN = '20261125T184236574Z-42b4a4';

  it('what is no run, a run that nobody knows, and one that has published nothing', async () => {
    const first = await runJob({ 'in/a.csv': A });
    expect((await expectExit(2, elt('replay', 'job.yaml'))).stderr).toContain(
      '"job.yaml" is no run id, such as',
    );
    const unknown = await expectExit(2, elt('replay', A_RUN));
    expect(unknown.stderr).toContain(
      `There is no run "${A_RUN}" in "${work().at('.hadoop-elt')}"\n  the latest runs there: ${first}`,
    );
    await appendFile(work().at('in/a.csv'), 'bern,3\n');
    await expectExit(3, elt('run', 'job.yaml'));
    const failed = await latest();
    expect((await expectExit(3, elt('replay', failed))).stderr).toContain(
      `Run ${failed} has published nothing to`,
    );
  });

  it('a run whose job file is gone, or whose output was replaced since', async () => {
    const first = await runJob({ 'in/a.csv': A });
    await rename(work().at('job.yaml'), work().at('moved.yaml'));
    const gone = await expectExit(2, elt('replay', first));
    expect(gone.stderr).toContain(
      `Run ${first} names this job file; if it is elsewhere now, say where with --job`,
    );
    await rename(work().at('moved.yaml'), work().at('job.yaml'));
    await expectExit(0, elt('run', 'job.yaml', '--mode', 'replace'));
    const replaced = await expectExit(3, elt('replay', first));
    expect(replaced.stderr).toContain(
      `The output "${work().at('out')}" does not hold what run ${first} published`,
    );
  });

  it.each([
    [
      'gone',
      (folder: string) => rm(folder, { recursive: true }),
      /rejects of run \S+ are gone: there is no folder/,
    ],
    [
      'lacking a part',
      (folder: string) => rm(`${folder}/part-00000`),
      /have changed: ".*part-00000"\n {2}it is gone/,
    ],
    [
      'longer',
      (folder: string) => appendFile(`${folder}/part-00000`, 'f,1,c,r,v,x,"rome,1"\n'),
      /have changed: ".*part-00000"\n {2}it has \d+ bytes, but \d+ were published/,
    ],
    [
      'of other bytes',
      async (folder: string) => {
        const path = `${folder}/part-00000`;
        await writeFile(
          path,
          String(work().read(path.slice(work().path.length + 1))).replace('rome', 'nice'),
        );
      },
      /its bytes are not those that were published/,
    ],
  ])('rejects that are %s', async (_what, damage, said) => {
    const first = await runJob({ 'in/a.csv': A });
    await mend(MARKER);
    await damage(work().at('out', '_hadoop-elt', 'rejects'));
    const { stderr } = await expectExit(3, elt('replay', first));
    expect(stderr).toMatch(said);
    expect(await work().names('out')).not.toContain(`batch=${first}`);
  });

  it('rejects that lack what the job hides', async () => {
    const first = await runJob(
      { 'in/a.csv': A },
      JOB.replace('{ path: out }', '{ path: out, columns: [City, Amount] }'),
    );
    await mend(MARKER);
    const { stderr } = await expectExit(3, elt('replay', first));
    expect(stderr).toContain(
      `The rejects of run ${first} can't be run again: the job hides a part of the data (hash, mask or output.columns)`,
    );
    expect(stderr).toContain('load it with hadoop-elt run JOB --input FILE --mode append');
  });

  it('rejects of inputs whose headers differ', async () => {
    const job = `${JOB}csv: { columnOrder: byName }\n`;
    const first = await runJob({ 'in/a.csv': A, 'in/b.csv': 'Amount,City\n2,bonn\nz,bari\n' }, job);
    await mend(MARKER);
    const { stderr } = await expectExit(3, elt('replay', first));
    expect(stderr).toContain(
      `The rejects of run ${first} can't be run again: its inputs have different headers`,
    );
  });

  it('to run the rejects twice when two replays start at once', async () => {
    const first = await runJob({ 'in/a.csv': A });
    await mend(MARKER);
    const both = await Promise.all([
      elt('replay', first, '--wait', '1m'),
      elt('replay', first, '--wait', '1m'),
    ]);
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(both.filter(({ stdout }) => stdout.startsWith('Nothing to do'))).toHaveLength(1);
    expect(await batches()).toHaveLength(2);
  });
});
