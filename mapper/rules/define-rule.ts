import type { ByteForm } from './byte-form.js';
import type { OptionValues, RuleOptions, ValuesOf } from './options.js';
import { type FieldRule, NOT_UTF8, type RuleResult } from './rule.js';

/** What people read about a rule. */
interface RuleDescription<Values> {
  /** A few words, for the job file's JSON Schema. */
  readonly summary: string;
  /** What the rule does, in Markdown, for the README's table. */
  readonly does: string;
  /** Options in words, for a plan: `round to 2 places, half-even`. By default the rule's name and its options. */
  inPlan?(options: Values): string;
}

interface RuleParts<Name extends string, Options extends RuleOptions> {
  /** Its name in job files and in `defineMapper`. */
  readonly name: Name;
  readonly options: Options;
  /** Options → what the rule does to a field's text. Called once for a column. */
  apply(options: ValuesOf<Options>): (text: string) => RuleResult;
  /** The same rule for the kernel; without it, or where it gives null, the reference maps the record. */
  byteForm?(options: ValuesOf<Options>): ByteForm | null;
}

/** A rule as its file defines it. */
export type RuleSpec<Name extends string, Options extends RuleOptions> = RuleParts<Name, Options> &
  (
    | {
        /** No field is ever invalid, in whatever encoding. */
        readonly accepts: 'every field';
        /** For a field that is not valid UTF-8: one char a byte, in and out. */
        applyToBytes(options: ValuesOf<Options>): (bytes: string) => RuleResult;
        readonly describe: RuleDescription<ValuesOf<Options>>;
      }
    | {
        /** Some texts are invalid, and so is each field that is not valid UTF-8. */
        readonly accepts: 'some texts';
        readonly describe: RuleDescription<ValuesOf<Options>> & {
          /** What is invalid, in Markdown, for the README's table. */
          readonly invalid: string;
        };
      }
  );

/** A rule of any kind: what the schema, the plan, the API, the README and the mapper need to know of it. */
export interface Rule {
  readonly name: string;
  readonly options: RuleOptions;
  readonly summary: string;
  readonly does: string;
  /** What is invalid; null where no field is. */
  readonly invalid: string | null;
  /** The rule with these options in words, for a plan. */
  inPlan(options: OptionValues): string;
  /** The rule with these options, ready to be applied. They must be those of `readOptions`, without a flaw. */
  make(options: OptionValues): FieldRule;
}

/** A rule whose name and options TypeScript knows. */
export interface DefinedRule<Name extends string, Options extends RuleOptions> extends Rule {
  readonly name: Name;
  readonly options: Options;
  inPlan(options: ValuesOf<Options>): string;
  make(options: ValuesOf<Options>): FieldRule;
}

/** Keys beside a rule's options in job files and plans. */
const RESERVED = ['rule', 'invalid', 'onInvalid'];

/** Defines a rule. It takes part where its line stands in catalogue.ts. */
export function defineRule<const Name extends string, const Options extends RuleOptions>(
  spec: RuleSpec<Name, Options>,
): DefinedRule<Name, Options> {
  const { name, options, describe } = spec;
  const reserved = Object.keys(options).find((option) => RESERVED.includes(option));
  if (reserved !== undefined) throw new RangeError(`Rule ${name}: an option cannot be called ${reserved}`);
  return {
    name,
    options,
    summary: describe.summary,
    does: describe.does,
    invalid: spec.accepts === 'every field' ? null : spec.describe.invalid,
    inPlan: (values) => describe.inPlan?.(values) ?? [name, ...Object.entries(values).map(inWords)].join(' '),
    make: (values) => {
      const byteForm = spec.byteForm?.(values) ?? null;
      return {
        apply: spec.apply(values),
        applyToBytes: spec.accepts === 'every field' ? spec.applyToBytes(values) : () => NOT_UTF8,
        ...(byteForm === null ? {} : { byteForm }),
      };
    },
  };
}

function inWords([option, value]: [string, unknown]): string {
  return `${option} ${Array.isArray(value) ? value.join(' or ') : String(value)}`;
}
