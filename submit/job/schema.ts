/**
 * The job file's shape: one definition for validation, for the types and for the JSON Schema that editors use.
 * Each section has its keys, their defaults and overrides in `sections/`. `job-file.ts` reports problems, with lines.
 */
import * as z from 'zod';
import { CATALOGUE, type RuleCatalogue } from '../../mapper/rules/catalogue.js';
import { ALL_GIVEN, givenIn, type IsGiven, strictObjectOf } from '../config/given-keys.js';
import { hadoopKeys } from '../hadoop/cluster/hadoop-keys.js';
import { checksSchema } from './sections/checks.js';
import { columnsSchema, mapperSchema } from './sections/columns.js';
import { csvSchema } from './sections/csv.js';
import { inputSchema } from './sections/input.js';
import { loadSchema } from './sections/load.js';
import { localeSchema } from './sections/locale.js';
import { outputSchema } from './sections/output.js';
import { recordsSchema } from './sections/records.js';
import { runSchema } from './sections/run.js';
import { scheduledSchema } from './sections/scheduled.js';
import { whereSchema } from './sections/where.js';

/** The job file, with the rules of a catalogue: those keys and rules that a file may have given. */
function schemaWith(rules: RuleCatalogue, isGiven: IsGiven) {
  return strictObjectOf(
    {
      name: () =>
        z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: 'letters, digits, dot, dash and underscore' })
          .optional()
          .describe("Name of the job; by default the job file's own name"),
      input: inputSchema(isGiven),
      csv: () => csvSchema(isGiven).optional(),
      locale: () => localeSchema().optional(),
      columns: () => columnsSchema(rules).optional(),
      where: () => whereSchema(rules).optional(),
      mapper: () => mapperSchema().optional(),
      records: () => recordsSchema().optional(),
      checks: () => checksSchema().optional().describe('What must hold before anything is published'),
      output: () => outputSchema(rules, isGiven).optional(),
      load: () => loadSchema().optional().describe('Where the records are loaded into'),
      run: () => runSchema().optional(),
      scheduled: () => scheduledSchema().optional().describe('What hadoop-elt scheduled adds to a run'),
      hadoop: () => z.strictObject(hadoopKeys()).optional().describe('How the job runs on Hadoop'),
    },
    isGiven,
  ).superRefine(requireTarget, { when: () => true });
}

/** The whole job file, with the rules of a catalogue. */
export function jobFileSchemaOf(rules: RuleCatalogue) {
  return schemaWith(rules, ALL_GIVEN);
}

/**
 * The same for a file of this content: it accepts it if the whole schema does, and takes a third of the time to make. What
 * is wrong with the content the whole schema tells.
 */
export function jobFileSchemaFor(content: unknown, rules: RuleCatalogue) {
  const isGiven = givenIn(content);
  const given = rules.rules.filter(({ name }) => isGiven(name));
  return schemaWith({ ...rules, rules: given }, isGiven);
}

/** A job publishes a folder, or loads a table, or both. Looked at even if other keys are wrong. */
function requireTarget(
  { output, load }: { readonly output?: { readonly path?: unknown } | undefined; readonly load?: unknown },
  context: z.core.$RefinementCtx,
): void {
  if (load !== undefined || output?.path !== undefined) return;
  const isMissing = output === undefined;
  context.addIssue({
    code: 'invalid_type',
    expected: isMissing ? 'object' : 'string',
    input: undefined,
    path: isMissing ? ['output'] : ['output', 'path'],
  });
}

/** A job file that passed validation. */
export type JobFile = z.infer<ReturnType<typeof jobFileSchemaOf>>;

/** JSON Schema (draft 2020-12) of the job file, for editors. */
export function jobFileJsonSchema(rules: RuleCatalogue = CATALOGUE): Record<string, unknown> {
  return {
    ...z.toJSONSchema(jobFileSchemaOf(rules), { io: 'input', unrepresentable: 'any' }),
    title: 'hadoop-elt job file',
  };
}
