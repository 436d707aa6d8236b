/** Key `output.columns` of a job file: which columns the output has, in which order, and by what names. */
import * as z from 'zod';
import type { RuleCatalogue } from '../../../mapper/rules/catalogue.js';
import { columnRulesSchema, rulesByName, rulesIn } from './columns.js';

const SOURCE = 'A column of the data, by name or as [n], the 0-based index';

/** Exactly one key: the name in the output. */
const ONE_NAME = {
  error: 'one name for each item of the list, such as - Total: Total Revenue',
} as const;

export function outputColumnsSchema(rules: RuleCatalogue) {
  const derived = z
    .strictObject({
      from: z.string().optional().describe(SOURCE),
      compute: z
        .string()
        .optional()
        .describe(
          'In place of from: + - * / and parentheses over columns and numbers, exact; a name with one of these signs stands in quotes',
        ),
      rules: columnRulesSchema(rules).optional().describe('Several rules, applied in order'),
      ...rulesByName(rules),
    })
    .refine((column) => (column.from === undefined) !== (column.compute === undefined), {
      error: 'either from (a column of the data) or compute (an expression)',
    })
    .refine((column) => rulesIn(column, rules).length + (column.rules === undefined ? 0 : 1) < 2, {
      error: 'one rule beside from; write several as rules: [trim, upper]',
    });
  const named = z
    .record(z.string(), z.union([z.string().describe(SOURCE), derived]))
    .refine((column) => Object.keys(column).length === 1, ONE_NAME)
    .meta({ minProperties: 1, maxProperties: 1 });
  return z
    .array(z.union([z.string().describe(SOURCE), named]))
    .min(1)
    .describe(
      'The columns of the output in their order: a name; a new name for a column, { Total: Total Revenue }; or a column made from another by a rule, { year: { from: Order Date, date: … } }, or { Net: { compute: Price - Cost } }. By default all',
    );
}

export type OutputColumnInFile = z.infer<ReturnType<typeof outputColumnsSchema>>[number];
