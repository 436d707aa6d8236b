/** Sections `columns` and `mapper` of a job file: the rules of its columns, or the own mapper that has them. */
import * as z from 'zod';
import { INVALID_ACTIONS } from '../../../mapper/contract.js';
import type { InvalidChoice, Rule, RuleCatalogue, RuleOption } from '../../../mapper/rules/catalogue.js';

const invalidChoice = () => ({
  invalid: z.string().optional().describe('Text that is written in place of an invalid value'),
  onInvalid: z
    .enum(INVALID_ACTIONS)
    .optional()
    .describe(
      'What happens to an invalid value when no marker is given: keep its text (the default), blank the field, reject the record, or fail the job',
    ),
});
const oneOfInvalid = {
  when: () => true,
  error: 'either invalid (a marker text) or onInvalid, not both',
} as const;
const notBoth = (options: InvalidChoice) =>
  options?.invalid === undefined || options?.onInvalid === undefined;

/** The schema of a rule's option. `planJob` calls the option's own `check`, and reports all errors at once. */
function optionSchema(option: RuleOption): z.ZodType {
  const schema = valueSchema(option);
  return (needsNoValue(option) ? schema.optional() : schema).describe(option.describe);
}

function valueSchema(option: RuleOption): z.ZodType {
  switch (option.kind) {
    case 'text':
      return z.string();
    case 'texts':
      return z.union([z.string(), z.array(z.string()).min(1)]);
    case 'named-texts': {
      const texts = Object.fromEntries(option.names.map((name) => [name, z.string().optional()]));
      return z.union([z.string(), z.strictObject(texts)]);
    }
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
    case 'text map':
      return z.record(z.string(), z.string());
    case 'bounds': {
      const bound = z.union([z.string(), z.number(), z.null()]);
      return z.tuple([bound, bound]);
    }
  }
}

function ruleSchema(rule: Rule): z.ZodType {
  const main = rule.main === null ? undefined : rule.options[rule.main];
  if (main !== undefined) return valueSchema(main).optional().describe(rule.summary);
  const written = Object.entries(rule.options).filter(([, { isInternal }]) => isInternal !== true);
  const options = written.map(([name, option]) => [name, optionSchema(option)] as const);
  return z
    .strictObject({ ...Object.fromEntries(options), ...invalidChoice() })
    .refine(notBoth, oneOfInvalid)
    .optional()
    .describe(rule.summary);
}

/** All rules as optional keys, each with its options, and what happens to an invalid value. */
export const rulesByName = madeOnce(({ rules }: RuleCatalogue) => {
  return {
    ...Object.fromEntries(rules.map((rule) => [rule.name, ruleSchema(rule)])),
    ...invalidChoice(),
  };
});

/** The names of the rules that a mapping has as keys, in its order. */
export function rulesIn(mapping: Readonly<Record<string, unknown>>, { rules }: RuleCatalogue): string[] {
  return rules.map(({ name }) => name).filter((name) => mapping[name] !== undefined);
}

/** The name of a rule that needs no options, a rule with its options, or a list of both. */
export const columnRulesSchema = madeOnce((catalogue: RuleCatalogue) => {
  const word = z.enum(catalogue.rules.filter(needsNoOptions).map(({ name }) => name));
  const mapping = z
    .strictObject(rulesByName(catalogue))
    .refine((rule) => rulesIn(rule, catalogue).length === 1, {
      error: 'exactly one rule; write several as a list: [trim, upper]',
    })
    .refine(notBoth, oneOfInvalid)
    .meta({ minProperties: 1 });
  return z.union([word, mapping, z.array(z.union([word, mapping])).min(1)]);
});

/** Makes a schema once for a catalogue: several sections have it, and making it takes a part of each start. */
function madeOnce<Schema>(make: (catalogue: RuleCatalogue) => Schema): (catalogue: RuleCatalogue) => Schema {
  const made = new WeakMap<RuleCatalogue, Schema>();
  return (catalogue) => {
    const schema = made.get(catalogue) ?? make(catalogue);
    made.set(catalogue, schema);
    return schema;
  };
}

function needsNoOptions({ options }: Rule): boolean {
  return Object.values(options).every(needsNoValue);
}

function needsNoValue({ default: value, optional }: RuleOption): boolean {
  return value !== undefined || optional === true;
}

export const columnsSchema = (rules: RuleCatalogue) =>
  z
    .record(z.string(), columnRulesSchema(rules))
    .describe('Rules by column name, or by [n], the 0-based index');

export const mapperSchema = () =>
  z
    .string()
    .min(1)
    .describe(
      'Instead of columns: a mapper of your own, relative to the job file. A TypeScript or JavaScript module whose default export is made by defineMapper, or a file made by hadoop-elt build. Settings of csv, records and output.header that stand here beat those of the mapper',
    );

export type ColumnRulesInFile = z.infer<ReturnType<typeof columnRulesSchema>>;
export type RuleInFile = Exclude<ColumnRulesInFile, readonly unknown[]>;
