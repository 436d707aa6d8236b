import type { ByteForm } from './byte-form.js';

/** What a rule makes of a field: its new text, or why the text is invalid. */
export type RuleResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string };

/** One rule with its options decided. A bad field is a value, never a throw. */
export interface FieldRule {
  /** Applies the rule to a field's text. */
  apply(text: string): RuleResult;
  /** Applies the rule to a field that is not valid UTF-8, given and returned as one char a byte. */
  applyToBytes(bytes: string): RuleResult;
  /** The same rule for the kernel; a rule without it is applied to text alone, which is slower. */
  readonly byteForm?: ByteForm;
}

/** The result of a field that the rule accepts. */
export function valid(text: string): RuleResult {
  return { ok: true, text };
}

/** The result of a field that the rule refuses; the reason completes "the field is …". */
export function invalid(reason: string): RuleResult {
  return { ok: false, reason };
}

/** What most rules say to a field that is not text. */
export const NOT_UTF8 = invalid('not valid UTF-8');

/** The text without the ASCII spaces and tabs around it. */
export function withoutSpacesAround(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpaceOrTab(text.charCodeAt(start))) start++;
  while (end > start && isSpaceOrTab(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function isSpaceOrTab(char: number): boolean {
  return char === 0x20 || char === 0x09;
}
