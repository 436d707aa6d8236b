import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEADER_CHOICES, type MapperCounts } from '../../../mapper/contract.js';
import { RecordScanner } from '../../../mapper/records/scanner.js';
import {
  mapperPlan,
  REJECTS_HEADER,
  ruledColumn,
  runMapperOn,
  taskAt,
} from '../../support/mapper-harness.js';
import { asHadoopGives, hostileCsv, physicalLines, wellFormedCsv } from '../../support/mapper-inputs.js';
import { isThorough } from '../../support/thoroughness.js';

const NAMES = ['x', 'y', 'z'];
const rules = [
  ruledColumn('x', 'upper'),
  ruledColumn('y', { places: 1 }, { action: 'reject' }),
  ruledColumn('z', { places: 0 }, { action: 'marker', text: 'bad' }),
];

/** Hostile CSV in which headers turn up, once or more than once. */
const inputs = fc
  .tuple(
    fc.array(fc.oneof(hostileCsv, wellFormedCsv(false), fc.constant('x,y,z\n"q",7.25,1\n')), {
      maxLength: 5,
    }),
    fc.boolean(),
  )
  .map(([pieces, header]) => (header ? 'x,y,z\r\n' : '') + pieces.join(''));

const plans = fc
  .record({
    wrongFieldCount: fc.constantFrom('pass' as const, 'pad' as const, 'reject' as const),
    malformed: fc.constantFrom('pass' as const, 'reject' as const),
    header: fc.constantFrom(...HEADER_CHOICES),
    maxRecordBytes: fc.constantFrom(10, 1000),
  })
  .map(({ header, maxRecordBytes, ...records }) =>
    mapperPlan({ csv: { names: NAMES, maxRecordBytes }, columns: rules, records, output: { header } }),
  );

describe('the scan', () => {
  it('counts records and headers as the mapper does', () => {
    fc.assert(
      fc.property(inputs, plans, (input, plan) => {
        const scanner = new RecordScanner({ ...plan.csv, columnNames: NAMES });
        scanner.push(Buffer.from(input, 'latin1'));
        const { records, headers } = scanner.end();
        const { counts } = runMapperOn(plan, input);
        expect([records - headers, headers]).toEqual([counts.recordsRead, counts.headers]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('cutting an input at line ends', () => {
  it('gives the same joined output and counts, in records and in rejects, but for the header of each part', () => {
    const emits = fc.constantFrom('records' as const, 'rejects' as const);
    const cuts = fc.array(fc.nat(), { maxLength: 4 });
    fc.assert(
      fc.property(inputs, plans, emits, cuts, fc.boolean(), (input, plan, emit, at, hadoop) => {
        const scanner = new RecordScanner(plan.csv);
        scanner.push(Buffer.from(input, 'latin1'));
        const spans = scanner.end().firstSpanningLine !== null;
        const whole = runMapperOn(plan, input, { emit });
        expect(whole.failure).toBe(null);

        // What a submitter makes of the scan: files with spanning records stay whole.
        const text = input.replace(/^\xef\xbb\xbf/, '');
        const taskPlan = {
          ...plan,
          csv: { ...plan.csv, quotedLineBreaks: spans ? ('yes' as const) : ('no' as const) },
        };
        const pieces = spans ? [text] : cutAtLineEnds(text, at);
        const linesBefore: Record<number, number> = {};
        let lines = 0;
        const parts = pieces.map((piece, index) => {
          linesBefore[index * 10] = lines;
          const part = runMapperOn(taskPlan, hadoop ? asHadoopGives(piece) : piece, {
            emit,
            task: taskAt(index * 10, index === 0),
            // What the submitter knows: a pipe calls its input "-".
            places: { '/raw/a.csv': { name: '-', linesBefore } },
            chunkBytes: 7,
          });
          lines += part.counts.linesRead;
          return part;
        });
        const { header } = plan.output;
        const own = emit === 'rejects' ? REJECTS_HEADER : 'x,y,z\n';
        const inEvery = emit === 'rejects' || header === 'every-part';
        const hasHeader = (index: number) => inEvery || (header === 'first-part' && index === 0);
        const bodies = parts.map(({ output }, index) => {
          if (!hasHeader(index)) return output;
          expect(output.startsWith(own)).toBe(true);
          return output.slice(own.length);
        });
        const body = hasHeader(0) ? whole.output.slice(own.length) : whole.output;
        expect(bodies.join('')).toBe(body);
        const more = inEvery ? parts.length - 1 : 0;
        const { linesWritten, headersAdded } = whole.counts;
        expect(sum(parts.map(({ counts }) => counts))).toEqual({
          ...whole.counts,
          linesWritten: linesWritten + more,
          headersAdded: headersAdded + more,
        });
      }),
      { numRuns: isThorough ? 1500 : 500 },
    );
  });
});

describe('cutting an input anywhere into chunks', () => {
  it('gives the same bytes', () => {
    fc.assert(
      fc.property(inputs, plans, fc.integer({ min: 1, max: 30 }), (input, plan, chunkBytes) => {
        expect(runMapperOn(plan, input, { chunkBytes })).toEqual(runMapperOn(plan, input));
      }),
      { numRuns: 500 },
    );
  });
});

describe('mapping the output again', () => {
  it('changes nothing where rules change nothing', () => {
    const plan = mapperPlan({ csv: { names: NAMES }, records: { malformed: 'reject' } });
    fc.assert(
      fc.property(inputs, (input) => {
        const once = runMapperOn(plan, input).output;
        // A byte order mark is dropped once; what looks like one behind it is data the first time only.
        fc.pre(!once.startsWith('\xef\xbb\xbf'));
        expect(runMapperOn(plan, once).output).toBe(once);
      }),
      { numRuns: 300 },
    );
  });
});

function cutAtLineEnds(text: string, at: readonly number[]): string[] {
  const lines = physicalLines(text);
  const bounds = [0, ...at.map((n) => n % (lines.length + 1)).sort((a, b) => a - b), lines.length];
  return bounds.slice(1).map((end, index) => lines.slice(bounds[index], end).join(''));
}

function sum(all: readonly MapperCounts[]): MapperCounts {
  const total = runMapperOn(mapperPlan({ csv: { names: NAMES }, columns: rules }), '').counts;
  for (const counts of all) {
    for (const key of Object.keys(counts) as (keyof MapperCounts)[]) {
      if (key !== 'invalid') (total[key] as number) += counts[key] as number;
    }
    for (const [label, amount] of Object.entries(counts.invalid)) {
      total.invalid[label] = (total.invalid[label] ?? 0) + amount;
    }
  }
  return total;
}
