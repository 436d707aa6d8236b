/**
 * The job file's shape: one definition for validation, for the types and for the JSON Schema that editors use.
 * Problems are reported by `job-file.ts`, which knows the lines.
 */
import { z } from 'zod';
import { ROUNDING_MODES } from '../../mapper/contract.js';
import { sizeSchema as size } from '../config/sizes-schema.js';
import { hadoopKeys } from '../hadoop/cluster/hadoop-keys.js';

const onInvalid = {
  invalid: z.string().optional().describe('Text that is written in place of an invalid value'),
  onInvalid: z
    .enum(['keep', 'blank', 'reject', 'fail'])
    .optional()
    .describe(
      'What happens to an invalid value when no marker is given: keep its text (the default), blank the field, reject the record, or fail the job',
    ),
};
const oneOfInvalid = {
  when: () => true,
  error: 'either invalid (a marker text) or onInvalid, not both',
} as const;
const notBoth = (options: { invalid?: string | undefined; onInvalid?: string | undefined }) =>
  options?.invalid === undefined || options?.onInvalid === undefined;

const textOptions = z.strictObject(onInvalid).refine(notBoth, oneOfInvalid);
const dateOptions = z
  .strictObject({
    from: z
      .union([z.string(), z.array(z.string()).min(1)])
      .describe('One pattern, or a list of patterns tried in order: M/d/yyyy'),
    to: z.string().describe('The pattern to write: yyyy-MM-dd'),
    ...onInvalid,
  })
  .refine(notBoth, oneOfInvalid);
const roundOptions = z
  .strictObject({
    places: z.int().min(0).max(1000).describe('Digits after the decimal point'),
    mode: z
      .preprocess(
        (value) => (typeof value === 'string' ? value.toLowerCase().replaceAll('_', '-') : value),
        z.enum(ROUNDING_MODES),
      )
      .optional()
      .describe("Rounding mode, named as in Java's RoundingMode; half-even by default"),
    ...onInvalid,
  })
  .refine(notBoth, oneOfInvalid);

/** Names of rules that need no options and may be written as a word. */
const PLAIN_RULES = ['upper', 'lower', 'trim'] as const;

const ruleObject = z
  .strictObject({
    upper: textOptions.optional().describe('Upper case'),
    lower: textOptions.optional().describe('Lower case'),
    trim: textOptions.optional().describe('White space around the text is removed'),
    date: dateOptions.optional().describe('Reads a date by one pattern and writes it by another'),
    round: roundOptions.optional().describe('Exact decimal rounding'),
  })
  .refine((rule) => Object.values(rule).filter((options) => options !== undefined).length === 1, {
    error: 'exactly one rule; write several as a list: [trim, upper]',
  })
  .meta({ minProperties: 1, maxProperties: 1 });
const ruleWord = z.enum(PLAIN_RULES);
const columnRules = z.union([ruleWord, ruleObject, z.array(z.union([ruleWord, ruleObject])).min(1)]);

const recordAction = z.enum(['pass', 'reject', 'fail']);

/** The whole job file. */
export const jobFileSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: 'letters, digits, dot, dash and underscore' })
    .optional()
    .describe("Name of the job; by default the job file's own name"),
  input: z.strictObject({
    files: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .describe('Paths and globs, relative to the job file; .gz files are read too'),
    upload: z
      .string()
      .min(1)
      .optional()
      .describe("Folder on the cluster that raw data go to; by default one of the job's name"),
  }),
  csv: z
    .strictObject({
      header: z.boolean().optional().describe('Whether each file starts with a header record'),
      columns: z.array(z.string()).min(1).optional().describe('The column names, for data without a header'),
      delimiter: z
        .string()
        .regex(/^[^"\r\n\u0080-\uffff]$/, { error: 'one ASCII character, neither a quote nor a line end' })
        .optional(),
      quotedLineBreaks: z
        .enum(['auto', 'yes', 'no'])
        .optional()
        .describe('Whether quoted fields may hold line breaks; auto: what the scan saw'),
      maxRecordBytes: size.optional().describe('A quote still open after so many bytes is malformed'),
    })
    .optional(),
  columns: z
    .record(z.string(), columnRules)
    .optional()
    .describe('Rules by column name, or by [n], the 0-based index'),
  mapper: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Instead of columns: a mapper of your own, relative to the job file. A TypeScript or JavaScript module whose default export is made by defineMapper, or a file made by hadoop-elt build. Settings of csv, records and output.header that stand here beat those of the mapper',
    ),
  records: z
    .strictObject({ wrongFieldCount: recordAction.optional(), malformed: recordAction.optional() })
    .optional(),
  output: z.strictObject({
    path: z.string().min(1).describe('Folder of the output, relative to the job file'),
    header: z.enum(['keep', 'drop']).optional(),
    mode: z.enum(['create', 'replace', 'append']).optional(),
    compression: z.enum(['none', 'gzip']).optional(),
  }),
  run: z
    .strictObject({
      splitSize: size
        .optional()
        .describe('Bytes of input a task gets; by default 128 MiB on the local engine and a block on Hadoop'),
      parallel: z.int().positive().optional().describe('Tasks at once on the local engine'),
    })
    .optional(),
  hadoop: z.strictObject(hadoopKeys).optional().describe('How the job runs on Hadoop'),
});

/** A job file that passed validation. */
export type JobFile = z.infer<typeof jobFileSchema>;
export type ColumnRulesInFile = z.infer<typeof columnRules>;
export type RuleInFile = z.infer<typeof ruleWord> | z.infer<typeof ruleObject>;

/** JSON Schema (draft 2020-12) of the job file, for editors. */
export function jobFileJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(jobFileSchema, { io: 'input', unrepresentable: 'any' }),
    title: 'hadoop-elt job file',
  };
}
