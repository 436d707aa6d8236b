/**
 * The options of rules as plain data. Used for the job file's schema, the messages of job files and of `defineMapper`,
 * and the check of the plan in a bundle.
 */

/** What is wrong with a text. */
export interface TextFlaw {
  /** One sentence without a period: what is wrong, and what to write instead. */
  readonly message: string;
  /** What is accepted; absent if the message says it. */
  readonly accepted?: string;
}

interface Described<Value> {
  /** What the option means, for the job file's JSON Schema. */
  readonly describe: string;
  /** The value if the option is not given. Without a default the option is required, unless it is `optional`. */
  readonly default?: Value;
  /** The option may be left out, and has no value then. */
  readonly optional?: true;
  /** People do not write it: the plan has it from elsewhere. */
  readonly isInternal?: true;
}

export interface TextOption extends Described<string> {
  readonly kind: 'text';
  /** What to write, for messages: `a pattern such as 'M/d/yyyy'`. */
  readonly form: string;
  /** Returns null if the text is accepted. */
  readonly check?: (text: string) => TextFlaw | null;
}

/** One text, or a list of at least one. */
export interface TextsOption extends Described<readonly string[]> {
  readonly kind: 'texts';
  readonly form: string;
  /** Called for each text; returns null if it is accepted. */
  readonly check?: (text: string) => TextFlaw | null;
}

/** Texts by name, or one text for all names: `UTC`, or `{ read: UTC, write: Europe/Berlin }`. */
export interface NamedTextsOption extends Described<Readonly<Record<string, string>>> {
  readonly kind: 'named-texts';
  readonly names: readonly string[];
  readonly form: string;
  /** Called for each text; returns null if it is accepted. */
  readonly check?: (text: string) => TextFlaw | null;
}

export interface IntegerOption extends Described<number> {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
}

export interface ChoiceOption extends Described<string> {
  readonly kind: 'choice';
  readonly of: readonly string[];
  /** Another spelling → the spelling in `of`. */
  readonly normalize?: (text: string) => string;
}

export interface FlagOption extends Described<boolean> {
  readonly kind: 'flag';
}

/** Texts by texts: at least one. */
export interface TextMapOption extends Described<TextMap> {
  readonly kind: 'text map';
  /** What to write, for messages. */
  readonly form: string;
  /** Called for each entry; returns null if it is accepted. */
  readonly check?: (key: string, text: string) => TextFlaw | null;
}
export type TextMap = Readonly<Record<string, string>>;

/** The least and the greatest value, as texts; null: without a limit. */
export interface BoundsOption extends Described<Bounds> {
  readonly kind: 'bounds';
  readonly form: string;
  /** Returns null if the bounds are accepted. */
  readonly check?: (bounds: Bounds) => TextFlaw | null;
}
export type Bounds = readonly [string | null, string | null];

export type RuleOption =
  | TextOption
  | TextsOption
  | NamedTextsOption
  | IntegerOption
  | ChoiceOption
  | FlagOption
  | TextMapOption
  | BoundsOption;
/** The options of a rule by name, in the order shown to people. */
export type RuleOptions = Readonly<Record<string, RuleOption>>;

/** The value of an option; JSON-safe. */
export type OptionValue = string | number | boolean | readonly string[] | TextMap | Bounds;
export type OptionValues = Readonly<Record<string, OptionValue>>;

type ValueOf<Option> = Option extends { readonly kind: 'integer' }
  ? number
  : Option extends { readonly kind: 'flag' }
    ? boolean
    : Option extends { readonly kind: 'texts' }
      ? readonly string[]
      : Option extends { readonly names: readonly (infer Part extends string)[] }
        ? { readonly [Name in Part]?: string }
        : Option extends { readonly kind: 'text map' }
          ? TextMap
          : Option extends { readonly kind: 'bounds' }
            ? Bounds
            : Option extends { readonly of: readonly (infer Choice)[] }
              ? Choice
              : string;

type IsOptional<Option> = Option extends { readonly optional: true } ? true : false;

/** The values of all options of a rule. */
export type ValuesOf<Options extends RuleOptions> = {
  readonly [Name in keyof Options as IsOptional<Options[Name]> extends true ? never : Name]: ValueOf<
    Options[Name]
  >;
} & {
  readonly [Name in keyof Options as IsOptional<Options[Name]> extends true ? Name : never]?: ValueOf<
    Options[Name]
  >;
};

/** An option's value as people write it. */
export type GivenValue<Option> = Option extends { readonly kind: 'texts' }
  ? string | readonly string[]
  : Option extends { readonly kind: 'named-texts' }
    ? string | ValueOf<Option>
    : Option extends { readonly kind: 'bounds' }
      ? readonly [string | number | null, string | number | null]
      : ValueOf<Option>;

type MayBeLeftOut<Option> = Option extends { readonly default: unknown } ? true : IsOptional<Option>;

/** The options as people write them: a single text is a list of one, and options with a default are optional. */
export type GivenOptions<Options extends RuleOptions> = {
  readonly [Name in keyof Options as MayBeLeftOut<Options[Name]> extends true ? never : Name]: GivenValue<
    Options[Name]
  >;
} & {
  readonly [Name in keyof Options as MayBeLeftOut<Options[Name]> extends true ? Name : never]?: GivenValue<
    Options[Name]
  >;
};

