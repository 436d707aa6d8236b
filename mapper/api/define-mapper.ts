import {
  addsHeaders,
  DELIMITER,
  FIELD_COUNT_ACTIONS,
  type FieldCountAction,
  HEADER_CHOICES,
  type HeaderChoice,
  LINE_BREAK_CHOICES,
  MAPPER_DEFAULTS,
  type MapperPlan,
  RECORD_ACTIONS,
  type RecordAction,
} from '../contract.js';
import type { ColumnDefinition, MapperDefinition } from '../definition.js';
import { hidesData } from '../mapping/hidden-columns.js';
import {
  CATALOGUE,
  type InvalidChoice,
  type KnownRule,
  localeFlaw,
  type Rule,
  type RuleCatalogue,
} from '../rules/catalogue.js';
import type { DefinedRule } from '../rules/define-rule.js';
import type { GivenOptions, GivenValue } from '../rules/options.js';
import { MapperDefinitionError, quoteOption, rejectUnknownKeys } from './definition-error.js';
import {
  DIALECT_KEYS,
  type DialectOptions,
  dialectOfOptions,
  OUTPUT_CSV_KEYS,
  type OutputCsvOptions,
  styleOfOptions,
} from './dialect-options.js';
import { columnOf, outputColumns, type ReadRules, withoutKeeping } from './output-columns.js';
import { type ColumnRule, columnRule, fn } from './rule-makers.js';
import type { FieldFunction } from './user-function.js';
import { type WhereOption, whereOption } from './where-option.js';

/** A rule as a job file writes it: `'upper'`, or `{ round: { places: 2 } }`. */
export type RuleInWords<Known extends Rule = KnownRule> =
  Known extends DefinedRule<infer Name, infer Options, null>
    ?
        | (Record<never, never> extends GivenOptions<Options> ? Name : never)
        | ({ readonly [Key in Name]: GivenOptions<Options> & InvalidChoice } & InvalidChoice)
    : Known extends DefinedRule<infer Name, infer Options, infer Main>
      ? { readonly [Key in Name]: GivenValue<Options[Main & keyof Options]> } & InvalidChoice
      : never;

/** What a column may be given: a rule, or a function of one's own. */
export type RuleOfColumn<Known extends Rule = KnownRule> = ColumnRule | FieldFunction | RuleInWords<Known>;

/** A column's rule, or several applied in order. */
export type ColumnRules<Known extends Rule = KnownRule> =
  | RuleOfColumn<Known>
  | readonly RuleOfColumn<Known>[];

/** A column of the output: a name; a new name for a column; or a column made by a rule, or computed. */
export type OutputColumnOption<Known extends Rule = KnownRule> =
  | string
  | Readonly<
      Record<
        string,
        | string
        | { readonly from: string; readonly rules: ColumnRules<Known> }
        | ({ readonly from: string } & RuleInWords<Known>)
        | ({ readonly compute: string; readonly rules?: ColumnRules<Known> } & InvalidChoice)
      >
    >;

/** The words of a job file, in TypeScript. */
export interface MapperOptions<Known extends Rule = KnownRule> {
  /** What messages call the mapper; default `mapper`. */
  readonly name?: string;
  readonly csv?: DialectOptions & {
    /** Any text without a quote or a line end; default a comma. */
    readonly delimiter?: string;
    /** Whether the data start with a header record; default true unless `columns` is given. */
    readonly header?: boolean;
    /** The column names, for data without a header. */
    readonly columns?: readonly string[];
    /** Whether a quoted field may hold line ends; default `auto`: yes in a pipe, an error in a task. */
    readonly quotedLineBreaks?: (typeof LINE_BREAK_CHOICES)[number];
    /** A quote still open after this many bytes of its record is malformed; default 64 MiB. */
    readonly maxRecordBytes?: number;
  };
  /** The locale of numbers and names in the data, such as `de`, for rules without one of their own. */
  readonly locale?: string;
  /** Rules by column name, or by 0-based index as `[2]`. */
  readonly columns: Readonly<Record<string, ColumnRules<Known>>>;
  /** Which records stay, by their text in the input; default all. Written as in a job file. */
  readonly where?: WhereOption;
  readonly records?: {
    /**
     * Default `pass`; `reject` where a part of the data is hidden. `pad`: missing fields are empty, empty ones too many go, and
     * blank lines are left out.
     */
    readonly wrongFieldCount?: FieldCountAction;
    /** Broken quoting; default `fail`. */
    readonly malformed?: RecordAction;
  };
  readonly output?: {
    /** Default `every-part`: each part of the output starts with the header; `drop` for data without one. */
    readonly header?: HeaderChoice;
    readonly csv?: OutputCsvOptions;
    /** The columns of the output in their order; default those of the data. */
    readonly columns?: readonly OutputColumnOption<Known>[];
  };
}

