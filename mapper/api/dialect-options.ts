import { type CsvDialect, ESCAPES, HEADER_MATCHES, type OutputStyle, QUOTE_CHOICES } from '../contract.js';
import { MapperDefinitionError, quoteOption } from './definition-error.js';

/** The dialect of the data, in the words of a job file. */
export interface DialectOptions {
  /** One ASCII character, or `none`; default `"`. */
  readonly quote?: string;
  /** How a quote is written inside quotes; default `double`. */
  readonly escape?: (typeof ESCAPES)[number];
  /** Whether quotes need not be doubled, and spaces may stand around quoted fields; default false. */
  readonly lenientQuotes?: boolean;
  /** Lines before the header of each file; default 0. */
  readonly skipLines?: number;
  /** Lines that start with this text are no records. */
  readonly comment?: string;
  /** Fields without quotes that have one of these texts are null. */
  readonly nulls?: string | readonly string[];
  /** `loose`: neither case nor spaces around names of columns matter; default `exact`. */
  readonly headerMatch?: (typeof HEADER_MATCHES)[number];
}

/** How the records of the output are written, in the words of a job file. */
export interface OutputCsvOptions {
  /** Default: that of the data. */
  readonly delimiter?: string;
  /** Default `minimal`. */
  readonly quote?: (typeof QUOTE_CHOICES)[number];
  /** Written for null and for empty fields; default nothing. */
  readonly null?: string;
}

/** The names of the options. */
export const DIALECT_KEYS = [
  'quote',
  'escape',
  'lenientQuotes',
  'skipLines',
  'comment',
  'nulls',
  'headerMatch',
] as const satisfies readonly (keyof DialectOptions)[];
export const OUTPUT_CSV_KEYS = ['delimiter', 'quote', 'null'] as const;

/** Options → the dialect. Throws a MapperDefinitionError where one is not accepted. */
export function dialectOfOptions(given: DialectOptions): CsvDialect {
  const { quote = '"', lenientQuotes = false, skipLines = 0, comment, headerMatch = 'exact' } = given;
  const nulls = given.nulls === undefined ? [] : [given.nulls].flat();
  const isQuote = quote === 'none' || (typeof quote === 'string' && /^[!-/:-@[\]-`{-~]$/.test(quote));
  requireThat(isQuote, 'csv.quote', quote, "one ASCII character that is no letter or digit, or 'none'");
  requireOneOf(ESCAPES, 'csv.escape', given.escape ?? 'double');
  requireOneOf(HEADER_MATCHES, 'csv.headerMatch', headerMatch);
  requireThat(typeof lenientQuotes === 'boolean', 'csv.lenientQuotes', lenientQuotes, 'true or false');
  const isCount = Number.isSafeInteger(skipLines) && skipLines >= 0;
  requireThat(isCount, 'csv.skipLines', skipLines, 'a whole number of lines');
  const isComment = comment === undefined || isLine(comment, /["'\r\n]|^$/);
  requireThat(isComment, 'csv.comment', comment, 'a text without quotes and line ends');
  requireThat(
    nulls.every((text) => isLine(text, /[\r\n]/)),
    'csv.nulls',
    given.nulls,
    'a text, or a list of texts',
  );
  return {
    ...(quote === '"' ? {} : { quote: quote === 'none' ? null : quote }),
    ...(given.escape === 'backslash' ? { escape: 'backslash' } : {}),
    ...(lenientQuotes ? { lenientQuotes } : {}),
    ...(skipLines === 0 ? {} : { skipLines }),
    ...(comment === undefined ? {} : { comment }),
    ...(nulls.length === 0 ? {} : { nulls }),
    ...(headerMatch === 'loose' ? { headerMatch } : {}),
  };
}

/** Options → the form of the output; undefined where it is the usual one. */
export function styleOfOptions(given: OutputCsvOptions): OutputStyle | undefined {
  const { delimiter, quote = 'minimal', null: nullText = '' } = given;
  const isDelimiter = delimiter === undefined || isLine(delimiter, /["\r\n]|^$/);
  requireThat(isDelimiter, 'output.csv.delimiter', delimiter, 'a text without a quote or a line end');
  requireOneOf(QUOTE_CHOICES, 'output.csv.quote', quote);
  requireThat(
    isLine(nullText, /["\r\n]/),
    'output.csv.null',
    nullText,
    'a text without quotes and line ends',
  );
  const style: OutputStyle = {
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(quote === 'all' ? { quote } : {}),
    ...(nullText === '' ? {} : { null: nullText }),
  };
  return Object.keys(style).length === 0 ? undefined : style;
}

function isLine(text: unknown, refused: RegExp): boolean {
  return typeof text === 'string' && !refused.test(text);
}

function requireOneOf(choices: readonly string[], where: string, given: string): void {
  requireThat(choices.includes(given), where, given, choices.map(quoteOption).join(' or '));
}

function requireThat(holds: boolean, where: string, given: unknown, form: string): void {
  if (!holds) throw new MapperDefinitionError(`${where} is ${quoteOption(given)}; give ${form}`);
}
