import { describe, expect, it } from 'vitest';
import { lowerRule } from '../../../../mapper/rules/lower.js';
import { trimRule } from '../../../../mapper/rules/trim.js';
import { upperRule } from '../../../../mapper/rules/upper.js';

const upper = upperRule.make({});
const lower = lowerRule.make({});
const trim = trimRule.make({});

const ok = (text: string) => ({ ok: true, text });

describe('upper', () => {
  it('knows all of Unicode and no locale', () => {
    expect(upper.apply('straße, ñandú, ﬁ, ıi')).toEqual(ok('STRASSE, ÑANDÚ, FI, II'));
  });
  it('leaves letters that got a case after Unicode 15.1, as the oldest Node does', () => {
    expect(upper.apply('aɤb ƛ')).toEqual(ok('AɤB ƛ'));
    expect(lower.apply('A\ua7cbB\ua7dc')).toEqual(ok('a\ua7cbb\ua7dc'));
  });
  it('knows the two i of Turkish, where that is named', () => {
    expect(upperRule.make({ locale: 'tr' }).apply('iı')).toEqual(ok('İI'));
    expect(lowerRule.make({ locale: 'az-Latn' }).apply('Iİ')).toEqual(ok('ıi'));
    expect(upperRule.make({ locale: 'de' }).apply('iß')).toEqual(ok('ISS'));
  });
  it('changes only ASCII letters in bytes that are not UTF-8', () => {
    expect(upper.applyToBytes('az{`\xe9\xe0\xff\xdf\xb5')).toEqual(ok('AZ{`\xe9\xe0\xff\xdf\xb5'));
  });
});

describe('lower', () => {
  it('knows all of Unicode and no locale', () => {
    expect(lower.apply('ÑANDÚ ΟΔΟΣ I')).toEqual(ok('ñandú οδος i'));
  });
  it('changes only ASCII letters in bytes that are not UTF-8', () => {
    expect(lower.applyToBytes('AZ[@\xc9')).toEqual(ok('az[@\xc9'));
  });
});

describe('trim', () => {
  it('takes white space off both ends', () => {
    expect(trim.apply(' \t\n\u00a0\u3000a b\u2003 ')).toEqual(ok('a b'));
    expect(trim.apply('   ')).toEqual(ok(''));
  });
  it('takes only ASCII white space off bytes that are not UTF-8', () => {
    expect(trim.applyToBytes(' \t\xa0a\x85\v\f\n')).toEqual(ok('\xa0a\x85'));
  });
});
