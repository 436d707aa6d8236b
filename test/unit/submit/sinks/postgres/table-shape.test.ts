import { describe, expect, it } from 'vitest';
import type { TableColumn } from '../../../../../submit/load-plan.js';
import { createStatement, differencesOf } from '../../../../../submit/sinks/postgres/table-shape.js';

const place = { schema: 'public', table: 't' };
const wanted = (name: string, type: string, more: Partial<TableColumn> = {}): TableColumn => ({
  name,
  from: name,
  type,
  because: 'a rule',
  isKey: false,
  ...more,
});
const there = (name: string, type: string, isRequired = false) => ({
  name,
  type,
  baseType: type,
  isRequired,
});

describe('the table that is there', () => {
  const difference = (one: TableColumn, has: string) =>
    differencesOf({ place, columns: [there('c', has)], uniqueKeys: [] }, [one]);

  it.each([
    ['date', 'date'],
    ['date', 'timestamp without time zone'],
    ['date', 'text'],
    ['numeric(38,2)', 'numeric(12,2)'],
    ['numeric(38,2)', 'numeric'],
    ['numeric(38,2)', 'character varying(20)'],
    ['bigint', 'integer'],
    ['text', 'jsonb'],
    ['text', 'integer'],
  ])('takes what rules write as %s in a column of %s', (type, has) => {
    expect(difference(wanted('c', type), has)).toEqual([]);
  });

  it.each([
    ['date', 'bigint'],
    ['timestamp without time zone', 'date'],
    ['timestamp with time zone', 'timestamp without time zone'],
    ['numeric(38,2)', 'numeric(12,1)'],
    ['numeric(38,2)', 'boolean'],
    ['boolean', 'integer'],
  ])(
    'does not take what rules write as %s in a column of %s: it would be lost in part, or wholly',
    (type, has) => {
      expect(difference(wanted('c', type), has)).toEqual([{ kind: 'type', column: 'c', wanted: type, has }]);
    },
  );

  it.each([
    ['varchar(5)', 'character varying(5)'],
    ['INT', 'integer'],
    ['timestamptz', 'timestamp with time zone'],
    ['numeric(9)', 'numeric(9,0)'],
    ['decimal(9, 2)', 'numeric(9,2)'],
  ])('has the type %s that the job file names as PostgreSQL spells it: %s', (type, has) => {
    expect(difference(wanted('c', type, { because: 'the job file' }), has)).toEqual([]);
  });

  it('is told what it lacks, and what it asks for', () => {
    const table = {
      place,
      columns: [there('a', 'text'), there('extra', 'integer', true), there('free', 'integer')],
      uniqueKeys: [['a', 'b']],
    };
    expect(differencesOf(table, [wanted('a', 'text', { isKey: true }), wanted('b', 'date')])).toEqual([
      { kind: 'missing', column: 'b', wanted: 'date' },
      { kind: 'required', column: 'extra', has: 'integer' },
      { kind: 'no-key', key: ['a'] },
    ]);
  });

  it('is created with quoted names, and the key as its primary key', () => {
    const columns = [wanted('order "x"', 'bigint', { isKey: true }), wanted('select', 'text')];
    expect(createStatement({ schema: 'S', table: 'a"; DROP TABLE b' }, columns)).toBe(
      'CREATE TABLE "S"."a""; DROP TABLE b" (\n  "order ""x""" bigint,\n  "select" text,\n  PRIMARY KEY ("order ""x""")\n)',
    );
  });
});
