/** `input.waitFor` of a job file: when the inputs are complete, for a run that may start before them. */
import * as z from 'zod';
import type { WaitFor } from '../../awaited-inputs.js';
import { DURATION_FORM, parseDuration } from '../../config/durations.js';
import { bytesOf, sizeSchema } from '../../config/sizes-schema.js';

const DEFAULT_LIMIT_MS = 3_600_000;

const durationSchema = () =>
  z.string().refine((text) => (parseDuration(text) ?? 0) > 0, { error: DURATION_FORM });

export const waitForSchema = () =>
  z.strictObject({
    files: z.int().positive().optional().describe('So many files at least; by default 1'),
    bytes: sizeSchema().optional().describe('So many bytes of them at least, all together'),
    flag: z
      .string()
      .regex(/^[^/\\*?[\]{}]+$/, { error: 'the name of a file, without a folder or wildcards' })
      .optional()
      .describe('A file of this name in the folder of each pattern, which says that the others are complete'),
    quietFor: durationSchema().optional().describe('No file has come, grown or changed for so long'),
    upTo: durationSchema()
      .optional()
      .describe('The run fails if the inputs are not complete after so long; by default 1h'),
  });

/** The section as a setting has it. */
export function waitForOf({
  files,
  bytes,
  flag,
  quietFor,
  upTo,
}: z.infer<ReturnType<typeof waitForSchema>>): WaitFor {
  return {
    files: files ?? 1,
    bytes: bytesOf(bytes) ?? 0,
    flag: flag ?? null,
    quietForMs: quietFor === undefined ? 0 : (parseDuration(quietFor) ?? 0),
    upToMs: upTo === undefined ? DEFAULT_LIMIT_MS : (parseDuration(upTo) ?? DEFAULT_LIMIT_MS),
  };
}
