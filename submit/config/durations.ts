const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };

/** What `parseDuration` accepts, for messages. */
export const DURATION_FORM = 'a number with a unit: 500ms, 30s, 10m, 2h';

/** Text such as `30s` or `10m` → milliseconds; undefined when it is not a duration. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^\s*(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|min|m|h)\s*$/i.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * (UNITS[unit.toLowerCase()] ?? 1);
}
