import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MapperPlan, RulePlan } from '../../../../mapper/contract.js';
import { SOURCE_HASH } from '../../../../mapper/kernel/kernel-module.js';
import { currencyPairs, currencySigns } from '../../../../mapper/locales/currencies.js';
import { type KernelCase, kernelCases, outcomeOf } from '../../../support/kernel-cases.js';
import { mapperPlan, ruledColumn, taskAt } from '../../../support/mapper-harness.js';

/** Records that go through every part of the kernel, and some that it leaves to the reference. */
const INPUT = [
  'Region,Ordered,Units,Note',
  'Middle East and North Africa,12/21/2015,1368.5,kept as it is',
  '"Asia, and more",7/26/2010,-0.4,"a ""quoted"" note, with a comma"',
  '"Europe"," 1/1/2016 ","1e2","plain"',
  'Österreich,2/30/2015,none,5" pipe',
  'a,b',
  '"Region",Ordered,Units,"Note"',
  '日本,,999.5,',
  '"spans',
  'lines",1/1/2015,9.5,x',
  'text "after" it,1/2/2015,123456789012345678901234567890.5,\xff',
].join('\r\n');

function planOf(parts: Partial<MapperPlan['csv']> = {}): MapperPlan {
  return mapperPlan({
    csv: { names: ['Region', 'Ordered', 'Units', 'Note'], quotedLineBreaks: 'yes', ...parts },
    columns: [
      ruledColumn('Region', 'upper'),
      ruledColumn(
        'Ordered',
        { date: { from: ['M/d/yyyy'], to: 'yyyy-MM-dd' } },
        { action: 'marker', text: 'no date' },
      ),
      ruledColumn('Units', { places: 0 }, { action: 'blank' }),
    ],
    records: { malformed: 'pass' },
  });
}

function expectSame(kernelCase: KernelCase): void {
  expect(outcomeOf(kernelCase, 'kernel')).toEqual(outcomeOf(kernelCase, 'reference'));
}

