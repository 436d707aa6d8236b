/** `output.csv` of a job file: how the records of the output are written. */
import * as z from 'zod';
import { type OutputStyle, QUOTE_CHOICES } from '../../../mapper/contract.js';
import type { Setting } from '../../config/setting.js';
import type { Choose } from './choose.js';
import { delimiterSchema, delimiterText } from './csv-texts.js';

export const outputCsvSchema = () =>
  z.strictObject({
    delimiter: delimiterSchema().optional().describe("Delimiter of the output; by default the input's"),
    quote: z
      .enum(QUOTE_CHOICES)
      .optional()
      .describe('Whether only the fields that need quotes have them, or all. Quotes inside are doubled'),
    null: z
      .string()
      .regex(/^[^"\r\n]*$/, { error: 'a text without quotes and line ends' })
      .optional()
      .describe('Written for null and for empty fields; text equal to it is quoted'),
  });

export interface OutputCsvSettings {
  /** Null: that of the input. */
  readonly 'output.csv.delimiter': Setting<string | null>;
  readonly 'output.csv.quote': Setting<(typeof QUOTE_CHOICES)[number]>;
  readonly 'output.csv.null': Setting<string>;
}

export function outputCsvSettings(
  given: z.infer<ReturnType<typeof outputCsvSchema>>,
  { fromFile }: Choose,
): OutputCsvSettings {
  const delimiter = given.delimiter === undefined ? undefined : delimiterText(given.delimiter);
  return {
    'output.csv.delimiter': fromFile<string | null>(['output', 'csv', 'delimiter'], delimiter, null),
    'output.csv.quote': fromFile(['output', 'csv', 'quote'], given.quote, 'minimal'),
    'output.csv.null': fromFile(['output', 'csv', 'null'], given.null, ''),
  };
}

/** What of the settings is unusual; undefined if nothing is. */
export function outputStyleOf(settings: OutputCsvSettings): OutputStyle | undefined {
  const delimiter = settings['output.csv.delimiter'].value;
  const nullText = settings['output.csv.null'].value;
  const style: OutputStyle = {
    ...(delimiter === null ? {} : { delimiter }),
    ...(settings['output.csv.quote'].value === 'all' ? { quote: 'all' as const } : {}),
    ...(nullText === '' ? {} : { null: nullText }),
  };
  return Object.keys(style).length === 0 ? undefined : style;
}
