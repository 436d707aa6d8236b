import { describe, expect, it } from 'vitest';
import { roundRule } from '../../../../mapper/rules/round.js';

interface Written {
  readonly locale?: string;
  readonly currency?: boolean;
  readonly percent?: 'divide' | 'drop';
}

function round(text: string, written: Written, places = 2): string {
  const result = roundRule.make({ places, mode: 'half-even', ...written }).apply(text);
  return result.ok ? result.text : `invalid: ${result.reason}`;
}

describe('a locale', () => {
  it.each([
    ['en', '1,234.505', '1234.50'],
    ['en', '1,234,567', '1234567.00'],
    ['en', '1234567.8', '1234567.80'],
    ['en', '-1,234.5', '-1234.50'],
    ['en', '1,234e3', '1234000.00'],
    ['en', '.5', '0.50'],
    ['en', '5.', '5.00'],
    ['en-IN', '12,34,567.5', '1234567.50'],
    ['hi', '१२,३४,५६७.५', '1234567.50'],
    ['en-IN', '1,234,567.5', '1234567.50'],
    ['de', '1.234,50', '1234.50'],
    ['de_DE', '1.234.567,8', '1234567.80'],
    ['de', '456,785', '456.78'],
    ['de', ',5', '0.50'],
    ['de-CH', '1’234.50', '1234.50'],
    ['de-CH', "1'234.50", '1234.50'],
    ['fr', '1 234,50', '1234.50'],
    ['fr', '1\u00a0234,50', '1234.50'],
    ['fr', '1\u202f234\u2009567,50', '1234567.50'],
    ['sv', '\u22121\u00a0234,5', '-1234.50'],
    ['ar-EG', '١٬٢٣٤٫٥', '1234.50'],
    ['ar-EG', '\u061c-١٢٣', '-123.00'],
    ['fa', '۱٬۲۳۴٫۵', '1234.50'],
    ['he', '\u200e-1,234.5', '-1234.50'],
    ['ja', '１，２３４．５', '1234.50'],
    ['en', '𝟏'.normalize('NFKC'), '1.00'],
  ])('%s reads %s as %s', (locale, text, written) => {
    expect(round(text, { locale })).toBe(written);
  });

  it.each([
    ['en', '12,34'],
    ['en', '1,2345'],
    ['en', '1234,567'],
    ['en', '1,234,56'],
    ['en', ',123'],
    ['en', '1,,234'],
    ['en', '1.5,000'],
    // Rather a decimal comma.
    ['en', '0,123'],
    ['en', '1 234'],
    ['en', '1e3,000'],
    ['en', '$5'],
    ['en', '(5)'],
    ['en', '5-'],
    ['en', '5%'],
    ['en', '- 5'],
    ['en', '5 6'],
    ['en', '1.2.3'],
    ['en', 'NaN'],
    ['en', '.'],
    ['en-IN', '1,23,4567'],
    ['en-IN', '123,45,678'],
    ['en-IN', '12,34,567,890'],
    ['de', '1,234.50'],
    ['de', '12.34'],
    ['de', '0.5'],
    ['fr', '1  234'],
    ['fr', '1 2345'],
    ['de-CH', '1’234 567'],
  ])('%s refuses %s', (locale, text) => {
    expect(round(text, { locale })).toBe(`invalid: not a number in locale ${locale}`);
  });

  it('says what it does not know', () => {
    expect(roundRule.options.locale.check('de')).toBeNull();
    expect(roundRule.options.locale.check('pt_br')).toBeNull();
    expect(roundRule.options.locale.check('deu')).toEqual({
      message: 'The locale "deu" is not known',
      accepted: 'a language, or a language and a region: en, de, de-CH, pt-BR; the nearest is de',
    });
    expect(roundRule.options.locale.check('')).not.toBeNull();
  });
});

