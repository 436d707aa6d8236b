/** Section `csv` of a job file: the form of the data. */
import * as z from 'zod';
import {
  COLUMN_ORDERS,
  type ColumnOrder,
  type CsvDialect,
  type EncodingPlan,
  ESCAPES,
  HEADER_MATCHES,
  LINE_BREAK_CHOICES,
  MAPPER_DEFAULTS,
} from '../../../mapper/contract.js';
import { type IsGiven, strictObjectOf } from '../../config/given-keys.js';
import type { Setting } from '../../config/setting.js';
import { bytesOf, sizeSchema } from '../../config/sizes-schema.js';
import { encodingOf } from '../encodings.js';
import type { Choose } from './choose.js';
import { CSV_PRESET_NAMES, CSV_PRESETS, type CsvPresetName } from './csv-presets.js';
import { commentSchema, delimiterSchema, delimiterText, nullsSchema, quoteSchema } from './csv-texts.js';

const presetSchema = () => z.enum(CSV_PRESET_NAMES);

const csvMappingSchema = (isGiven: IsGiven) =>
  strictObjectOf(
    {
      preset: () =>
        presetSchema()
          .optional()
          .describe('The program that wrote the data; the other keys change its choices'),
      header: () => z.boolean().optional().describe('Whether each file starts with a header record'),
      columns: () =>
        z.array(z.string()).min(1).optional().describe('The column names, for data without a header'),
      headerMatch: () =>
        z
          .enum(HEADER_MATCHES)
          .optional()
          .describe('loose: neither case nor spaces around names of columns matter'),
      columnOrder: () =>
        z
          .enum(COLUMN_ORDERS)
          .optional()
          .describe('Whether files hold the columns in the same order (the default), or are read by name'),
      delimiter: () =>
        delimiterSchema().optional().describe('Any text; also \\t and the words tab, pipe, semicolon, comma'),
      quote: () => quoteSchema().optional().describe('The character around quoted fields, or none'),
      escape: () =>
        z
          .enum(ESCAPES)
          .optional()
          .describe('How a quote is written inside quotes: double (RFC 4180), or backslash, also outside'),
      lenientQuotes: () =>
        z
          .boolean()
          .optional()
          .describe(
            'Whether quotes inside a quoted field need not be doubled, and spaces may stand around it',
          ),
      encoding: () =>
        z
          .string()
          .refine((label) => encodingOf(label) !== null, {
            error:
              'a label of the WHATWG for an encoding that keeps ASCII, or UTF-16: windows-1252, shift_jis',
          })
          .optional()
          .describe('Encoding of the data; a byte order mark beats it. Without it bytes stay what they are'),
      skipLines: () =>
        z.int().min(0).max(1_000_000).optional().describe('Number of lines before the header of each file'),
      comment: () => commentSchema().optional().describe('Lines that start with this text are no records'),
      nulls: () =>
        nullsSchema().optional().describe('Fields without quotes that have one of these texts are null'),
      quotedLineBreaks: () =>
        z
          .enum(LINE_BREAK_CHOICES)
          .optional()
          .describe('Whether quoted fields may hold line breaks; auto: what the scan saw'),
      maxRecordBytes: () =>
        sizeSchema().optional().describe('A quote still open after so many bytes is malformed'),
    },
    isGiven,
  );

export const csvSchema = (isGiven: IsGiven) => z.union([presetSchema(), csvMappingSchema(isGiven)]);

type CsvInFile = z.infer<ReturnType<typeof csvSchema>>;

export interface CsvSettings {
  readonly 'csv.preset': Setting<CsvPresetName | null>;
  readonly 'csv.header': Setting<boolean>;
  readonly 'csv.columns': Setting<readonly string[] | null>;
  readonly 'csv.headerMatch': Setting<(typeof HEADER_MATCHES)[number]>;
  readonly 'csv.columnOrder': Setting<ColumnOrder>;
  readonly 'csv.delimiter': Setting<string>;
  /** Null: no field is quoted. */
  readonly 'csv.quote': Setting<string | null>;
  readonly 'csv.escape': Setting<(typeof ESCAPES)[number]>;
  readonly 'csv.lenientQuotes': Setting<boolean>;
  /** Null: bytes stay what they are. */
  readonly 'csv.encoding': Setting<EncodingPlan | null>;
  readonly 'csv.skipLines': Setting<number>;
  readonly 'csv.comment': Setting<string | null>;
  readonly 'csv.nulls': Setting<readonly string[]>;
  readonly 'csv.quotedLineBreaks': Setting<(typeof LINE_BREAK_CHOICES)[number]>;
  /** Bytes. */
  readonly 'csv.maxRecordBytes': Setting<number>;
}

