import { describe, expect, it } from 'vitest';
import type { MapperPlan } from '../../../../mapper/contract.js';
import { codeFor } from '../../../../submit/job/bundle.js';

const CODE = `const HADOOP_ELT_LATER_PATTERNS = "…";
const HADOOP_ELT_LATER_HASHES = "…";
const HADOOP_ELT_LATER_ROUNDING = "…";
const HADOOP_ELT_LATER_CSV = "…";
const HADOOP_ELT_LATER_COMPUTING = "…";
const HADOOP_ELT_LOCALES = {
  de: { decimal: ',' },
  'de-AT': { group: ' ' },
  'de-CH': { decimal: '.' },
  en: { decimal: '.' },
  'en-US': { group: ',' },
  fr: { decimal: ',' },
}; // The end of HADOOP_ELT_LOCALES
const HADOOP_ELT_ZONES = {
  'Europe/Berlin': 'CET',
}; // The end of HADOOP_ELT_ZONES
main();
`;

/** The names in the code for a job with this rule. */
function keptFor(
  rule: string,
  options: Readonly<Record<string, string | number>> = {},
  columns: Pick<MapperPlan['output'], 'columns'> = {},
): (string | undefined)[] {
  const plan: MapperPlan = {
    job: 'job',
    csv: { delimiter: ',', header: true, names: null, quotedLineBreaks: 'auto', maxRecordBytes: 1 },
    columns: [{ column: 'a', rules: [{ ...options, rule, onInvalid: { action: 'keep' } }] }],
    records: { wrongFieldCount: 'fail', malformed: 'fail' },
    output: { header: 'keep', ...columns },
  };
  return [
    ...codeFor(CODE, plan).matchAll(/^(?:const HADOOP_ELT_| *'?)(LATER_\w+|[A-Za-z/-]+)'?(?:: | = ")/gm),
  ].map(([, name]) => name);
}

describe('the code of a mapper', () => {
  it('has what every mapper may need', () => {
    expect(keptFor('upper')).toEqual(['LATER_CSV', 'en']);
  });
  it('has what its rules need', () => {
    expect(keptFor('round', { places: 2 })).toEqual(['LATER_ROUNDING', 'LATER_CSV', 'en']);
    expect(keptFor('hash')).toEqual(['LATER_HASHES', 'LATER_CSV', 'en']);
    expect(keptFor('matches', { pattern: 'a' })).toEqual(['LATER_PATTERNS', 'LATER_CSV', 'en']);
  });
  it('has what computed columns need', () => {
    const compute = { expression: 'a * 2', onInvalid: { action: 'blank' } } as const;
    const columns = [{ name: 'twice', from: null, compute, rules: [] }];
    expect(keptFor('upper', {}, { columns })).toEqual(['LATER_CSV', 'LATER_COMPUTING', 'en']);
  });
  it('has the locale of a rule, and those that it is based on', () => {
    expect(keptFor('upper', { locale: 'de_at' })).toEqual(['LATER_CSV', 'de', 'de-AT', 'en']);
    expect(keptFor('upper', { locale: 'de' })).toEqual(['LATER_CSV', 'de', 'en']);
  });
  it('has zones where a rule names one', () => {
    expect(keptFor('date', { zone: 'Europe/Berlin' })).toEqual(['LATER_CSV', 'en', 'Europe/Berlin']);
  });
});
