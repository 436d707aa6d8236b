import { CATALOGUE, type RuleCatalogue } from '../../mapper/rules/catalogue.js';
import { type ParsedYaml, parseYaml } from '../config/yaml-file.js';
import type { ReadFile } from './lookup-tables.js';
import { type JobFile, jobFileJsonSchema, jobFileSchemaFor, jobFileSchemaOf } from './schema.js';

/** A valid job file, with the positions of its keys and the rules that it may use. */
export interface ParsedJobFile extends ParsedYaml<JobFile> {
  readonly rules: RuleCatalogue;
  /** The files that its rules name, by absolute path. */
  readonly files?: ReadonlyMap<string, ReadFile>;
}

/** `nulls: [NULL]` and `output.csv.null`. */
const TEXTS = {
  values: [
    ['csv', 'nulls'],
    ['output', 'csv', 'null'],
  ],
  keys: [['output', 'csv']],
} as const;

/** Job-file text → its content. Throws `job-file-invalid`; see `parseYaml`. */
export function parseJobFile(path: string, text: string, rules: RuleCatalogue = CATALOGUE): ParsedJobFile {
  const kind = {
    schema: () => jobFileSchemaOf(rules),
    schemaFor: (content: unknown) => jobFileSchemaFor(content, rules),
    jsonSchema: () => jobFileJsonSchema(rules),
    invalid: 'job-file-invalid',
    texts: TEXTS,
  } as const;
  return { ...parseYaml(kind, path, text), rules };
}
