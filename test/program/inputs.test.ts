import { execFileSync } from 'node:child_process';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bzip2File } from '../support/bzip2-files.js';
import { useWorkFolder } from '../support/work-folder.js';

const HEADER = 'Region,Amount\n';
const ONE = `${HEADER}oslo,1\n`;
const TWO = `${HEADER}rome,2\n`;
const job = (input: string, more = '') =>
  `input: { ${input} }\n${more}columns: { Region: upper }\noutput: { path: out }\n`;

describe('csv.skipLines', () => {
  const work = useWorkFolder();

  it('beyond the end of a file is a warning that names it', async () => {
    await work().write('job.yaml', job('files: [a.csv, b.csv]', 'csv: { skipLines: 2 }\n'));
    await work().write('a.csv', `title\n\n${ONE}`);
    await work().write('b.csv', TWO);
    const { exitCode, stderr } = await work().runHere(['run', 'job.yaml']);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain(
      `  Warning: 1 input has no line after the 2 that csv.skipLines skips: ${work().at('b.csv')}\n`,
    );
  });
});

describe('bytes that mean nothing in csv.encoding', () => {
  const work = useWorkFolder();

  it.each(['utf-8', 'shift_jis'])('become U+FFFD, and the run and the pipe tell it: %s', async (encoding) => {
    await work().write('job.yaml', job('files: [a.csv, b.csv, c.csv]', `csv: { encoding: ${encoding} }\n`));
    await work().write(
      'a.csv',
      Buffer.from(`${HEADER}k\xffln,1\nb\xff\n,2\n`.replace('\n,2', ',2'), 'latin1'),
    );
    await work().write('b.csv', TWO);
    await work().write('c.csv', `\ufeff${ONE}`);
    if (encoding !== 'utf-8') await work().write('c.csv', ONE);
    const { exitCode, stderr } = await work().runHere(['run', 'job.yaml', '--split-size', '16']);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain(
      `  Warning: 2 characters are U+FFFD, as bytes become that mean nothing in ${encoding}: ${work().at('a.csv')}\n`,
    );
    const records = String(await work().joinedParts('out')).replaceAll(HEADER, '');
    expect(records).toBe('K\ufffdLN,1\nB\ufffd,2\nROME,2\nOSLO,1\n');
    const piped = await work().hadoopElt(['map', 'job.yaml'], { input: work().read('a.csv') });
    expect(piped.stdout).toBe(`${HEADER}K\ufffdLN,1\nB\ufffd,2\n`);
    expect(piped.stderr).toContain('U+FFFD 2: bytes that mean nothing in csv.encoding are read so');
  });
});

describe('a failure before there is a run', () => {
  const work = useWorkFolder();

  it('is one event with --json, with its time', async () => {
    await work().write('job.yaml', 'nothing: here\n');
    const { exitCode, stdout } = await work().runHere(['run', 'job.yaml', '--json']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      event: 'failed',
      code: 'job-file-invalid',
      exitCode: 2,
    });
  });
});

