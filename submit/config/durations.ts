const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What `parseDuration` accepts, for messages. */
export const DURATION_FORM = 'a number with a unit: 500ms, 30s, 10m, 2h, 1d';

/** Text such as `30s` or `1.5m` → milliseconds; undefined if it is not a duration. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^\s*(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|d)\s*$/i.exec(text) ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * (UNITS[unit.toLowerCase()] ?? 1));
}

/** Milliseconds → the shortest text that `parseDuration` reads: `5s`. */
export function formatDurationSetting(ms: number): string {
  const [unit, factor] = Object.entries(UNITS).findLast(([, size]) => ms > 0 && ms % size === 0) ?? [
    's',
    1000,
  ];
  return `${ms / factor}${unit}`;
}
