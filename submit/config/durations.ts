const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** What `parseDuration` accepts, for messages. */
export const DURATION_FORM = 'a number with a unit: 500ms, 5s, 2m, 1h';

/** Text such as `5s` or `1.5m` → milliseconds; undefined if it is not a duration. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h)\s*$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const ms = Math.round(Number(number) * (UNITS[unit] ?? 1));
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** Milliseconds → the shortest text that `parseDuration` reads: `5s`. */
export function formatDurationSetting(ms: number): string {
  const [unit, factor] = Object.entries(UNITS).findLast(([, size]) => ms > 0 && ms % size === 0) ?? [
    's',
    1000,
  ];
  return `${ms / factor}${unit}`;
}