describe('an input that is missing or broken', () => {
  const work = useWorkFolder();
  const run = (...args: string[]) => work().runHere(['run', 'job.yaml', ...args]);
  const manifest = (...path: string[]) =>
    JSON.parse(
      work()
        .read(...path, '_hadoop-elt', 'manifest.json')
        .toString(),
    ) as {
      inputs: { path: string }[];
      left?: { path: string; why: string }[];
    };

  it('is left out, named with exit code 10, and loaded by the next run of append', async () => {
    await work().write(
      'job.yaml',
      job('files: [a.csv, b.csv, c.csv], onMissing: continue, onBroken: continue'),
    );
    await work().write('a.csv', ONE);
    await work().write('c.csv', `${HEADER}"x"y,1\n`);
    const first = await run('--mode', 'append', '--json');
    expect(first.exitCode, first.stderr).toBe(10);
    const events = first.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; left?: unknown; summary?: { left: unknown } });
    const left = [
      { path: 'b.csv', why: { code: 'no-input' } },
      { path: work().at('c.csv'), why: { code: 'malformed-record', details: { lineNumber: 2 } } },
    ];
    expect(events.find(({ event }) => event === 'inputs-left-out')?.left).toMatchObject(left);
    expect(events.find(({ event }) => event === 'run-published')?.summary?.left).toMatchObject(left);
    const [batch = ''] = await work().names('out');
    expect(manifest('out', batch)).toMatchObject({
      inputs: [{ path: work().at('a.csv') }],
      left: [
        { path: 'b.csv', why: 'no-input' },
        { path: work().at('c.csv'), why: 'malformed-record' },
      ],
    });

    // Nothing new: what is left out is still named.
    const again = await run('--mode', 'append');
    expect([again.exitCode, again.stdout]).toEqual([10, expect.stringContaining('Nothing to do')]);
    expect(again.stdout).toContain('WITHOUT 2 inputs, missing or broken');
    expect(again.stdout).toContain('"b.csv": no input matches');

    await work().write('b.csv', TWO);
    await work().write('c.csv', `${HEADER}bonn,3\n`);
    const mended = await run('--mode', 'append');
    expect([mended.exitCode, mended.stderr]).toEqual([0, expect.not.stringContaining('left out')]);
    const batches = await work().names('out');
    expect(batches).toHaveLength(2);
    const added = batches.find((name) => name !== batch) ?? '';
    expect((await work().joinedParts('out', added)).toString()).toContain('ROME,2\n');
    expect((await work().joinedParts('out', added)).toString()).toContain('BONN,3\n');
  });

  it('that is back changes what create would publish, and create says so', async () => {
    await work().write('job.yaml', job('files: [a.csv, b.csv], onMissing: continue'));
    await work().write('a.csv', ONE);
    expect((await run()).exitCode).toBe(10);
    expect((await run()).exitCode).toBe(10);
    await work().write('b.csv', TWO);
    const refused = await run();
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain(`without "${work().at('b.csv')}", which can be read now`);
    expect((await run('--mode', 'replace')).exitCode).toBe(0);
    expect((await work().joinedParts('out')).toString()).toContain('ROME,2\n');
  });

  it('fails the run by default, and always if none is left', async () => {
    await work().write('job.yaml', job('files: [a.csv, b.csv]'));
    await work().write('a.csv', ONE);
    expect((await run()).exitCode).toBe(3);
    await work().write('job.yaml', job('files: [b.csv, c.csv], onMissing: continue, onBroken: continue'));
    await work().write('c.csv', `${HEADER}"x"y,1\n`);
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(3);
    expect(stderr).toContain('No input is left');
    expect(await work().names()).not.toContain('out');
  });

  it('may be damaged, have another header, or be no longer there', async () => {
    await work().write('job.yaml', job('files: in, onBroken: continue'));
    await work().write('in/a.csv', ONE);
    await work().write('in/b.csv', TWO);
    await work().write('in/cut.csv.gz', gzipSync(ONE.repeat(50)).subarray(0, 40));
    await work().write('in/other.csv', 'Region,Total\nbonn,3\n');
    await work().write('in/without.csv', 'Land,Amount\nbonn,3\n');
    await symlink('nowhere', work().at('in/gone.csv'));
    const { exitCode, stdout } = await run();
    expect(exitCode).toBe(10);
    expect(manifest('out').left?.map(({ path, why }) => [path.split('/').at(-1), why])).toEqual([
      ['gone.csv', 'input-unreadable'],
      ['cut.csv.gz', 'store'],
      ['without.csv', 'column-not-in-header'],
      ['other.csv', 'headers-differ'],
    ]);
    expect(stdout).toContain('WITHOUT 4 inputs');
    expect((await work().joinedParts('out')).toString()).toContain('OSLO,1\n');
  });
});

