import { type ParsedYaml, parseYaml } from '../config/yaml-file.js';
import { type JobFile, jobFileJsonSchema, jobFileSchema } from './schema.js';

/** A job file that passed validation, and where its keys stand. */
export type ParsedJobFile = ParsedYaml<JobFile>;

/** Job-file text → its content. Throws `job-file-invalid`; see `parseYaml`. */
export function parseJobFile(path: string, text: string): ParsedJobFile {
  return parseYaml(
    { schema: jobFileSchema, jsonSchema: jobFileJsonSchema, invalid: 'job-file-invalid' },
    path,
    text,
  );
}
