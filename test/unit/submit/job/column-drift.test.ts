import { describe, expect, it } from 'vitest';
import { driftOf } from '../../../../submit/job/column-drift.js';
import { settleColumns } from '../../../../submit/job/settle-columns.js';
import { driftHint, driftLines } from '../../../../submit/report/words/drift-text.js';

const PLANNED = ['id', 'Order Date', 'name', 'amount'];

describe('driftOf', () => {
  it('finds nothing between equal headers', () => {
    expect(driftOf(PLANNED, PLANNED)).toEqual({ missing: [], added: [], renamed: [], moved: [] });
  });

  it('tells missing from new columns', () => {
    expect(driftOf(PLANNED, ['id', 'Order Date', 'amount', 'note', 'city'])).toMatchObject({
      missing: [{ name: 'name', index: 2 }],
      added: [
        { name: 'note', index: 3 },
        { name: 'city', index: 4 },
      ],
      renamed: [],
      moved: [],
    });
  });

  it('tells a rename by a name that is alike, wherever it stands, and by the place between the same neighbours', () => {
    expect(driftOf(PLANNED, ['id', 'name', 'amount', 'order_date']).renamed).toEqual([
      { from: { name: 'Order Date', index: 1 }, to: { name: 'order_date', index: 3 } },
    ]);
    expect(driftOf(PLANNED, ['id', 'Order Date', 'Kunde', 'amount']).renamed).toEqual([
      { from: { name: 'name', index: 2 }, to: { name: 'Kunde', index: 2 } },
    ]);
    // Two columns in that place: which one it is, nobody knows.
    expect(driftOf(PLANNED, ['id', 'Order Date', 'Kunde', 'Ort', 'amount']).renamed).toEqual([]);
  });

  it('names as few moved columns as explain the order', () => {
    expect(driftOf(['a', 'b', 'c', 'd'], ['d', 'a', 'b', 'c']).moved).toEqual([
      { name: 'd', from: 3, to: 0 },
    ]);
    expect(driftOf(['a', 'b', 'c', 'd'], ['a', 'c', 'b', 'd']).moved).toHaveLength(1);
    // What is missing or new moves no other column.
    expect(driftOf(['a', 'b', 'c'], ['x', 'b', 'c']).moved).toEqual([]);
  });

  it('pairs columns of the same name in their order', () => {
    expect(driftOf(['a', 'a', 'b'], ['b', 'a', 'a'])).toMatchObject({
      missing: [],
      moved: [{ name: 'b', from: 2, to: 0 }],
    });
    expect(driftOf(['a', 'b'], ['a', 'b', 'a']).added).toEqual([{ name: 'a', index: 2 }]);
  });

  it('is told as a list of differences, with what to do', () => {
    const found = ['Order Date', 'id', 'name', 'Amount', 'note'];
    const differ = { first: 'a.csv', firstNames: PLANNED, second: 'b.csv', secondNames: found };
    expect(driftLines(differ)).toEqual([
      '+ [4] "note"              new',
      '~ [3] "amount" → "Amount" probably renamed',
      '> [0] "id"                moved to [1]',
      'they have 4 and 5 columns',
    ]);
    expect(driftHint(differ)).toBe(
      'Correct the header where "Amount" means "amount". Set in the job file what fits: csv.columnOrder: byName reads columns by name; records.onDrift: fill writes empty fields for what is missing and takes new columns in at the end. Or give inputs with other columns a job of their own',
    );
  });
});

describe('settleColumns', () => {
  const planned = { names: PLANNED, of: 'input', name: 'a.csv' } as const;
  const settle = (
    names: readonly (readonly string[])[],
    rules: Partial<Parameters<typeof settleColumns>[2]>,
  ) =>
    settleColumns(
      planned,
      names.map((header, at) => ({ input: `${at}.csv`, names: header })),
      { columnOrder: 'same', onDrift: 'fail', isLoose: false, ...rules },
    );
  const differ = expect.objectContaining({ code: 'headers-differ' });
  const WIDER = ['id', 'note', 'Order Date', 'name', 'amount'];
  const NARROWER = ['id', 'name', 'amount'];
  const MOVED = ['name', 'id', 'Order Date', 'amount'];

  it('refuses other columns, and another order, by default', () => {
    for (const header of [WIDER, NARROWER, MOVED])
      expect(() => settle([PLANNED, header], {})).toThrow(differ);
    expect(settle([PLANNED, PLANNED], {})).toEqual({ names: PLANNED });
  });

  it('reads another order by name, and no other columns', () => {
    expect(settle([PLANNED, MOVED, MOVED], { columnOrder: 'byName' })).toEqual({
      names: PLANNED,
      layouts: [{ names: MOVED, inputs: ['1.csv', '2.csv'] }],
    });
    expect(() => settle([WIDER], { columnOrder: 'byName' })).toThrow(differ);
  });

  it('fills what is missing and takes in what is new, at the end', () => {
    const { names, layouts, drifted } = settle([PLANNED, WIDER, NARROWER], { onDrift: 'fill' });
    expect(names).toEqual([...PLANNED, 'note']);
    expect(layouts?.map(({ inputs }) => inputs)).toEqual([['0.csv'], ['1.csv'], ['2.csv']]);
    expect(drifted?.inputs.map(({ input }) => input)).toEqual(['1.csv', '2.csv']);
    // Another order is another question.
    expect(() => settle([MOVED], { onDrift: 'fill' })).toThrow(differ);
    expect(settle([MOVED.slice(1)], { onDrift: 'fill', columnOrder: 'byName' }).names).toEqual(PLANNED);
  });

  it('leaves out what is new, and refuses what is missing', () => {
    const { names, layouts } = settle([PLANNED, WIDER], { onDrift: 'ignoreNew' });
    expect(names).toEqual(PLANNED);
    expect(layouts).toEqual([{ names: WIDER, inputs: ['1.csv'] }]);
    expect(() => settle([NARROWER], { onDrift: 'ignoreNew' })).toThrow(differ);
    expect(() => settle([['ID', ...PLANNED.slice(1)]], { onDrift: 'ignoreNew' })).toThrow(differ);
  });

  it('keeps the spelling of a name that is not UTF-8, wherever it comes from', () => {
    const latin1 = { input: 'b.csv', names: ['id', 'café'], nameBytes: ['id', 'caf\u00e9'] };
    const { names, nameBytes } = settleColumns(
      { names: ['id'], of: 'published', name: 'r1' },
      [{ input: 'a.csv', names: ['id'] }, latin1],
      { columnOrder: 'same', onDrift: 'fill', isLoose: false },
    );
    expect([names, nameBytes]).toEqual([
      ['id', 'café'],
      ['id', 'caf\u00e9'],
    ]);
  });
});
