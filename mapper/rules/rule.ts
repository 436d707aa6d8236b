import type { ByteForm } from './byte-form.js';

export { withoutSpacesAround } from './spaces.js';

/** The result of a rule for one field: the new text, or why the text is invalid. */
export type RuleResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string };

/** One rule with its options resolved. For an invalid field it returns a reason and never throws. */
export interface FieldRule {
  /** Applies the rule to a field's text. */
  apply(text: string): RuleResult;
  /** Applies the rule to a field that is not valid UTF-8: one char per byte, in and out. */
  applyToBytes(bytes: string): RuleResult;
  /** The same rule for the kernel. A rule without it runs only on text, which is slower. */
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

/** The result of most rules for a field that is not valid UTF-8. */
export const NOT_UTF8 = invalid('not valid UTF-8');
