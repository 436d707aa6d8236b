import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../../mapper/rules/catalogue.js';
import { readOptions } from '../../../../mapper/rules/options.js';
import type { FieldRule } from '../../../../mapper/rules/rule.js';
import type { RuleCatalogue } from '../../../../mapper/rules/rule-catalogue.js';

const RULES: RuleCatalogue = CATALOGUE;

function make(name: string, written: unknown): FieldRule {
  const rule = RULES.find(name);
  if (rule === undefined) throw new Error(`No rule ${name}`);
  const { values, flaws } = readOptions(rule.options, optionsOf(name, written));
  expect(flaws).toEqual([]);
  return rule.make(values);
}

function flawsOf(name: string, written: unknown): readonly object[] {
  return readOptions(RULES.find(name)?.options ?? {}, optionsOf(name, written)).flaws;
}

function optionsOf(name: string, written: unknown): Record<string, unknown> {
  const main = RULES.find(name)?.main ?? null;
  return main === null ? (written as Record<string, unknown>) : { [main]: written };
}

/** Whether a text has no lone surrogate: only then UTF-8 can hold it. */
function isWellFormed(text: string): boolean {
  return Buffer.from(text).toString() === text;
}

/** The text, or the reason in brackets. */
function applied(rule: FieldRule, text: string): string {
  const result = rule.apply(text);
  return result.ok ? result.text : `[${result.reason}]`;
}

describe('replace', () => {
  it('replaces whole values before patterns, and leaves all else as it is', () => {
    const rule = make('replace', { '/^a/': 'pattern', abc: 'value', 'n/a': '' });
    expect(['abc', 'abd', 'n/a', 'N/A', ''].map((text) => applied(rule, text))).toEqual([
      'value',
      'patternbd',
      '',
      'N/A',
      '',
    ]);
  });
  it('replaces everything that the first pattern finds, with its groups', () => {
    const rule = make('replace', { '/(\\d+)-(\\d+)/': '$2:$1', '/\\d/i': '$$$0' });
    expect(applied(rule, 'x 1-22, 3-4')).toBe('x 22:1, 4:3');
    expect(applied(rule, 'a7b8')).toBe('a$7b$8');
    expect(applied(make('replace', { '/x*/': '-' }), 'aéx😀')).toBe('-a-é--😀-');
  });
  it('takes no value for a member of an object', () => {
    expect(applied(make('replace', { a: 'b' }), 'constructor')).toBe('constructor');
  });
  it('refuses patterns that are none, or that can go back over the text', () => {
    expect(flawsOf('replace', { '/(/': 'x' })).toMatchObject([{ item: '/(/', message: /missing closing/ }]);
    expect(flawsOf('replace', { '/a(?=b)/': '' })).toMatchObject([{ accepted: /look-around/ }]);
    expect(flawsOf('replace', { '/a/g': '' })).toMatchObject([{ message: /flag "g"/ }]);
    expect(flawsOf('replace', { '/(a)/': '$2' })).toMatchObject([
      { message: /group 2, but the pattern has 1/ },
    ]);
    expect(flawsOf('replace', { a: 1 })).toMatchObject([{ accepted: /in quotes/ }]);
    expect(flawsOf('replace', {})).toHaveLength(1);
  });
});

