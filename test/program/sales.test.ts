import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fixture, useWorkFolder } from '../support/work-folder.js';

const JOB = fixture('jobs', 'sales.elt.yaml');
const DATES = [5, 7];
const MONEY = [9, 10, 11, 12, 13];

/** The one file from which the five files of raw/sales were cut. */
function allSales(): Buffer {
  const files = readdirSync(fixture('raw', 'sales')).sort();
  const texts = files.map((name) => readFileSync(fixture('raw', 'sales', name), 'latin1'));
  const [header = ''] = (texts[0] ?? '').split('\n', 1);
  return Buffer.from(`${header}\n${texts.map((text) => text.slice(header.length + 1)).join('')}`, 'latin1');
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('the sales job', () => {
  const work = useWorkFolder();
  const input = allSales();
  let mapped: Buffer;

  beforeAll(async () => {
    const result = await work().hadoopElt(['map', JOB], { input });
    expect(result.exitCode).toBe(0);
    mapped = result.bytes;
  });

  it('gives one line for each line of 10,000 real records and their header', () => {
    expect(input.toString('latin1').split('\n').length).toBe(10_002);
    expect(mapped.toString('latin1').split('\n').length).toBe(10_002);
  });

  it('agrees in every field with a computation that shares nothing with the mapper', () => {
    const before = input.toString('latin1').split('\n').slice(1, -1);
    const after = mapped.toString('latin1').split('\n').slice(1, -1);
    before.forEach((line, row) => {
      const expected = line.split(',').map((field, index) => {
        if (index === 0) return field.toUpperCase();
        if (DATES.includes(index)) return isoDate(field);
        if (index === 8) return roundHalfEven(field, 0);
        return MONEY.includes(index) ? roundHalfEven(field, 2) : field;
      });
      expect(after[row]).toBe(expected.join(','));
    });
  });

  it('keeps the header as it is', () => {
    expect(mapped.toString('latin1').split('\n', 1)).toEqual(input.toString('latin1').split('\n', 1));
  });

  it('gives the same SHA-256 from a built mapper in an empty folder, whatever the file is called', async () => {
    for (const name of ['deep/er/mapper.mjs', 'mapper.cjs', 'mapper.js', 'mapper']) {
      const built = await work().hadoopElt(['build', JOB, '-o', name]);
      expect(built.exitCode).toBe(0);
      const result = await work().node([name], { input });
      expect(result.stderr).toBe('');
      expect(sha256(result.bytes)).toBe(sha256(mapped));
    }
  });

  it('gives the same SHA-256 from the local engine in about 20 tasks, the parts joined in order', async () => {
    await work().write('all.csv', input);
    const args = ['--input', 'all.csv', '--output', 'out', '--split-size', '64KiB', '--state-dir', 'state'];
    const run = await work().hadoopElt(['run', JOB, ...args]);
    expect(run.exitCode).toBe(0);
    const parts = (await work().names('out')).filter((name) => name.startsWith('part-'));
    expect(parts.length).toBe(19);
    expect(sha256(await work().joinedParts('out'))).toBe(sha256(mapped));
  });

  it('names the SHA-256 of every part in the manifest', async () => {
    const run = await work().hadoopElt(['run', JOB, '--output', 'out', '--state-dir', 'state']);
    expect(run.exitCode).toBe(0);
    const manifest = JSON.parse(work().read('out', '_hadoop-elt', 'manifest.json').toString());
    expect(manifest.parts[0].splits).toHaveLength(5);
    for (const { name, sha256: named } of manifest.parts)
      expect(named).toBe(sha256(work().read('out', name)));
  });
});

describe('the indexed sales job', () => {
  const work = useWorkFolder();

  it('rounds every number to a whole one and drops the header', async () => {
    const input = readFileSync(fixture('raw', 'indexed-sales', 'indexed-sales.csv'));
    const result = await work().hadoopElt(['map', fixture('jobs', 'indexed-sales.elt.yaml')], { input });
    const lines = input.toString('latin1').split('\n').slice(1, -1);
    const expected = lines.map((line) =>
      line
        .split(',')
        .map((field, index) => {
          if (index === 1) return field.toUpperCase();
          if (index === 6 || index === 8) return isoDate(field);
          return index >= 9 ? roundHalfEven(field, 0) : field;
        })
        .join(','),
    );
    expect(result.stdout).toBe(`${expected.join('\n')}\n`);
  });
});

/** `7/4/2016` → `2016-07-04`, checked with Date's calendar. */
function isoDate(text: string): string {
  const [month = 0, day = 0, year = 0] = text.split('/').map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    ? date.toISOString().slice(0, 10)
    : 'Invalid-Date';
}

/** Half-even rounding of plain decimals, with integer arithmetic. */
function roundHalfEven(text: string, places: number): string {
  const [whole = '', fraction = ''] = text.split('.');
  const digits = BigInt(whole + fraction.padEnd(places, '0'));
  const dropped = Math.max(0, fraction.length - places);
  const unit = 10n ** BigInt(dropped);
  let rounded = digits / unit;
  const rest = (digits % unit) * 2n;
  if (rest > unit || (rest === unit && rounded % 2n === 1n)) rounded += 1n;
  const padded = rounded.toString().padStart(places + 1, '0');
  return places === 0 ? padded : `${padded.slice(0, -places)}.${padded.slice(-places)}`;
}