/**
 * Defines a mapper. Throws a MapperDefinitionError where an option is not accepted.
 *
 * @example
 * export default defineMapper({
 *   columns: {
 *     Region: upper(),
 *     'Order Date': date({ from: 'M/d/yyyy', to: 'yyyy-MM-dd', invalid: 'Invalid-Date' }),
 *     'Unit Price': { round: { places: 2 } },
 *     'Order ID': (text) => (/^\d+$/.test(text) ? text.padStart(12, '0') : invalid('not a number')),
 *   },
 * });
 */
export function defineMapper(options: MapperOptions): MapperDefinition {
  return defineMapperWith(CATALOGUE, options);
}

/** `defineMapper` with the rules of another catalogue. */
export function defineMapperWith<Known extends Rule>(
  catalogue: RuleCatalogue<Known>,
  options: MapperOptions<Known>,
): MapperDefinition {
  rejectUnknownKeys('defineMapper', options, [
    ...['name', 'csv', 'locale', 'columns', 'where', 'records', 'output'],
  ]);
  const { name = 'mapper', csv = {}, locale, columns, where, records = {}, output = {} } = options;
  rejectUnknownKeys('csv', csv, [
    ...['delimiter', 'header', 'columns', 'quotedLineBreaks', 'maxRecordBytes'],
    ...DIALECT_KEYS,
  ]);
  rejectUnknownKeys('records', records, ['wrongFieldCount', 'malformed']);
  rejectUnknownKeys('output', output, ['header', 'csv', 'columns']);
  const { csv: outputCsv = {} } = output;
  rejectUnknownKeys('output.csv', outputCsv, OUTPUT_CSV_KEYS);
  const style = styleOfOptions(outputCsv);
  if (typeof columns !== 'object' || columns === null) {
    throw new MapperDefinitionError(
      `columns is ${quoteOption(columns)}; give an object of rules by column name`,
    );
  }
  const ofJob = checkedLocale(locale);
  const read = rulesReader(catalogue, ofJob);
  const ruled = Object.entries(columns).map(([key, rules]) => columnDefinition(key, rules, read));
  const written =
    output.columns === undefined ? {} : { columns: outputColumns(output.columns, catalogue, read, ofJob) };
  const isHidden = hidesData({ columns: ruled, output: { header: 'drop', ...written } });
  const { wrongFieldCount = isHidden ? 'reject' : MAPPER_DEFAULTS.wrongFieldCount } = records;
  const { malformed = MAPPER_DEFAULTS.malformed } = records;
  if (isHidden && (wrongFieldCount === 'pass' || malformed === 'pass')) {
    throw new MapperDefinitionError(
      "records: 'pass' would write records as they are, but the mapper hides a part of the data; give 'reject' or 'fail', or 'pad' for wrongFieldCount",
    );
  }
  const data = csvDefinition(csv);
  if (style?.null?.includes((style.delimiter ?? data.delimiter).charAt(0)) === true) {
    throw new MapperDefinitionError(
      `output.csv.null is ${quoteOption(style.null)}; it is written without quotes, so give a text without the delimiter of the output`,
    );
  }
  const isReadAlike = (style?.delimiter ?? data.delimiter) === data.delimiter;
  if (isReadAlike && data.comment !== undefined && style?.null?.startsWith(data.comment) === true) {
    throw new MapperDefinitionError(
      `output.csv.null is ${quoteOption(style.null)}, which starts like a comment; give a text that does not start with csv.comment`,
    );
  }
  if (wrongFieldCount === 'pad' && !data.header && data.names === null) {
    throw new MapperDefinitionError(
      'records.wrongFieldCount is "pad", but the data have no header, so nobody knows how many fields a record must have; give csv.columns',
    );
  }
  const { header = MAPPER_DEFAULTS.outputHeader(data.header) } = output;
  if (addsHeaders(header) && !data.header && data.names === null) {
    throw new MapperDefinitionError(
      `output.header is ${quoteOption(header)}, but the data have no header; give csv.columns, or drop`,
    );
  }
  return {
    name: String(name),
    csv: data,
    columns: ruled,
    ...(where === undefined ? {} : { where: whereOption(where, catalogue, ofJob) }),
    records: {
      wrongFieldCount: oneOf('records.wrongFieldCount', wrongFieldCount, FIELD_COUNT_ACTIONS),
      malformed: oneOf('records.malformed', malformed, RECORD_ACTIONS),
    },
    output: {
      header: oneOf('output.header', header, HEADER_CHOICES),
      ...(style === undefined ? {} : { csv: style }),
      ...written,
    },
  };
}