describe('the kernel', () => {
  it('gives the bytes, counts and failures of the reference, whatever the plan, the input and the chunks', () => {
    fc.assert(fc.property(kernelCases, expectSame), { numRuns: 800 });
  }, 120_000);

  it('gives them with chunks of any size', () => {
    const input = Buffer.from(INPUT, 'utf8').toString('latin1');
    for (let chunkBytes = 1; chunkBytes <= input.length; chunkBytes++) {
      expectSame({ plan: planOf(), task: null, input, chunkBytes });
    }
  });

  it('gives them wherever a record stands in the blocks that are read at once', () => {
    for (let before = 0; before < 70; before++) {
      const input = `${'x'.repeat(before)},1/1/2015,1,y\n${Buffer.from(INPUT, 'utf8').toString('latin1')}`;
      expectSame({ plan: planOf(), task: null, input, chunkBytes: 1_000_000 });
    }
  });

  it('gives them for lines that are as long as one may be for the kernel', () => {
    const rule = (name: string) => ({ rule: name, onInvalid: { action: 'keep' } }) as const;
    const [, ...others] = planOf().columns;
    const chain = { column: 'Region', rules: [rule('upper'), rule('trim'), rule('lower')] };
    const line = (bytes: number) => `${'x'.repeat(bytes - ',1/1/2015,1,y\n'.length)},1/1/2015,1,y\n`;
    const longest = 256 * 1024;
    const lengths = [longest - 1, 100, longest, longest + 1, 20_000, 350_000, 30, 399_000, 200_000, 200_000];
    const input = `${Buffer.from(INPUT, 'utf8').toString('latin1')}\n${lengths.map(line).join('')}`;
    for (const columns of [planOf().columns, [chain, ...others]]) {
      for (const chunkBytes of [1_000_000, 300_000, 65_536]) {
        expectSame({ plan: { ...planOf(), columns }, task: null, input, chunkBytes });
      }
    }
  });

  it('gives them for lines longer than a piece, and for output larger than its room', () => {
    const record = `"${'é,'.repeat(200)}",12/21/2015,0.5,"${'n'.repeat(300)}"\n`;
    const input = Buffer.from(
      `${record.repeat(900)}${'x'.repeat(300_000)},1/1/2015,1,y\n${'z,,,\n'.repeat(70_000)}`,
      'utf8',
    ).toString('latin1');
    const plan = planOf();
    const columns = [ruledColumn('Units', { places: 20 }, { action: 'marker', text: 'm'.repeat(500) })];
    for (const chunkBytes of [1_000_000, 65_536]) {
      expectSame({ plan, task: null, input, chunkBytes });
      expectSame({ plan: { ...plan, columns }, task: null, input, chunkBytes });
    }
  });

  it('gives them for more rejected records than the kernel notes at once, among others and alone', () => {
    const amount = { rule: 'round', places: 0, mode: 'half-even' } as const;
    const rules: RulePlan[] = [
      { rule: 'type', name: 'decimal', onInvalid: { action: 'reject' } },
      { ...amount, onInvalid: { action: 'keep' } },
    ];
    const text = { column: 'Region', rules: [{ rule: 'upper', onInvalid: { action: 'keep' } }] } as const;
    const day = ruledColumn(
      'Ordered',
      { date: { from: ['M/d/yyyy'], to: 'yyyy-MM-dd' } },
      { action: 'keep' },
    );
    const reject = ruledColumn('Units', { places: 0 }, { action: 'reject' });
    const rejected = Array.from({ length: 3000 }, (_, at) => `a${at},1/1/2015,none,x\n`).join('');
    const mixed = Array.from({ length: 9000 }, (_, at) => {
      const units = at % 3 === 1 ? 'none' : at % 500 === 0 ? '1e2' : '7.5';
      return `é${at},${at % 7 === 3 ? '2/30/2015' : '1/1/2015'},${units},"a, b"\n`;
    }).join('');
    const input = Buffer.from(`${rejected}${mixed}${rejected}`, 'utf8').toString('latin1');
    for (const units of [reject, { column: 'Units', rules }]) {
      for (const chunkBytes of [1_000_000, 65_536]) {
        for (const columns of [
          [day, units],
          [text, day, units],
        ]) {
          expectSame({ plan: { ...planOf(), columns }, task: taskAt(0, true), input, chunkBytes });
        }
      }
    }
  });

  it('takes no NUL for a sign of a currency, nor for the end of one', () => {
    const rule: RulePlan = {
      ...{ rule: 'round', places: 0, mode: 'half-even', locale: 'en', currency: true },
      onInvalid: { action: 'marker', text: 'no amount' },
    };
    const plan = { ...planOf(), columns: [{ column: 'Units', rules: [rule] }] };
    const input = 'a,b,\x007,c\na,b,$\x007,c\na,b,7A$\0,c\na,b,A$7,c\n';
    expectSame({ plan, task: null, input, chunkBytes: 1000 });
    const { output } = outcomeOf({ plan, task: null, input, chunkBytes: 1000 }, 'kernel') as {
      output: string;
    };
    expect(output.split('\n').map((line) => line.split(',')[2])).toEqual([
      ...['no amount', 'no amount', 'no amount', '7'],
      undefined,
    ]);
  });

  it('knows of any two signs and codes whether they are of one currency', () => {
    const rule: RulePlan = {
      ...{ rule: 'round', places: 0, mode: 'half-even', locale: 'en', currency: true },
      onInvalid: { action: 'marker', text: 'no' },
    };
    const signs = [...currencySigns(), 'usd', 'EUR', 'Xxx', 'zzz'];
    const codes = ['USD', 'eur', 'Gbp', 'CZK', 'XYZ', ...signs.filter((_, index) => index % 9 === 0)];
    const amounts = [
      ...signs.flatMap((sign) => codes.flatMap((code) => [`${sign}7 ${code}`, `${code} ${sign} 7`])),
      ...[...currencyPairs()].flatMap((pair) => [
        `7 ${pair}`,
        pair.replace(' ', '7'),
        `${pair.toLowerCase()} 7`,
      ]),
    ];
    const plan = { ...planOf(), columns: [{ column: 'Units', rules: [rule] }] };
    const input = Buffer.from(amounts.map((amount) => `a,b,${amount},c\n`).join(''), 'utf8').toString(
      'latin1',
    );
    expectSame({ plan, task: null, input, chunkBytes: 100_000 });
  });

  it('has room for all pairs of ASCII, for of others it asks the reference', () => {
    const ofAscii = [...currencyPairs()].filter((pair) => /^[ -~]+$/.test(pair));
    expect(ofAscii.filter((pair) => pair.length > 8)).toEqual([]);
    expect(ofAscii.length).toBeGreaterThan(100);
  });

  it('is compiled from its sources as they are', async () => {
    // By a variable, for it is no TypeScript.
    const path = '../../../../mapper/kernel/assembly/source-hash.mjs';
    const { hashSources } = (await import(path)) as { hashSources: () => string };
    expect(SOURCE_HASH, 'run mapper/kernel/assembly/compile.mjs').toBe(hashSources());
  });
});