describe('an input does not vanish in silence', () => {
  const work = useWorkFolder();
  const run = () => work().runHere(['run', 'job.yaml', '--mode', 'replace']);
  const joined = async () => (await work().joinedParts('out')).toString();

  it('whose name is not UTF-8', async () => {
    await work().write('job.yaml', job('files: "in/*"'));
    await work().write('in/a.csv', ONE);
    const name = Buffer.concat([
      Buffer.from(`${work().at('in')}/caf`),
      Buffer.from([0xe9]),
      Buffer.from('.csv'),
    ]);
    await writeFile(name, TWO);
    const { exitCode, stderr } = await run();
    expect(exitCode, stderr).toBe(0);
    expect(await joined()).toContain('OSLO,1\n');
    expect(await joined()).toContain('ROME,2\n');
  });

  it('in a subfolder: an error that names recursive, which reads it', async () => {
    await work().write('in/a.csv', ONE);
    await work().write('in/deep/er/b.csv', TWO);
    for (const pattern of ['in', 'i*']) {
      await work().write('job.yaml', job(`files: "${pattern}"`));
      const { exitCode, stderr } = await run();
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`1 subfolder: "${work().at('in/deep')}"`);
      expect(stderr).toContain('input.recursive');
      await work().write('job.yaml', job(`files: "${pattern}", recursive: true`));
      expect((await run()).exitCode).toBe(0);
      expect(await joined()).toContain('ROME,2\n');
    }
  });

  it('because it is hidden: a warning and the manifest name it', async () => {
    await work().write('job.yaml', job('files: in'));
    for (const name of ['a.csv', '_b.csv', '.c.csv', '_SUCCESS', '_temporary/x', '_hadoop-elt/m.json']) {
      await work().write(`in/${name}`, ONE);
    }
    const { stderr } = await run();
    expect(stderr).toMatch(/Warning: not read: "[^"]*\/in\/\.c\.csv" \(.*"[^"]*\/in\/_b\.csv" \([^"]*\)\n/);
    const { passedOver } = JSON.parse(work().read('out', '_hadoop-elt', 'manifest.json').toString()) as {
      passedOver: { path: string }[];
    };
    expect(passedOver.map(({ path }) => path)).toEqual([work().at('in/.c.csv'), work().at('in/_b.csv')]);
  });

  it('that is gzip by another name is read', async () => {
    await work().write('job.yaml', job('files: in'));
    await work().write('in/a.csv', gzipSync(ONE));
    await work().write('in/b.csv.GZ', gzipSync(TWO));
    expect((await run()).exitCode).toBe(0);
    expect(await joined()).toBe('Region,Amount\nOSLO,1\nROME,2\n');
  });

  const utf16 = Buffer.from(ONE, 'utf16le');
  const damagedBzip2 = Buffer.from(bzip2File('small'));
  damagedBzip2[12] = (damagedBzip2[12] ?? 0) ^ 1;
  it.each<[string, string, Buffer, RegExp]>([
    ['xz', 'x.csv', Buffer.from('fd377a585a000004', 'hex'), /compressed by xz\n.*unxz/],
    ['zip', 'x.csv', Buffer.from('504b030414000000', 'hex'), /zip archive/],
    [
      'bzip2 that is cut',
      'x.csv',
      Buffer.from('425a6839314159265359', 'hex'),
      /complete bzip2 file: it ends early/,
    ],
    ['bzip2 that is damaged', 'x.csv.bz2', damagedBzip2, /complete bzip2 file: its checksum/],
    ['text named .bz2', 'x.csv.bz2', Buffer.from(ONE), /not compressed\n.*without \.bz2/],
    ['an empty .bz2', 'x.csv.bz2', Buffer.alloc(0), /it is empty/],
    ['bzip2 in gzip', 'x.csv.gz', gzipSync(bzip2File('small')), /compressed twice/],
    ['zstd', 'x.csv', Buffer.from('28b52ffd2400', 'hex'), /compressed by zstd/],
    ['text named .gz', 'x.csv.gz', Buffer.from(ONE), /not compressed\n.*without \.gz/],
    ['an empty .gz', 'x.csv.gz', Buffer.alloc(0), /it is empty/],
    ['gzip twice', 'x.csv.gz', gzipSync(gzipSync(ONE)), /compressed twice/],
    ['UTF-16 without a mark', 'x.csv', utf16, /UTF-16.*\n.*csv\.encoding: utf-16le/],
    ['UTF-16 without a mark in gzip', 'x.csv.gz', gzipSync(utf16), /UTF-16/],
    ['UTF-32', 'x.csv', Buffer.from('fffe00006100000062000000', 'hex'), /UTF-32\n.*iconv/],
  ])('that is %s: an error tells what to do', async (_what, name, content, said) => {
    await work().write('job.yaml', job('files: "x*"', 'csv: { header: false, columns: [Region, Amount] }\n'));
    await work().write(name, content);
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(3);
    expect(stderr).toContain(work().at(name));
    expect(stderr).toMatch(said);
    expect(await work().names()).not.toContain('out');
  });

  it('that is empty, or text that begins as another format does, is read', async () => {
    await work().write(
      'job.yaml',
      job('files: "*.csv"', 'csv: { header: false, columns: [Region, Amount] }\n'),
    );
    await work().write('a.csv', '');
    await work().write('b.csv', 'BZh9,1\n');
    expect((await run()).exitCode).toBe(0);
    expect(await joined()).toBe('BZH9,1\n');
  });

  it('without a byte: a warning, and new once it has content', async () => {
    await work().write('job.yaml', job('files: ["*.csv"]'));
    await work().write('a.csv', ONE);
    await work().write('b.csv', '');
    const runs = () => work().runHere(['run', 'job.yaml', '--mode', 'append']);
    const first = await runs();
    expect([first.exitCode, first.stderr]).toEqual([
      0,
      expect.stringContaining('Warning: 1 input is empty, without even a header: '),
    ]);
    await work().write('b.csv', TWO);
    const second = await runs();
    expect([second.exitCode, second.stdout]).toEqual([0, expect.stringMatching(/records in +1\n/)]);
    expect(second.stderr).not.toContain('is empty');
  });

  it('that is a pipe or a dangling link: an error, and nothing waits', async () => {
    execFileSync('mkfifo', [work().at('pipe.csv'), work().at('pipe.yaml')]);
    await work().write('job.yaml', job('files: pipe.csv'));
    expect((await run()).stderr).toContain('it is a pipe, a socket or a device');
    await work().write('job.yaml', job('files: "*.csv"'));
    expect(await run()).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('a pipe, a socket') });
    await rm(work().at('pipe.csv'));
    await work().write('in/a.csv', 'Region,Amount\noslo,1\n');
    await symlink('nowhere', work().at('in/link.csv'));
    for (const pattern of ['in/*.csv', 'in/*/x.csv', 'in/**/x.csv']) {
      await work().write('job.yaml', job(`files: "${pattern}"`));
      expect(await run()).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('leads nowhere') });
    }
    expect(await work().runHere(['run', 'pipe.yaml'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('it is a pipe, a socket or a device, no file'),
    });
  });

  it('that is reached by two patterns is read once', async () => {
    await work().write('job.yaml', job('files: [in/a.csv, "in/*", in]'));
    await work().write('in/a.csv', ONE);
    expect((await run()).exitCode).toBe(0);
    expect(await joined()).toBe('Region,Amount\nOSLO,1\n');
  });
});
