import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundRule } from '../../../../mapper/rules/round.js';
import { ROUNDING_MODES, type RoundingMode } from '../../../../mapper/rules/rounding-mode.js';

function round(text: string, places = 0, mode: RoundingMode = 'half-even'): string {
  const result = roundRule.make({ places, mode }).apply(text);
  return result.ok ? result.text : `invalid: ${result.reason}`;
}

describe('accepted numbers', () => {
  it.each([
    ['0.5', '0'],
    ['1.5', '2'],
    ['2.5', '2'],
    ['-0.4', '0'],
    ['-0.5', '0'],
    ['-1.5', '-2'],
    ['1e3', '1000'],
    ['+7', '7'],
    ['.5', '0'],
    ['5.', '5'],
    ['-.6E0', '-1'],
    ['  12 \t', '12'],
    ['000', '0'],
    ['-0', '0'],
    ['1E+2', '100'],
    ['150e-2', '2'],
    ['12345678901234567890.125', '12345678901234567890'],
  ])('%s is %s without a fraction', (text, rounded) => {
    expect(round(text)).toBe(rounded);
  });
  it.each([
    ['12345678901234567890.125', '12345678901234567890.12'],
    ['0.125', '0.12'],
    ['0.135', '0.14'],
    ['1.005', '1.00'],
    ['7', '7.00'],
    ['-0.004', '0.00'],
    ['-0.006', '-0.01'],
    ['1e-9999', '0.00'],
    ['9.999', '10.00'],
  ])('%s is %s with two places', (text, rounded) => {
    expect(round(text, 2)).toBe(rounded);
  });
  it('are written without an exponent however large', () => {
    expect(round('1e9999', 1)).toBe(`1${'0'.repeat(9999)}.0`);
    expect(round(`${'9'.repeat(5000)}.5`, 0)).toBe(`1${'0'.repeat(5000)}`);
  });
});

describe('invalid values', () => {
  it.each([
    '',
    '   ',
    'NaN',
    'Infinity',
    '-Infinity',
    '1,234.50',
    '1 000',
    '1_000',
    '0x1F',
    '0b1',
    '$5',
    '5%',
    '.',
    '+',
    '-',
    'e5',
    '1e',
    '1e+',
    '--1',
    '1.2.3',
    '١٢',
    '1\u00a0',
    '1e10000',
    '1e-10000',
    '1e99999999999999999999',
  ])('%j is invalid', (text) => {
    expect(round(text, 2)).toMatch(/^invalid: /);
  });
  it('say why', () => {
    expect(round('')).toBe('invalid: empty');
    expect(round('abc')).toBe('invalid: not a number');
    expect(round('1e10000')).toBe('invalid: an exponent out of range');
  });
  it('are found in linear time', () => {
    const start = performance.now();
    round(`${'1'.repeat(1_000_000)}x`);
    round(`1.${'1'.repeat(1_000_000)}x`);
    round(`${' '.repeat(1_000_000)}x`);
    expect(performance.now() - start).toBeLessThan(1000);
  });
  it('are all bytes that are not UTF-8', () => {
    expect(roundRule.make({ places: 0, mode: 'up' }).applyToBytes('1\xe9').ok).toBe(false);
  });
});

// The table of java.math.RoundingMode's documentation.
describe('rounding modes', () => {
  const inputs = ['5.5', '2.5', '1.6', '1.1', '1.0', '-1.0', '-1.1', '-1.6', '-2.5', '-5.5'];
  it.each<[RoundingMode, string]>([
    ['up', '6 3 2 2 1 -1 -2 -2 -3 -6'],
    ['down', '5 2 1 1 1 -1 -1 -1 -2 -5'],
    ['ceiling', '6 3 2 2 1 -1 -1 -1 -2 -5'],
    ['floor', '5 2 1 1 1 -1 -2 -2 -3 -6'],
    ['half-up', '6 3 2 1 1 -1 -1 -2 -3 -6'],
    ['half-down', '5 2 2 1 1 -1 -1 -2 -2 -5'],
    ['half-even', '6 2 2 1 1 -1 -1 -2 -2 -6'],
  ])('%s is as in Java', (mode, expected) => {
    expect(inputs.map((text) => round(text, 0, mode)).join(' ')).toBe(expected);
  });
  it('unnecessary is invalid where digits would be lost', () => {
    expect(round('1.50', 1, 'unnecessary')).toBe('1.5');
    expect(round('1.5', 3, 'unnecessary')).toBe('1.500');
    expect(round('100e-2', 0, 'unnecessary')).toBe('1');
    expect(round('1.51', 1, 'unnecessary')).toBe('invalid: more than 1 decimal places');
  });

  it('agree with whole-number arithmetic for any number', () => {
    const number = fc.record({
      sign: fc.constantFrom('', '+', '-'),
      whole: fc.bigInt({ min: 0n, max: 10n ** 25n }),
      fraction: fc.oneof(
        fc.constantFrom(
          '',
          '0',
          '5',
          '50',
          '500000',
          '25',
          '75',
          '05',
          '4999999999999999999',
          '5000000000000000001',
        ),
        fc.stringMatching(/^\d{0,25}$/),
      ),
      exponent: fc.integer({ min: -30, max: 30 }),
    });
    const modes = ROUNDING_MODES.filter((mode) => mode !== 'unnecessary');
    fc.assert(
      fc.property(
        number,
        fc.integer({ min: 0, max: 12 }),
        fc.constantFrom(...modes),
        (parts, places, mode) => {
          const text = `${parts.sign}${parts.whole}.${parts.fraction}e${parts.exponent}`;
          const digits = BigInt(`${parts.whole}${parts.fraction}`);
          const scale = parts.fraction.length - parts.exponent;
          expect(round(text, places, mode)).toBe(roundWhole(parts.sign === '-', digits, scale, places, mode));
        },
      ),
      { numRuns: 3000 },
    );
  });
});

/** Rounds digits / 10^scale by BigInt arithmetic. */
function roundWhole(
  negative: boolean,
  digits: bigint,
  scale: number,
  places: number,
  mode: RoundingMode,
): string {
  const shift = scale - places;
  let kept = digits;
  if (shift <= 0) {
    kept = digits * 10n ** BigInt(-shift);
  } else {
    const unit = 10n ** BigInt(shift);
    kept = digits / unit;
    const rest = digits % unit;
    const half = rest * 2n === unit ? 0 : rest * 2n > unit ? 1 : -1;
    const away =
      mode === 'up' ||
      (mode === 'ceiling' && !negative) ||
      (mode === 'floor' && negative) ||
      (mode.startsWith('half') && half > 0) ||
      (half === 0 && (mode === 'half-up' || (mode === 'half-even' && kept % 2n === 1n)));
    if (rest > 0n && away) kept++;
  }
  const padded = kept.toString().padStart(places + 1, '0');
  const text = places === 0 ? padded : `${padded.slice(0, -places)}.${padded.slice(-places)}`;
  return negative && kept > 0n ? `-${text}` : text;
}
