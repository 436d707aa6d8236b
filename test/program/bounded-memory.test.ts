import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { isThorough } from '../support/thoroughness.js';
import { PROGRAM, useWorkFolder } from '../support/work-folder.js';

/** All sizes of the promise; otherwise a quarter of them or less, with a quarter of the limit for a line. */
const LINE_BYTES = (isThorough ? 300 : 75) * 1024 ** 2;
const BOMB_BYTES = (isThorough ? 1500 : 300) * 1024 ** 2;
const HEADER_BYTES = isThorough ? 1e7 : 2.5e6;
const MAX_RECORD = isThorough ? '' : 'csv: { maxRecordBytes: 16MiB }\n';
const LIMIT_KB = (isThorough ? 300 : 200) * 1000;

/** Prints the most memory that the process had, as it ends. */
const TELL_MEMORY = `data:text/javascript,${encodeURIComponent(
  "import{readFileSync}from'node:fs';process.on('exit',()=>console.error(/VmHWM:.*/.exec(readFileSync('/proc/self/status','utf8'))[0]))",
)}`;

describe.skipIf(process.platform !== 'linux')('memory does not grow with', () => {
  const work = useWorkFolder();

  async function program(command: 'run' | 'map', input: string) {
    await work().write(
      'job.yaml',
      `input: { files: ${input} }\n${MAX_RECORD}columns: { Region: upper }\noutput: { path: out }\n`,
    );
    const { exitCode, stderr } = await execa(
      process.execPath,
      ['--import', TELL_MEMORY, PROGRAM, command, 'job.yaml'],
      {
        cwd: work().path,
        inputFile: work().at(input),
        stdout: 'ignore',
        reject: false,
      },
    );
    const kilobytes = Number(/VmHWM:\s*(\d+) kB/.exec(stderr)?.[1]);
    expect(kilobytes).toBeGreaterThan(10_000);
    expect(kilobytes).toBeLessThan(LIMIT_KB);
    return { exitCode, stderr };
  }

  it('one endless line', async () => {
    await work().write('line.csv', Buffer.concat([Buffer.from('Region\n'), Buffer.alloc(LINE_BYTES, 'x')]));
    for (const command of ['run', 'map'] as const) {
      const { exitCode, stderr } = await program(command, 'line.csv');
      expect([exitCode, stderr]).toEqual([6, expect.stringMatching(/[Ll]ine 2/)]);
      expect(stderr).toContain('csv.maxRecordBytes');
    }
  });

  it('one line in a gzip file that holds far more than its size', async () => {
    const gzip = createGzip();
    const piece = Buffer.alloc(1024 ** 2, 'x');
    const chunks: Buffer[] = [];
    gzip.on('data', (chunk: Buffer) => chunks.push(chunk));
    gzip.write('Region\n');
    for (let written = 0; written < BOMB_BYTES; written += piece.length) {
      if (!gzip.write(piece)) await once(gzip, 'drain');
    }
    gzip.end();
    await once(gzip, 'end');
    await work().write('bomb.csv.gz', Buffer.concat(chunks));
    const { exitCode, stderr } = await program('run', 'bomb.csv.gz');
    expect([exitCode, stderr]).toEqual([6, expect.stringContaining('csv.maxRecordBytes')]);
  });

  it('an input in UTF-16, which is converted', async () => {
    const lines = Buffer.from('Örebro,1\nBøl,2\n'.repeat(1e5), 'utf16le');
    const times = Math.ceil(LINE_BYTES / lines.length);
    const header = Buffer.from('\ufeffRegion,Amount\n', 'utf16le');
    await work().write('utf-16.csv', Buffer.concat([header, ...Array.from({ length: times }, () => lines)]));
    const { exitCode, stderr } = await program('run', 'utf-16.csv');
    expect(exitCode, stderr).toBe(0);
  });

  it('the columns of a header', async () => {
    let header = 'Region';
    for (let at = 0; header.length < HEADER_BYTES; at++) header += `,column ${at}`;
    await work().write('wide.csv', `${header}\n`);
    for (const command of ['map', 'run'] as const) {
      expect((await program(command, 'wide.csv')).exitCode).toBe(0);
    }
  });
});