function csvDefinition(csv: NonNullable<MapperOptions['csv']>): MapperPlan['csv'] {
  const { columns, delimiter = MAPPER_DEFAULTS.delimiter, header = MAPPER_DEFAULTS.header(columns) } = csv;
  const { maxRecordBytes = MAPPER_DEFAULTS.maxRecordBytes } = csv;
  const { quotedLineBreaks = MAPPER_DEFAULTS.quotedLineBreaks } = csv;
  if (typeof delimiter !== 'string' || !DELIMITER.pattern.test(delimiter)) {
    throw new MapperDefinitionError(`csv.delimiter is ${quoteOption(delimiter)}; give ${DELIMITER.form}`);
  }
  if (columns !== undefined && (!Array.isArray(columns) || columns.length === 0)) {
    throw new MapperDefinitionError(
      `csv.columns is ${quoteOption(columns)}; give a list of at least one name`,
    );
  }
  if (!Number.isSafeInteger(maxRecordBytes) || maxRecordBytes < 1) {
    throw new MapperDefinitionError(
      `csv.maxRecordBytes is ${quoteOption(maxRecordBytes)}; give a whole number of bytes above 0`,
    );
  }
  return {
    ...dialectOfOptions(csv),
    delimiter,
    header: oneOf('csv.header', header, [true, false]),
    names: columns ?? null,
    quotedLineBreaks: oneOf('csv.quotedLineBreaks', quotedLineBreaks, LINE_BREAK_CHOICES),
    maxRecordBytes,
  };
}

function checkedLocale(locale: string | undefined): string | undefined {
  if (locale === undefined) return undefined;
  const flaw = typeof locale === 'string' ? localeFlaw(locale) : { accepted: 'a locale such as de' };
  if (flaw === null) return locale;
  throw new MapperDefinitionError(`locale is ${quoteOption(locale)}; give ${flaw.accepted}`);
}

function columnDefinition(key: string, rules: unknown, read: ReadRules): ColumnDefinition {
  const where = `columns[${quoteOption(key)}]`;
  const list = read(where, rules);
  const hides = list.some(({ rule }) => rule.hides === true);
  return { column: columnOf(key), rules: hides ? list.map((rule) => withoutKeeping(rule, where)) : list };
}

/** Reads rules, which are in the locale if they have none of their own. */
function rulesReader(catalogue: RuleCatalogue, locale: string | undefined): ReadRules {
  return (where, rules) => {
    const list: readonly unknown[] = Array.isArray(rules) ? rules : [rules];
    return list.map((given) => {
      const rule = ruleInPlace(given, catalogue);
      if (rule !== null) return locale === undefined ? rule : (rule.inLocale?.(locale) ?? rule);
      throw new MapperDefinitionError(
        `${where} is ${quoteOption(given)}; give upper(), date({…}), a function, or a list of them`,
      );
    });
  };
}

/** A rule that was made, a function, or a rule as a job file writes it; null for anything else. */
function ruleInPlace(given: unknown, catalogue: RuleCatalogue): ColumnRule | null {
  if (isFieldFunction(given)) return fn(given);
  if (isColumnRule(given)) return given;
  if (typeof given === 'string') {
    const rule = catalogue.find(given);
    return rule === undefined || rule.main !== null ? null : columnRule(rule, {});
  }
  const { invalid, onInvalid, ...named } = Object(given) as InvalidChoice & Record<string, unknown>;
  const [[name, options] = ['', {}], ...others] = Object.entries(named);
  const rule = others.length === 0 ? catalogue.find(name) : undefined;
  const choice = {
    ...(invalid === undefined ? {} : { invalid }),
    ...(onInvalid === undefined ? {} : { onInvalid }),
  };
  return rule === undefined ? null : columnRule(rule, options, choice);
}

function isFieldFunction(given: unknown): given is FieldFunction {
  return typeof given === 'function';
}

function isColumnRule(given: unknown): given is ColumnRule {
  if (typeof given !== 'object' || given === null || !('rule' in given)) return false;
  const { rule } = given;
  return typeof rule === 'object' && rule !== null && 'apply' in rule;
}

function oneOf<const T>(where: string, value: T, accepted: readonly T[]): T {
  if (accepted.includes(value)) return value;
  throw new MapperDefinitionError(
    `${where} is ${quoteOption(value)}; give ${accepted.map(quoteOption).join(' or ')}`,
  );
}
