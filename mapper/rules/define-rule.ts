import type { ByteForm } from './byte-form.js';
import type { Writes } from './number-form.js';
import type { OptionFlaw, OptionValues, RuleOptions, ValuesOf } from './options.js';
import { type FieldRule, NOT_UTF8, type RuleResult, type RuleSecret } from './rule.js';

/** The texts about a rule for people. */
interface RuleDescription<Values> {
  /** A few words, for the job file's JSON Schema. */
  readonly summary: string;
  /** What the rule does, in Markdown, for the README's table. */
  readonly does: string;
  /** The rule in words, for `plan`: `round to 2 places, half-even`. By default the rule's name and its options. */
  inPlan?(options: Values): string;
}

interface RuleParts<Name extends string, Options extends RuleOptions, Main extends keyof Options | null> {
  /** Its name in job files and in `defineMapper`. */
  readonly name: Name;
  readonly options: Options;
  /** Its only option, if that is written as the rule's value: `{ oneOf: [a, b] }`. */
  readonly main?: Main;
  /** Whether it hides the text: whatever shows the data to people then leaves the column out. */
  readonly hides?: boolean;
  /** Whether it never changes a text. Such a rule can be a test of `where`. */
  readonly onlyJudges?: boolean;
  /** Whether its option `locale` says how the numbers are written that it reads. */
  readonly readsNumbers?: boolean;
  /** See FieldRule. */
  readonly writes?: Writes;
  /** Options → the secret that the rule needs, and the rule once its value is known; null: it needs none. */
  secret?(options: ValuesOf<Options>): RuleSecret | null;
  /** Options → what the rule says of a null. By default it is skipped. */
  onNull?(options: ValuesOf<Options>): RuleResult;
  /** Options → the function that the rule applies to a field's text. Called once per column. */
  apply(options: ValuesOf<Options>): (text: string) => RuleResult;
  /** What is wrong with options that do not go together. By default nothing. */
  check?(options: ValuesOf<Options>): OptionFlaw | null;
  /** The same rule for the kernel. If it is absent or returns null, the reference maps the records. */
  byteForm?(options: ValuesOf<Options>): ByteForm | null;
}

/** A rule as its file defines it. */
export type RuleSpec<
  Name extends string,
  Options extends RuleOptions,
  Main extends keyof Options | null,
> = RuleParts<Name, Options, Main> &
  (
    | {
        /** No field is ever invalid, whatever its encoding. */
        readonly accepts: 'every field';
        /** For a field that is not valid UTF-8: one char per byte, in and out. */
        applyToBytes(options: ValuesOf<Options>): (bytes: string) => RuleResult;
        readonly describe: RuleDescription<ValuesOf<Options>>;
      }
    | {
        /** Some texts are invalid, and so is every field that is not valid UTF-8. */
        readonly accepts: 'some texts';
        readonly describe: RuleDescription<ValuesOf<Options>> & {
          /** What is invalid, in Markdown, for the README's table. */
          readonly invalid: string;
        };
      }
  );

/** A rule as the schema, the plan, the API, the README and the mapper use it. */
export interface Rule {
  readonly name: string;
  readonly options: RuleOptions;
  readonly summary: string;
  readonly does: string;
  /** What is invalid; null if no field is. */
  readonly invalid: string | null;
  /** What is wrong with options that do not go together. They must come from `readOptions`, without flaws. */
  check(options: OptionValues): OptionFlaw | null;
  /** The option that is written as the rule's value; null: the value is a mapping of options. */
  readonly main: string | null;
  readonly hides: boolean;
  readonly onlyJudges: boolean;
  /** Whether its option `locale` says how the numbers are written that it reads. */
  readonly readsNumbers: boolean;
  /** See FieldRule. */
  readonly writes?: Writes;
  /** The rule with these options in words, for `plan`. */
  inPlan(options: OptionValues): string;
  /** The rule with these options, ready to apply. They must come from `readOptions`, without flaws. */
  make(options: OptionValues): FieldRule;
}

/** A rule whose name and options TypeScript knows. */
export interface DefinedRule<
  Name extends string,
  Options extends RuleOptions,
  Main extends keyof Options | null = null,
> extends Rule {
  readonly name: Name;
  readonly options: Options;
  check(options: ValuesOf<Options>): OptionFlaw | null;
  readonly main: (Main & string) | null;
  inPlan(options: ValuesOf<Options>): string;
  make(options: ValuesOf<Options>): FieldRule;
}

/** Keys next to a rule's options in job files and plans; not allowed as option names. */
const RESERVED = ['rule', 'invalid', 'onInvalid'];

/** Defines a rule. It can be used once it is listed in catalogue.ts. */
export function defineRule<
  const Name extends string,
  const Options extends RuleOptions,
  const Main extends (keyof Options & string) | null = null,
>(spec: RuleSpec<Name, Options, Main>): DefinedRule<Name, Options, Main> {
  const { name, options, describe } = spec;
  const reserved = Object.keys(options).find((option) => RESERVED.includes(option));
  if (reserved !== undefined) throw new RangeError(`Rule ${name}: an option cannot be called ${reserved}`);
  const ruleOf = (values: ValuesOf<Options>): FieldRule => {
    const byteForm = spec.byteForm?.(values) ?? null;
    const onNull = spec.onNull?.(values);
    const secret = spec.secret?.(values) ?? null;
    const isLocal = spec.readsNumbers === true && 'locale' in values && values.locale !== undefined;
    let apply: FieldRule['apply'] | undefined;
    return {
      // Made when first called: where the kernel knows the rule, few fields come here.
      apply: (text) => {
        apply ??= spec.apply(values);
        return apply(text);
      },
      applyToBytes: spec.accepts === 'every field' ? spec.applyToBytes(values) : () => NOT_UTF8,
      ...(spec.hides === true ? { hides: true as const } : {}),
      ...(secret === null ? {} : { secret }),
      ...(onNull === undefined ? {} : { onNull }),
      ...(byteForm === null ? {} : { byteForm }),
      ...(isLocal ? { ofPlainNumbers: ruleOf({ ...values, locale: undefined }) } : {}),
      ...(spec.readsNumbers === true ? { readsNumbers: true as const } : {}),
      ...writing,
    };
  };
  const writing = spec.writes === undefined ? {} : { writes: spec.writes };
  return {
    name,
    options,
    summary: describe.summary,
    does: describe.does,
    invalid: spec.accepts === 'every field' ? null : spec.describe.invalid,
    check: (values) => spec.check?.(values) ?? null,
    main: spec.main ?? null,
    hides: spec.hides ?? false,
    onlyJudges: spec.onlyJudges ?? false,
    readsNumbers: spec.readsNumbers ?? false,
    ...writing,
    inPlan: (values) => describe.inPlan?.(values) ?? [name, ...Object.entries(values).map(inWords)].join(' '),
    make: ruleOf,
  };
}

function inWords([option, value]: [string, unknown]): string {
  return `${option} ${Array.isArray(value) ? value.join(' or ') : String(value)}`;
}
