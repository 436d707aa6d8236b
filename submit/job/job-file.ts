import { type JobFile, jobFileJsonSchema, jobFileSchema } from './schema.js';
import { type ParsedYaml, parseYaml } from './yaml-file.js';

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