/** The keys of the section; a preset alone is a mapping with that key. */
export function csvKeys(csv: CsvInFile | undefined): z.infer<ReturnType<typeof csvMappingSchema>> {
  return typeof csv === 'string' ? { preset: csv } : (csv ?? {});
}

export function csvSettings(csv: CsvInFile | undefined, { fromFile }: Choose): CsvSettings {
  const keys = csvKeys(csv);
  const { preset, header, columns, headerMatch, columnOrder, lenientQuotes, encoding, skipLines, comment } =
    keys;
  const chosen = preset === undefined ? undefined : CSV_PRESETS[preset];
  /** The key's own value, else that of the preset, which then stands where the preset does. */
  const orPreset = <T>(
    key: string,
    inFile: T | undefined,
    inPreset: T | undefined,
    fallback: T,
  ): Setting<T> =>
    inFile === undefined && inPreset !== undefined
      ? fromFile<T>(typeof csv === 'string' ? ['csv'] : ['csv', 'preset'], inPreset, fallback)
      : fromFile<T>(['csv', key], inFile, fallback);
  return {
    'csv.preset': fromFile<CsvPresetName | null>(['csv', 'preset'], preset, null),
    'csv.header': fromFile(['csv', 'header'], header, MAPPER_DEFAULTS.header(columns)),
    'csv.columns': fromFile<readonly string[] | null>(['csv', 'columns'], columns, null),
    'csv.headerMatch': fromFile(['csv', 'headerMatch'], headerMatch, 'exact'),
    'csv.columnOrder': fromFile(['csv', 'columnOrder'], columnOrder, MAPPER_DEFAULTS.columnOrder),
    'csv.delimiter': orPreset(
      'delimiter',
      keys.delimiter === undefined ? undefined : delimiterText(keys.delimiter),
      chosen?.delimiter,
      MAPPER_DEFAULTS.delimiter,
    ),
    'csv.quote': orPreset<string | null>('quote', quoteOf(keys.quote), quoteOf(chosen?.quote), '"'),
    'csv.escape': orPreset('escape', keys.escape, chosen?.escape, 'double'),
    'csv.lenientQuotes': fromFile(['csv', 'lenientQuotes'], lenientQuotes, false),
    'csv.encoding': fromFile<EncodingPlan | null>(
      ['csv', 'encoding'],
      encoding === undefined ? undefined : encodingOf(encoding),
      null,
    ),
    'csv.skipLines': fromFile(['csv', 'skipLines'], skipLines, 0),
    'csv.comment': fromFile<string | null>(['csv', 'comment'], comment, null),
    'csv.nulls': orPreset<readonly string[]>(
      'nulls',
      keys.nulls === undefined ? undefined : [keys.nulls].flat(),
      chosen?.nulls,
      [],
    ),
    'csv.quotedLineBreaks': fromFile(
      ['csv', 'quotedLineBreaks'],
      keys.quotedLineBreaks,
      MAPPER_DEFAULTS.quotedLineBreaks,
    ),
    'csv.maxRecordBytes': fromFile(
      ['csv', 'maxRecordBytes'],
      bytesOf(keys.maxRecordBytes),
      MAPPER_DEFAULTS.maxRecordBytes,
    ),
  };
}

function quoteOf(given: string | undefined): string | null | undefined {
  return given === 'none' ? null : given;
}

/** What of the settings is unusual. The same settings give the same keys, so that plans can be compared. */
export function dialectOfSettings(settings: CsvSettings): CsvDialect {
  const value = <Key extends keyof CsvSettings>(key: Key): CsvSettings[Key]['value'] => settings[key].value;
  const encoding = value('csv.encoding');
  const comment = value('csv.comment');
  return {
    ...(value('csv.quote') === '"' ? {} : { quote: value('csv.quote') }),
    ...(value('csv.escape') === 'backslash' ? { escape: 'backslash' as const } : {}),
    ...(value('csv.lenientQuotes') ? { lenientQuotes: true as const } : {}),
    ...(value('csv.skipLines') > 0 ? { skipLines: value('csv.skipLines') } : {}),
    ...(comment === null ? {} : { comment }),
    ...(value('csv.nulls').length > 0 ? { nulls: value('csv.nulls') } : {}),
    ...(value('csv.headerMatch') === 'loose' ? { headerMatch: 'loose' as const } : {}),
    ...(encoding === null ? {} : { encoding }),
  };
}

/** Whether a line `sep=` may set the delimiter, because nothing else does. */
export function delimiterIsOpen(settings: CsvSettings): boolean {
  return settings['csv.delimiter'].origin.from === 'default';
}
