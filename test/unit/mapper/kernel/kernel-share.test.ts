import { describe, expect, it } from 'vitest';
import type { MapperPlan, OutputColumnPlan } from '../../../../mapper/contract.js';
import { bundleMapper } from '../../../../submit/job/bundle.js';
import { kernelShareOf } from '../../../support/kernel-share.js';
import { mapperPlan, ruledColumn } from '../../../support/mapper-harness.js';

const NAMES = ['id', 'Region', 'Ordered', 'Total'];
const COLUMNS = [
  ruledColumn('Region', 'upper'),
  ruledColumn('Ordered', { date: { from: ['M/d/yyyy'], to: 'yyyy-MM-dd' } }),
  ruledColumn('Total', { places: 1 }),
];
const column = (from: string, name: string | null = null): OutputColumnPlan => ({
  ...{ name, from, rules: [] },
});

/** The share of records that the kernel maps, of data in which one field of four is `mark`. */
function shareOf(plan: MapperPlan, delimiter = ',', mark = '7'): number {
  const records = Array.from({ length: 5000 }, (_, index) =>
    [index, 'Asia', `${1 + (index % 12)}/21/2015`, `${index}.25`].with(index % 4, mark).join(delimiter),
  );
  const data = Buffer.from(`${[NAMES.join(delimiter), ...records].join('\n')}\n`);
  return kernelShareOf(bundleMapper('', plan).text, data);
}

describe('the kernel maps nearly all records', () => {
  it('where columns are selected, renamed, moved and repeated', () => {
    const columns = [column('Total', 'revenue'), column('id'), column('Ordered'), column('id', 'again')];
    const plan = mapperPlan({
      ...{ csv: { names: NAMES }, columns: COLUMNS },
      output: { header: 'every-part', columns },
    });
    expect(shareOf(plan)).toBeGreaterThan(0.99);
  });
  it('where fields are null, and the output has another delimiter and a text for nulls', () => {
    const csv = { names: NAMES, delimiter: ';', nulls: ['\\N', 'NULL'] };
    const output = { header: 'every-part', csv: { delimiter: '|', null: '-' } } as const;
    expect(shareOf(mapperPlan({ csv, columns: COLUMNS, output }), ';', '\\N')).toBeGreaterThan(0.99);
  });
  it('where both come together, with a rule of the output', () => {
    const csv = { names: NAMES, delimiter: ';', nulls: ['NULL'] };
    const year = { rule: 'date', from: ['yyyy-MM-dd'], to: 'yyyy', onInvalid: { action: 'blank' } } as const;
    const columns = [{ name: 'year', from: 'Ordered', rules: [year] }, column('Region'), column('id')];
    const plan = mapperPlan({ csv, columns: COLUMNS, output: { header: 'every-part', columns } });
    expect(shareOf(plan, ';', 'NULL')).toBeGreaterThan(0.99);
  });
  it('but none of those that where has to judge', () => {
    const where = { column: 'Region', test: { rule: 'required', onInvalid: { action: 'keep' } } } as const;
    expect(shareOf({ ...mapperPlan({ csv: { names: NAMES }, columns: COLUMNS }), where })).toBe(0);
  });
});
