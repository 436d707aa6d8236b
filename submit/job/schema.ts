/**
 * The job file's shape: one definition for validation, for the types and for the JSON Schema that editors use.
 * Problems are reported by `job-file.ts`, which knows the lines.
 */
import { z } from 'zod';
import {
  DELIMITER,
  HEADER_CHOICES,
  INVALID_ACTIONS,
  LINE_BREAK_CHOICES,
  RECORD_ACTIONS,
} from '../../mapper/contract.js';
import {
  CATALOGUE,
  type InvalidChoice,
  type Rule,
  type RuleCatalogue,
  type RuleOption,
} from '../../mapper/rules/catalogue.js';
import { sizeSchema as size } from '../config/sizes-schema.js';
import { hadoopKeys } from '../hadoop/cluster/hadoop-keys.js';

const invalidChoice = {
  invalid: z.string().optional().describe('Text that is written in place of an invalid value'),
  onInvalid: z
    .enum(INVALID_ACTIONS)
    .optional()
    .describe(
      'What happens to an invalid value when no marker is given: keep its text (the default), blank the field, reject the record, or fail the job',
    ),
};
const oneOfInvalid = {
  when: () => true,
  error: 'either invalid (a marker text) or onInvalid, not both',
} as const;
const notBoth = (options: InvalidChoice) =>
  options?.invalid === undefined || options?.onInvalid === undefined;

/** What a rule's option looks like in a job file. What its `check` says is for `planJob`, which reports all of it. */
function optionSchema(option: RuleOption): z.ZodType {
  const schema = valueSchema(option);
  return (option.default === undefined ? schema : schema.optional()).describe(option.describe);
}

function valueSchema(option: RuleOption): z.ZodType {
  switch (option.kind) {
    case 'text':
      return z.string();
    case 'texts':
      return z.union([z.string(), z.array(z.string()).min(1)]);
    case 'integer':
      return z.int().min(option.min).max(option.max);
    case 'choice': {
      const { normalize } = option;
      const choice = z.enum(option.of);
      if (normalize === undefined) return choice;
      return z.preprocess((value) => (typeof value === 'string' ? normalize(value) : value), choice);
    }
    case 'flag':
      return z.boolean();
  }
}

function ruleSchema(rule: Rule) {
  const options = Object.entries(rule.options).map(([name, option]) => [name, optionSchema(option)] as const);
  return z
    .strictObject({ ...Object.fromEntries(options), ...invalidChoice })
    .refine(notBoth, oneOfInvalid)
    .optional()
    .describe(rule.summary);
}

/** A rule by its name alone, where it needs no options; a rule with its options; or a list of them. */
function columnRulesSchema({ rules }: RuleCatalogue) {
  const word = z.enum(rules.filter(needsNoOptions).map(({ name }) => name));
  const mapping = z
    .strictObject(Object.fromEntries(rules.map((rule) => [rule.name, ruleSchema(rule)])))
    .refine((rule) => Object.values(rule).filter((options) => options !== undefined).length === 1, {
      error: 'exactly one rule; write several as a list: [trim, upper]',
    })
    .meta({ minProperties: 1, maxProperties: 1 });
  return z.union([word, mapping, z.array(z.union([word, mapping])).min(1)]);
}

function needsNoOptions({ options }: Rule): boolean {
  return Object.values(options).every((option) => option.default !== undefined);
}

const recordAction = z.enum(RECORD_ACTIONS);

/** The whole job file, with the rules of a catalogue. */
export function jobFileSchemaOf(rules: RuleCatalogue) {
  return z.strictObject({
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
        columns: z
          .array(z.string())
          .min(1)
          .optional()
          .describe('The column names, for data without a header'),
        delimiter: z.string().regex(DELIMITER.pattern, { error: DELIMITER.form }).optional(),
        quotedLineBreaks: z
          .enum(LINE_BREAK_CHOICES)
          .optional()
          .describe('Whether quoted fields may hold line breaks; auto: what the scan saw'),
        maxRecordBytes: size.optional().describe('A quote still open after so many bytes is malformed'),
      })
      .optional(),
    columns: z
      .record(z.string(), columnRulesSchema(rules))
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
      header: z.enum(HEADER_CHOICES).optional(),
      mode: z.enum(['create', 'replace', 'append']).optional(),
      compression: z.enum(['none', 'gzip']).optional(),
    }),
    run: z
      .strictObject({
        splitSize: size
          .optional()
          .describe(
            'Bytes of input a task gets; by default 128 MiB on the local engine and a block on Hadoop',
          ),
        parallel: z.int().positive().optional().describe('Tasks at once on the local engine'),
      })
      .optional(),
    hadoop: z.strictObject(hadoopKeys).optional().describe('How the job runs on Hadoop'),
  });
}

/** A job file that passed validation. */
export type JobFile = z.infer<ReturnType<typeof jobFileSchemaOf>>;
export type ColumnRulesInFile = z.infer<ReturnType<typeof columnRulesSchema>>;
export type RuleInFile = Exclude<ColumnRulesInFile, readonly unknown[]>;

/** JSON Schema (draft 2020-12) of the job file, for editors. */
export function jobFileJsonSchema(rules: RuleCatalogue = CATALOGUE): Record<string, unknown> {
  return {
    ...z.toJSONSchema(jobFileSchemaOf(rules), { io: 'input', unrepresentable: 'any' }),
    title: 'hadoop-elt job file',
  };
}