describe('patterns', () => {
  it('take time that grows with the text alone', () => {
    const text = `${'a'.repeat(30_000)}!`;
    for (const pattern of [
      '/^(a+)+$/',
      '/^(a|a)*$/',
      '/^(a|aa)+$/',
      '/(.*)*b/',
      '/^(\\w+\\s?)*$/',
      '/a*a*a*a*b/',
    ]) {
      const startedMs = performance.now();
      expect(applied(make('matches', pattern), text)).toMatch(/^\[does not match/);
      expect(performance.now() - startedMs).toBeLessThan(10_000);
    }
  });
  it('are found anywhere, with slashes or without', () => {
    expect(applied(make('matches', 'b'), 'abc')).toBe('abc');
    expect(applied(make('matches', '/^B$/i'), 'b')).toBe('b');
    expect(applied(make('matches', '^b$'), 'abc')).toBe('[does not match ^b$]');
    expect(flawsOf('matches', '[z-a]')).toMatchObject([{ message: /invalid character class range/ }]);
  });
});

describe('default, required and oneOf', () => {
  it('look at empty fields and at null', () => {
    expect(applied(make('default', 'none'), '')).toBe('none');
    expect(applied(make('default', 'none'), ' ')).toBe(' ');
    expect(make('default', 'none').onNull).toEqual({ ok: true, text: 'none' });
    expect(applied(make('required', {}), '')).toBe('[empty]');
    expect(applied(make('required', {}), ' ')).toBe(' ');
    expect(make('required', {}).onNull).toEqual({ ok: false, reason: 'null' });
    expect(make('oneOf', ['a', 'b']).onNull).toEqual({ ok: false, reason: 'null is not one of a, b' });
    expect(make('oneOf', ['a', '']).onNull).toEqual({ ok: true, text: '' });
  });
  it('oneOf accepts its texts exactly', () => {
    const rule = make('oneOf', ['Asia', 'Europe']);
    expect(['Asia', 'asia', ' Asia', ''].map((text) => applied(rule, text))).toEqual([
      'Asia',
      '[not one of Asia, Europe]',
      '[not one of Asia, Europe]',
      '[not one of Asia, Europe]',
    ]);
    const many = Array.from({ length: 12 }, (_, index) => String(index));
    expect(applied(make('oneOf', many), 'x')).toBe('[not one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more]');
    expect(flawsOf('oneOf', [1, 2])).toMatchObject([{ accepted: /in quotes/ }]);
  });
});

describe('type', () => {
  const accepts = (name: string, text: string) => make('type', name).apply(text).ok;
  it('judges integers, booleans and dates', () => {
    expect(['0', '-7', '+12', '007', '9'.repeat(50)].every((text) => accepts('integer', text))).toBe(true);
    expect(['', ' 1', '1.0', '1e3', '1,000', '٣', '--1'].some((text) => accepts('integer', text))).toBe(
      false,
    );
    expect(['true', 'FALSE', 'True'].every((text) => accepts('boolean', text))).toBe(true);
    expect(['1', 'yes', 't', ''].some((text) => accepts('boolean', text))).toBe(false);
    expect(['2024-02-29', '0001-01-01'].every((text) => accepts('date', text))).toBe(true);
    expect(
      ['2023-02-29', '2024-2-9', ' 2024-02-29', '', '29.02.2024'].some((text) => accepts('date', text)),
    ).toBe(false);
  });
  it('judges decimals by their digits, in time that grows with the text alone', () => {
    expect(['0', '-1.50', '.5', '5.', '+00012.34'].every((text) => accepts('decimal', text))).toBe(true);
    expect(['', '.', '-', '1e3', '1,5', '1.2.3', 'NaN'].some((text) => accepts('decimal', text))).toBe(false);
    expect(['123.45', '-999.99', '000123.4', '0'].every((text) => accepts('decimal(5,2)', text))).toBe(true);
    expect(['1234.5', '1.234', '1.230'].some((text) => accepts('decimal( 5 , 2 )', text))).toBe(false);
    expect(applied(make('type', 'decimal(3,1)'), '1.25')).toBe('[not a decimal(3,1): too many digits]');
    expect(accepts('decimal', `${'0'.repeat(200_000)}x`)).toBe(false);
  });
  it('knows no other types', () => {
    expect(flawsOf('type', 'int')).toMatchObject([{ message: '"int" is no type that can be judged' }]);
    expect(flawsOf('type', 'decimal(2,3)')).toHaveLength(1);
    expect(flawsOf('type', 'decimal(0,0)')).toHaveLength(1);
  });
});

describe('between', () => {
  it('compares numbers exactly, and includes both bounds', () => {
    const rule = make('between', [0.1, '12345678901234567890.5']);
    expect(
      [
        '0.1',
        '.10',
        '1e-1',
        '0.0999999999999999999999',
        '12345678901234567890.5',
        '12345678901234567890.51',
      ].map((text) => rule.apply(text).ok),
    ).toEqual([true, true, true, false, true, false]);
    expect(rule.apply('abc')).toEqual({ ok: false, reason: 'not a number', cannotJudge: true });
    expect(applied(make('between', [-1, null]), '-1.5')).toBe('[less than -1]');
    expect(applied(make('between', [null, 3]), '4')).toBe('[more than 3]');
  });
  it('compares other texts by code point', () => {
    const rule = make('between', ['2024-01-01', '2024-12-31']);
    expect(
      ['2024-01-01', '2023-12-31', '2024-12-31', '2025-01-01'].map((text) => rule.apply(text).ok),
    ).toEqual([true, false, true, false]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, bound) => {
        fc.pre(Number.isNaN(Number(bound)) && isWellFormed(bound) && isWellFormed(text));
        const isLess = Buffer.compare(Buffer.from(text), Buffer.from(bound)) < 0;
        expect(make('between', [bound, null]).apply(text).ok).toBe(!isLess);
      }),
    );
  });
  it('wants two bounds of one kind, in their order', () => {
    expect(flawsOf('between', [5, 1])).toMatchObject([{ message: /greater than the greatest/ }]);
    expect(flawsOf('between', [5, 'x'])).toMatchObject([{ message: /the other is not/ }]);
    for (const wrong of [[1], [null, null], 'x', [1, true], [1, 2 ** 60]]) {
      expect(flawsOf('between', wrong)).toHaveLength(1);
    }
  });
});

describe('hash and mask', () => {
  it('hash gives the SHA-256 of the bytes, as Node does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(applied(make('hash', {}), text)).toBe(createHash('sha256').update(text).digest('hex'));
      }),
    );
    expect(make('hash', { with: 'SHA-256' }).applyToBytes('\xff')).toEqual({
      ok: true,
      text: createHash('sha256')
        .update(Buffer.from([0xff]))
        .digest('hex'),
    });
  });
  it('hash with a secret gives the HMAC once the secret is known, and nothing before', () => {
    const { secret, apply } = make('hash', { secret: 'env:SALT' });
    expect(secret?.reference).toBe('env:SALT');
    expect(() => apply('x')).toThrow('has not been read');
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        (text, key) => {
          expect(secret?.open(key).apply(text)).toEqual({
            ok: true,
            text: createHmac('sha256', key).update(text).digest('hex'),
          });
        },
      ),
    );
    expect(flawsOf('hash', { secret: 'hunter2' })).toMatchObject([{ message: /named here, not given/ }]);
  });
  it('mask leaves the last characters, but never the whole text', () => {
    const rule = make('mask', { keepLast: 4 });
    expect(
      ['4111111111111111', '12345', '1234', '1', '', 'née😀xyz'].map((text) => applied(rule, text)),
    ).toEqual(['************1111', '*2345', '****', '*', '', '***😀xyz']);
    expect(applied(make('mask', {}), 'abc')).toBe('***');
    expect(rule.applyToBytes('\xffabcd')).toEqual({ ok: true, text: '*abcd' });
  });
});
