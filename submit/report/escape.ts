import { shownInput } from '../shown-url.js';

/** Escapes control characters except tab and LF, so that text from outside is safe on a terminal. */
export function escapeControls(text: string): string {
  return text.replaceAll(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this replaces
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Text in quotes, as JSON: `"Order Date"`. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** An input that a job names, in quotes, without what may be secret in an address. */
export function quoteInput(pattern: string): string {
  return quote(shownInput(pattern));
}

/** `1 file`, `1,234 files`. */
export function count(amount: number, noun: string): string {
  return `${formatNumber(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}

/** `1,234,567`. The first use of `Intl` takes several milliseconds. */
export function formatNumber(amount: number): string {
  if (!Number.isSafeInteger(amount)) return amount.toLocaleString('en-US');
  return String(amount).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Milliseconds → `0.4 s`, `1 min 5 s`, `2 h 30 min`, `3 d 4 h`. */
export function formatDuration(durationMs: number): string {
  const tenths = Math.round(durationMs / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(durationMs / 60_000);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(durationMs / 3_600_000);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
