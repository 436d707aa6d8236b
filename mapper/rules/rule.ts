import type { ByteForm } from './byte-form.js';
import type { Writes } from './number-form.js';

export { withoutSpacesAround } from './spaces.js';

/** The result of a rule for one field: the new text, or why the text is invalid. */
export type RuleResult =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      readonly reason: string;
      /** The rule compares values of another kind: `where` then leaves the record out, also under `not`. */
      readonly cannotJudge?: true;
    };

/** One rule with its options resolved. For an invalid field it returns a reason and never throws. */
export interface FieldRule {
  /** Applies the rule to a field's text. */
  apply(text: string): RuleResult;
  /** Applies the rule to a field that is not valid UTF-8: one char per byte, in and out. */
  applyToBytes(bytes: string): RuleResult;
  /** Whether the rule hides the text, so that nobody may be shown the column. */
  readonly hides?: true;
  /** The secret without which the rule must not be applied. */
  readonly secret?: RuleSecret;
  /** The result for a null. Without it the rule is skipped, and the field stays null. */
  readonly onNull?: RuleResult;
  /** The rule for numbers in the plain form, where it reads those of a locale: a `round` before it writes the plain form. */
  readonly ofPlainNumbers?: FieldRule;
  readonly writes?: Writes;
  /** Whether it reads numbers. */
  readonly readsNumbers?: true;
  /** The same rule for the kernel. A rule without it runs only on text, which is slower. */
  readonly byteForm?: ByteForm;
}

/** A secret that a rule needs. */
export interface RuleSecret {
  /** `env:NAME`, `file:PATH` or `command:…`. */
  readonly reference: string;
  /** The rule with the secret's value. */
  open(value: string): FieldRule;
}

/** The result of a field that the rule accepts. */
export function valid(text: string): RuleResult {
  return { ok: true, text };
}

/** The result of a field that the rule refuses; the reason completes "the field is …". */
export function invalid(reason: string): RuleResult {
  return { ok: false, reason };
}

/** The result of a field that a rule refuses because it is of another kind than the rule compares. */
export function unjudged(reason: string): RuleResult {
  return { ok: false, reason, cannotJudge: true };
}

/** The result of most rules for a field that is not valid UTF-8. */
export const NOT_UTF8 = unjudged('not valid UTF-8');
