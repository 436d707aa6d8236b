import { EXCERPT_CHARS } from '../failure.js';

/** A line of text from outside, safe on a terminal and in a log: control characters become escapes. */
export function escapeLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, escapeOf);
}

/** The text in double quotes for a message: control characters escaped, cut after 80 characters. */
export function quoteExcerpt(text: string): string {
  const cut = text.length > EXCERPT_CHARS;
  // JSON escapes only C0; the C1 controls and the line separators would garble a terminal or a log as well.
  const visible = escapeLine(JSON.stringify(cut ? text.slice(0, EXCERPT_CHARS) : text));
  return cut ? `${visible}…` : visible;
}

function escapeOf(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