/** What is wrong with an option. */
export interface OptionFlaw {
  readonly option: string;
  /**
   * 0-based index in the given list, or a key of the given mapping or of named texts; null if the flaw is of the whole
   * option.
   */
  readonly item: number | string | null;
  readonly given: unknown;
  /** What is wrong; empty if the value has the wrong type, because `accepted` then says enough. */
  readonly message: string;
  /** What to write instead; empty if the message says it. */
  readonly accepted: string;
}

/** The options as given, with the locale of the whole job where the rule takes one and has none of its own. */
export function withLocale<Given extends object>(
  options: RuleOptions,
  given: Given,
  locale: string | undefined,
): Given | (Given & { readonly locale: string }) {
  return locale === undefined || options.locale === undefined ? given : { locale, ...given };
}

/** Options as given → the values of all options, and what is wrong with those that are not accepted. */
export function readOptions(
  options: RuleOptions,
  given: Readonly<Record<string, unknown>>,
): { readonly values: OptionValues; readonly flaws: readonly OptionFlaw[] } {
  const values: Record<string, OptionValue> = {};
  const flaws: OptionFlaw[] = [];
  for (const [name, option] of Object.entries(options)) {
    if (option.optional === true && given[name] === undefined) continue;
    const value = given[name] === undefined ? option.default : given[name];
    const read = readOption(option, value);
    if (read !== null) values[name] = read;
    flaws.push(...flawsOf(name, option, value, read));
  }
  return { values, flaws };
}

/** The value as the option takes it, or null if it is of the wrong type, out of range or not a choice. */
function readOption(option: RuleOption, value: unknown): OptionValue | null {
  switch (option.kind) {
    case 'text':
      return typeof value === 'string' ? value : null;
    case 'texts': {
      const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
      const read = texts.filter((text) => typeof text === 'string');
      return read.length > 0 && read.length === texts.length ? read : null;
    }
    case 'named-texts': {
      if (typeof value === 'string') return Object.fromEntries(option.names.map((name) => [name, value]));
      if (typeof value !== 'object' || value === null) return null;
      const entries = Object.entries(value).filter(([, text]) => text !== undefined);
      const areTexts = entries.every(
        ([name, text]) => option.names.includes(name) && typeof text === 'string',
      );
      return areTexts && entries.length > 0 ? Object.fromEntries(entries) : null;
    }
    case 'integer': {
      const isInteger = typeof value === 'number' && Number.isInteger(value);
      return isInteger && value >= option.min && value <= option.max ? value : null;
    }
    case 'choice': {
      const choice = typeof value === 'string' ? (option.normalize?.(value) ?? value) : null;
      return choice !== null && option.of.includes(choice) ? choice : null;
    }
    case 'flag':
      return typeof value === 'boolean' ? value : null;
    case 'text map':
      return readTextMap(value);
    case 'bounds':
      return readBounds(value);
  }
}

function readTextMap(value: unknown): TextMap | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return entries.length > 0 && entries.length === Object.keys(value).length
    ? Object.fromEntries(entries)
    : null;
}

function readBounds(value: unknown): Bounds | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [least, most] = value.map((bound: unknown) =>
    typeof bound === 'number' ? numberText(bound) : bound,
  );
  const isBound = (bound: unknown): bound is string | null => bound === null || typeof bound === 'string';
  return isBound(least) && isBound(most) && (least !== null || most !== null) ? [least, most] : null;
}

/** A number as it was written; undefined if a double may not have kept all its digits. */
function numberText(value: number): string | undefined {
  return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : undefined;
}

function flawsOf(name: string, option: RuleOption, given: unknown, read: OptionValue | null): OptionFlaw[] {
  if (read === null) return [{ option: name, item: null, given, message: '', accepted: formOf(option) }];
  const flawAt = (item: OptionFlaw['item'], text: unknown, flaw: TextFlaw | null): OptionFlaw[] =>
    flaw === null
      ? []
      : [{ option: name, item, given: text, message: flaw.message, accepted: flaw.accepted ?? '' }];
  if (option.kind === 'named-texts') {
    const isOne = typeof given === 'string';
    const parts = Object.entries(read).slice(0, isOne ? 1 : undefined);
    return parts.flatMap(([item, text]: [string, string]) =>
      flawAt(isOne ? null : item, text, option.check?.(text) ?? null),
    );
  }
  if (option.kind === 'bounds') return flawAt(null, given, option.check?.(read as Bounds) ?? null);
  if (option.kind === 'text map') {
    return Object.entries(read).flatMap(([key, text]: [string, string]) =>
      flawAt(key, text, option.check?.(key, text) ?? null),
    );
  }
  if (option.kind !== 'text' && option.kind !== 'texts') return [];
  const texts = Array.isArray(read) ? read : [read];
  return texts.flatMap((text: string, index) => {
    const item = Array.isArray(given) ? index : null;
    return flawAt(item, text, option.check?.(text) ?? null);
  });
}

/** What to write for an option, for messages. */
function formOf(option: RuleOption): string {
  switch (option.kind) {
    case 'text':
    case 'texts':
    case 'named-texts':
    case 'text map':
    case 'bounds':
      return option.form;
    case 'integer':
      return `a whole number from ${option.min} to ${option.max}`;
    case 'choice':
      return `one of ${option.of.join(', ')}`;
    case 'flag':
      return 'true or false';
  }
}
