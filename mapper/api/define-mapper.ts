import type { MapperPlan, RecordAction } from '../contract.js';
import type { ColumnDefinition, MapperDefinition } from '../definition.js';
import { MapperDefinitionError, quoteOption, rejectUnknownKeys } from './definition-error.js';
import { type ColumnRule, fn } from './rule-makers.js';
import type { FieldFunction } from './user-function.js';

/** A column's rule, or several applied in order. */
export type ColumnRules = ColumnRule | FieldFunction | readonly (ColumnRule | FieldFunction)[];

/** The words of a job file, in TypeScript. */
export interface MapperOptions {
  /** What messages call the mapper; default `mapper`. */
  readonly name?: string;
  readonly csv?: {
    /** One ASCII character; default a comma. */
    readonly delimiter?: string;
    /** Whether the data start with a header record; default true unless `columns` is given. */
    readonly header?: boolean;
    /** The column names, for data without a header. */
    readonly columns?: readonly string[];
    /** Whether a quoted field may hold line ends; default `auto`: yes in a pipe, an error in a task. */
    readonly quotedLineBreaks?: 'auto' | 'yes' | 'no';
    /** A quote still open after this many bytes of its record is malformed; default 64 MiB. */
    readonly maxRecordBytes?: number;
  };
  /** Rules by column name, or by 0-based index as `[2]`. */
  readonly columns: Readonly<Record<string, ColumnRules>>;
  readonly records?: {
    /** Default `pass`. */
    readonly wrongFieldCount?: RecordAction;
    /** Broken quoting; default `fail`. */
    readonly malformed?: RecordAction;
  };
  readonly output?: {
    /** Default `keep`: each header stays where it is found. */
    readonly header?: 'keep' | 'drop';
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
 *     'Order ID': (text) => (/^\d+$/.test(text) ? text.padStart(12, '0') : invalid('not a number')),
 *   },
 * });
 */
export function defineMapper(options: MapperOptions): MapperDefinition {
  rejectUnknownKeys('defineMapper', options, ['name', 'csv', 'columns', 'records', 'output']);
  const { name = 'mapper', csv = {}, columns, records = {}, output = {} } = options;
  rejectUnknownKeys('csv', csv, ['delimiter', 'header', 'columns', 'quotedLineBreaks', 'maxRecordBytes']);
  rejectUnknownKeys('records', records, ['wrongFieldCount', 'malformed']);
  rejectUnknownKeys('output', output, ['header']);
  if (typeof columns !== 'object' || columns === null) {
    throw new MapperDefinitionError(
      `columns is ${quoteOption(columns)}; give an object of rules by column name`,
    );
  }
  return {
    name: String(name),
    csv: csvDefinition(csv),
    columns: Object.entries(columns).map(([key, rules]) => columnDefinition(key, rules)),
    records: {
      wrongFieldCount: oneOf('records.wrongFieldCount', records.wrongFieldCount ?? 'pass', RECORD_ACTIONS),
      malformed: oneOf('records.malformed', records.malformed ?? 'fail', RECORD_ACTIONS),
    },
    output: { header: oneOf('output.header', output.header ?? 'keep', ['keep', 'drop']) },
  };
}

const RECORD_ACTIONS = ['pass', 'reject', 'fail'] as const;
const DEFAULT_MAX_RECORD_BYTES = 64 * 1024 * 1024;

function csvDefinition(csv: NonNullable<MapperOptions['csv']>): MapperPlan['csv'] {
  const { delimiter = ',', columns, header = columns === undefined } = csv;
  const { maxRecordBytes = DEFAULT_MAX_RECORD_BYTES, quotedLineBreaks = 'auto' } = csv;
  if (typeof delimiter !== 'string' || !/^[^"\r\n\u0080-\uffff]$/.test(delimiter)) {
    throw new MapperDefinitionError(
      `csv.delimiter is ${quoteOption(delimiter)}; give one ASCII character, neither a quote nor a line end`,
    );
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
    delimiter,
    header: oneOf('csv.header', header, [true, false]),
    names: columns ?? null,
    quotedLineBreaks: oneOf('csv.quotedLineBreaks', quotedLineBreaks, ['auto', 'yes', 'no']),
    maxRecordBytes,
  };
}

function columnDefinition(key: string, rules: ColumnRules): ColumnDefinition {
  const index = /^\[\s*(\d+)\s*\]$/.exec(key)?.[1];
  const list: readonly (ColumnRule | FieldFunction)[] = Array.isArray(rules) ? rules : [rules];
  return {
    column: index === undefined ? key : Number(index),
    rules: list.map((rule) => {
      if (typeof rule === 'function') return fn(rule);
      if (typeof rule?.rule?.apply === 'function') return rule;
      throw new MapperDefinitionError(
        `columns[${quoteOption(key)}] is ${quoteOption(rule)}; give upper(), date({…}), a function, or a list of them`,
      );
    }),
  };
}

function oneOf<const T>(where: string, value: T, accepted: readonly T[]): T {
  if (accepted.includes(value)) return value;
  throw new MapperDefinitionError(
    `${where} is ${quoteOption(value)}; give ${accepted.map(quoteOption).join(' or ')}`,
  );
}
