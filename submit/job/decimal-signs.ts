import type { ColumnPlan } from '../../mapper/contract.js';
import { numberSignsOf } from '../../mapper/rules/catalogue.js';

/** Rules that read numbers. */
const NUMBER_RULES: ReadonlySet<string> = new Set(['round', 'type', 'between']);

/**
 * The decimal signs that a job reads, by column (`[2]` for an index), and under the empty text those of all others: `12.345` in
 * a workbook must not become twelve thousand where the job reads German numbers. Those with a point are left out. Pure.
 */
export function decimalSignsOf(
  locale: string | null,
  columns: readonly ColumnPlan[],
): Readonly<Record<string, string>> {
  const signs: Record<string, string> = {};
  const ofJob = locale === null ? '.' : signOf(locale, false);
  if (ofJob !== '.') signs[''] = ofJob;
  for (const { column, rules } of columns) {
    const reading = rules.find(({ rule }) => NUMBER_RULES.has(rule));
    if (reading === undefined) continue;
    const own = reading.locale;
    const sign = typeof own === 'string' ? signOf(own, reading.currency === true) : '.';
    if (sign !== ofJob) signs[typeof column === 'number' ? `[${column}]` : column] = sign;
  }
  return signs;
}

function signOf(locale: string, forCurrency: boolean): string {
  const { decimal } = numberSignsOf(locale, forCurrency);
  return decimal.includes('.') ? '.' : decimal.charAt(0);
}