describe('currency', () => {
  it.each([
    ['$1,234.505', '1234.50'],
    ['($33.525)', '-33.52'],
    ['-$3', '-3.00'],
    ['$-3', '-3.00'],
    ['$ (3)', '-3.00'],
    ['(3) $', '-3.00'],
    ['- $ 3', '-3.00'],
    ['1,019.125', '1019.12'],
    ['€ 45.995', '46.00'],
    ['45.99€', '45.99'],
    ['45.99\u00a0EUR', '45.99'],
    ['45.99 eur', '45.99'],
    ['US$ 12', '12.00'],
    ['R$12', '12.00'],
    ['kr.500', '500.00'],
    ['Rs. 500', '500.00'],
    ['Rs.500', '500.00'],
    ['$.50', '0.50'],
    ['12.-', '-12.00'],
    ['5 $ US', '5.00'],
    ['$5 USD', '5.00'],
    ['£1,000', '1000.00'],
    ['12 Kč', '12.00'],
    ['1,234円', '1234.00'],
    ['123.455-', '-123.46'],
    ['10.00 -', '-10.00'],
    ['10.00- EUR', '-10.00'],
    ['+5', '5.00'],
    ['5EUR', '5.00'],
    ['1e3 EUR', '1000.00'],
    ['\u22125', '-5.00'],
    ['(0.001)', '0.00'],
    ['€5 EUR', '5.00'],
    ['eur 5 €', '5.00'],
    ['$5 CAD', '5.00'],
    ['($5 usd)', '-5.00'],
    ['CAD $5', '5.00'],
    ['R$ 5 BRL', '5.00'],
    ['12 Kč CZK', '12.00'],
    ['Fr. 5 CHF', '5.00'],
    ['1,000 F CFA', '1000.00'],
    ['R $5', '5.00'],
    ['＄5 USD', '5.00'],
    ['100 лв. BGN', '100.00'],
  ])('reads %s as %s', (text, written) => {
    expect(round(text, { currency: true })).toBe(written);
  });

  it.each([
    '$',
    '($5',
    '$5)',
    '-($5)',
    '(-5)',
    '-5-',
    '5+',
    '--5',
    '((5))',
    ')5(',
    '5 XYZ',
    '12K',
    '50¢',
    '$5 EUR USD',
    '$$5',
    '$5 EUR',
    'EUR $5',
    '€5 USD',
    '$5 €',
    '£$5',
    'US$5 CAD',
    'USD 5 EUR',
    'USD 5 USD',
    'USD 5 usd',
    'R$5 USD',
    'kr 5 CZK',
    '5 CFA CFA',
    '円5 USD',
    '5 apples',
    '1.234,50',
    '12,34',
    '5%',
    '٥',
    'EUR',
    '',
  ])('refuses %s', (text) => {
    expect(round(text, { currency: true })).toBe(`invalid: ${text === '' ? 'empty' : 'not a number'}`);
  });

  it('goes with a locale', () => {
    expect(round('1.234,50 €', { currency: true, locale: 'de' })).toBe('1234.50');
    expect(round('1.234,50-', { currency: true, locale: 'de' })).toBe('-1234.50');
    expect(round('(1\u202f234,50\u00a0€)', { currency: true, locale: 'fr' })).toBe('-1234.50');
    expect(round('€ 1.234,50', { currency: true, locale: 'de-AT' })).toBe('1234.50');
    expect(round("CHF 1'234.50", { currency: true, locale: 'fr-CH' })).toBe('1234.50');
    expect(round('\u200f1,234.50\u00a0₪', { currency: true, locale: 'he' })).toBe('1234.50');
    expect(round('د.إ.\u200f 5', { currency: true, locale: 'ar' })).toBe('5.00');
  });
});

describe('percent', () => {
  it.each([
    ['12.5%', '0.125', '12.500'],
    ['12 %', '0.120', '12.000'],
    ['-5%', '-0.050', '-5.000'],
    ['%50', '0.500', '50.000'],
    ['12.5', '12.500', '12.500'],
    ['0.05%', '0.000', '0.050'],
    ['1e2%', '1.000', '100.000'],
    ['100٪', '1.000', '100.000'],
  ])('%s: divide gives %s, drop %s', (text, divided, dropped) => {
    expect(round(text, { percent: 'divide' }, 3)).toBe(divided);
    expect(round(text, { percent: 'drop' }, 3)).toBe(dropped);
  });

  it.each(['%', '5%%', '%5%', '1,234%', '5 % 6', '5‰', '$5%'])('refuses %s', (text) => {
    expect(round(text, { percent: 'drop' })).toBe('invalid: not a number');
  });

  it('goes with locale and currency', () => {
    expect(round('1.234,5 %', { percent: 'divide', locale: 'de' })).toBe('12.34');
    expect(round('(12.5%)', { percent: 'divide', currency: true })).toBe('-0.12');
  });
});

it('is found in linear time', () => {
  const start = performance.now();
  for (const text of [
    `1${',111'.repeat(200_000)}x`,
    `${'1'.repeat(500_000)}x`,
    `$${' '.repeat(500_000)}x`,
    `${'(%'.repeat(300_000)}5`,
    `5${' 5'.repeat(300_000)}`,
  ]) {
    expect(round(text, { locale: 'en', currency: true, percent: 'drop' })).toMatch(/^invalid/);
  }
  expect(performance.now() - start).toBeLessThan(3000);
});
