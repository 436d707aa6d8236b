/** Section `csv` of a job file: the form of the data. */
import { z } from 'zod';
import {
  COLUMN_ORDERS,
  type ColumnOrder,
  DELIMITER,
  LINE_BREAK_CHOICES,
  MAPPER_DEFAULTS,
} from '../../../mapper/contract.js';
import type { Setting } from '../../config/setting.js';
import { bytesOf, sizeSchema } from '../../config/sizes-schema.js';
import type { Choose } from './choose.js';

export const csvSchema = z.strictObject({
  header: z.boolean().optional().describe('Whether each file starts with a header record'),
  columns: z.array(z.string()).min(1).optional().describe('The column names, for data without a header'),
  columnOrder: z
    .enum(COLUMN_ORDERS)
    .optional()
    .describe('Whether files hold the columns in the same order (the default), or are read by name'),
  delimiter: z.string().regex(DELIMITER.pattern, { error: DELIMITER.form }).optional(),
  quotedLineBreaks: z
    .enum(LINE_BREAK_CHOICES)
    .optional()
    .describe('Whether quoted fields may hold line breaks; auto: what the scan saw'),
  maxRecordBytes: sizeSchema.optional().describe('A quote still open after so many bytes is malformed'),
});

export interface CsvSettings {
  readonly 'csv.header': Setting<boolean>;
  readonly 'csv.columns': Setting<readonly string[] | null>;
  readonly 'csv.columnOrder': Setting<ColumnOrder>;
  readonly 'csv.delimiter': Setting<string>;
  readonly 'csv.quotedLineBreaks': Setting<(typeof LINE_BREAK_CHOICES)[number]>;
  /** Bytes. */
  readonly 'csv.maxRecordBytes': Setting<number>;
}

export function csvSettings(
  { header, columns, columnOrder, delimiter, quotedLineBreaks, maxRecordBytes }: z.infer<typeof csvSchema>,
  { fromFile }: Choose,
): CsvSettings {
  return {
    'csv.header': fromFile(['csv', 'header'], header, MAPPER_DEFAULTS.header(columns)),
    'csv.columns': fromFile<readonly string[] | null>(['csv', 'columns'], columns, null),
    'csv.columnOrder': fromFile(['csv', 'columnOrder'], columnOrder, MAPPER_DEFAULTS.columnOrder),
    'csv.delimiter': fromFile(['csv', 'delimiter'], delimiter, MAPPER_DEFAULTS.delimiter),
    'csv.quotedLineBreaks': fromFile(
      ['csv', 'quotedLineBreaks'],
      quotedLineBreaks,
      MAPPER_DEFAULTS.quotedLineBreaks,
    ),
    'csv.maxRecordBytes': fromFile(
      ['csv', 'maxRecordBytes'],
      bytesOf(maxRecordBytes),
      MAPPER_DEFAULTS.maxRecordBytes,
    ),
  };
}
