import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atPlace, sumOfDigests } from '../../../../mapper/digest/digest.js';
import { openDigests } from '../../../../mapper/digest/digests.js';
import { RecordScanner } from '../../../../mapper/records/scanner.js';
import { mapperPlan, ruledColumn, runMapperOn, taskAt } from '../../../support/mapper-harness.js';
import { asHadoopGives, hostileCsv, physicalLines, wellFormedCsv } from '../../../support/mapper-inputs.js';

const NAMES = ['x', 'y', 'z'];
const columns = [
  ruledColumn('x', 'upper'),
  ruledColumn('y', { places: 1 }, { action: 'reject' }),
  ruledColumn('z', { places: 0 }, { action: 'marker', text: 'bad\nline' }),
];
const planWith = (quotedLineBreaks: 'yes' | 'no', maxRecordBytes = 1000) =>
  mapperPlan({
    csv: { names: NAMES, maxRecordBytes, quotedLineBreaks },
    columns,
    records: { wrongFieldCount: 'reject', malformed: 'reject' },
  });

/** The definition, on lines that another program than the framer found. */
function digestOfText(text: string): string {
  const { lines } = openDigests(null);
  lines.add(Buffer.from(asHadoopGives(text), 'latin1'));
  return lines.value;
}
function digestOfOutput(output: string, taskNumber: number): string {
  const { bytes } = openDigests(null);
  bytes.add(Buffer.from(output, 'latin1'));
  return atPlace(bytes.end(), taskNumber);
}
function digestOfScan(text: string, chunkBytes: number, quotedLineBreaks: 'yes' | 'no' = 'yes'): string {
  const scanner = new RecordScanner({ delimiter: ',', quotedLineBreaks, maxRecordBytes: 1000 });
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += chunkBytes) scanner.push(bytes.subarray(at, at + chunkBytes));
  return scanner.end().linesDigest;
}

const inputs = fc
  .array(fc.oneof(hostileCsv, wellFormedCsv(true), fc.constant('x,y,z\r\na,7.25,1\n')), { maxLength: 5 })
  .map((pieces) => pieces.join(''));

describe('digests of what a mapper reads and writes', () => {
  const paths = fc.constantFrom('kernel' as const, 'reference' as const);
  const emits = fc.constantFrom('records' as const, 'rejects' as const);
  const lineBreaks = fc.constantFrom('yes' as const, 'no' as const);

  it('are those of the definition, on every path and in chunks of any size', () => {
    fc.assert(
      fc.property(
        inputs,
        paths,
        emits,
        lineBreaks,
        fc.integer({ min: 1, max: 40 }),
        (input, path, emit, breaks, chunkBytes) => {
          const task = { ...taskAt(), attemptId: 'attempt_1_0001_m_000012_0' };
          const plan = planWith(breaks, 30);
          const { output, digests, failure } = runMapperOn(plan, input, { task, path, emit, chunkBytes });
          expect(failure).toBe(null);
          expect(digests).toEqual({
            read: digestOfText(input),
            written: digestOfOutput(output, 12),
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('of the splits of an input add up to the digest of its scan', () => {
    fc.assert(
      fc.property(inputs, fc.nat(), fc.nat(), fc.boolean(), (input, one, other, hasBom) => {
        const lines = physicalLines(input);
        const cuts = [one, other].map((cut) => cut % (lines.length + 1)).sort((a, b) => a - b);
        const [from = 0, to = 0] = cuts;
        const splits = [lines.slice(0, from), lines.slice(from, to), lines.slice(to)];
        const read = splits.map((split) => {
          const text = asHadoopGives(split.join(''));
          return runMapperOn(planWith('no'), text, { task: taskAt() }).digests?.read ?? '';
        });
        const text = `${hasBom ? '\xef\xbb\xbf' : ''}${input}`;
        for (const chunkBytes of [1, 5, 64, 4096]) {
          expect(digestOfScan(text, chunkBytes)).toBe(sumOfDigests(read));
          expect(digestOfScan(text, chunkBytes, 'no')).toBe(sumOfDigests(read));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are the same at every chunk boundary, with each kind of line end, a byte order mark, or no final line end', () => {
    const text = '\xef\xbb\xbfx,y,z\r\n\ra,1,2\r\r\n"b\r\nc",3,4\n\n"d"e,5\r\nlast,"6';
    const expected = digestOfText(text.slice(3));
    for (let cut = 0; cut <= text.length; cut++) {
      const scanner = new RecordScanner({ delimiter: ',', quotedLineBreaks: 'yes', maxRecordBytes: 1000 });
      for (const piece of [text.slice(0, cut), text.slice(cut)]) scanner.push(Buffer.from(piece, 'latin1'));
      expect(scanner.end().linesDigest, String(cut)).toBe(expected);
    }
  });

  it.each([300 * 1024, 1_000_017])('are right for a line of %i bytes, longer than every buffer', (length) => {
    const line = 'abcdefghij,'.repeat(Math.ceil(length / 11)).slice(0, length);
    const text = `x,y,z\n${line}\n"${line}\n`;
    const plan = {
      ...planWith('no', 64 * 1024 ** 2),
      records: { wrongFieldCount: 'pass', malformed: 'pass' },
    } as const;
    const expected = digestOfScan(text, 64 * 1024);
    // The definition is slow: it looks at one length only.
    if (length < 1024 ** 2) expect(expected).toBe(digestOfText(text));
    for (const path of ['kernel', 'reference'] as const) {
      const { digests, failure, output } = runMapperOn(plan, text, {
        task: taskAt(),
        path,
        chunkBytes: 100_000,
      });
      expect(failure).toBe(null);
      expect(digests?.read).toBe(expected);
      const { bytes } = openDigests();
      bytes.add(Buffer.from(output, 'latin1'));
      expect(digests?.written).toBe(atPlace(bytes.end(), 0));
    }
  });

  it('are not taken in a pipe', () => {
    expect(runMapperOn(planWith('yes'), 'x,y,z\n').digests).toBe(null);
  });
});
