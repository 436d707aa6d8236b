import { Decimal } from 'decimal.js';
import type { RoundingMode } from './rounding-mode.js';

// A clone, so that settings of Decimal in a user's mapper change nothing here. Neither the constructor nor toFixed
// rounds to `precision`. The exponent range must allow every exponent of `round` and any number of digits.
const Exact = Decimal.clone({ defaults: true, precision: 1e9, minE: -9e15, maxE: 9e15 });

const DECIMAL_ROUNDING: Readonly<Record<RoundingMode, Decimal.Rounding>> = {
  up: Decimal.ROUND_UP,
  down: Decimal.ROUND_DOWN,
  ceiling: Decimal.ROUND_CEIL,
  floor: Decimal.ROUND_FLOOR,
  'half-up': Decimal.ROUND_HALF_UP,
  'half-down': Decimal.ROUND_HALF_DOWN,
  'half-even': Decimal.ROUND_HALF_EVEN,
  unnecessary: Decimal.ROUND_DOWN,
};

/**
 * A number as text → the same rounded to so many decimal places, without exponent; null if it has more in mode
 * `unnecessary`. Compiled when first called (bin/later-modules.mjs).
 */
export function roundExactly(number: string, places: number, mode: RoundingMode): string | null {
  const value = new Exact(number);
  if (mode === 'unnecessary' && value.decimalPlaces() > places) return null;
  return value.toFixed(places, DECIMAL_ROUNDING[mode]);
}
