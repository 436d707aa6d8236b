/** Section `output` of a job file: where the output is published, and how. */
import { dirname } from 'node:path';
import { z } from 'zod';
import { HEADER_CHOICES, type HeaderChoice, MAPPER_DEFAULTS } from '../../../mapper/contract.js';
import type { OverrideNames } from '../../config/override.js';
import type { Setting } from '../../config/setting.js';
import type { Choose } from './choose.js';
import { outputPath, type Surroundings } from './surroundings.js';

export const OUTPUT_MODES = ['create', 'replace', 'append'] as const;
export type OutputMode = (typeof OUTPUT_MODES)[number];
const COMPRESSIONS = ['none', 'gzip'] as const;

export const outputSchema = z.strictObject({
  path: z.string().min(1).describe('Folder of the output, relative to the job file'),
  header: z
    .enum(HEADER_CHOICES)
    .optional()
    .describe('Which parts start with the header; keep: headers stay where the data have them'),
  mode: z.enum(OUTPUT_MODES).optional(),
  compression: z.enum(COMPRESSIONS).optional(),
});

export const OUTPUT_OVERRIDES = {
  'output.path': { flag: 'output', variable: 'HADOOP_ELT_OUTPUT' },
  'output.mode': { flag: 'mode', variable: 'HADOOP_ELT_MODE' },
} as const satisfies Record<string, OverrideNames>;

export interface OutputSettings {
  /** Absolute. */
  readonly 'output.path': Setting<string>;
  readonly 'output.header': Setting<HeaderChoice>;
  readonly 'output.mode': Setting<OutputMode>;
  readonly 'output.compression': Setting<(typeof COMPRESSIONS)[number]>;
}

/** `hasHeader`: whether the data have a header. Throws `usage` for an output on another file system than the engine's. */
export function outputSettings(
  { path, header, mode, compression }: z.infer<typeof outputSchema>,
  { fromFile, overrideText }: Choose,
  surroundings: Surroundings,
  hasHeader: boolean,
): OutputSettings {
  const { jobFile, cwd } = surroundings;
  const inFile = outputPath(path, dirname(jobFile), surroundings);
  return {
    'output.path':
      overrideText('output.path', 'a path', (text) =>
        text === '' ? undefined : outputPath(text, cwd, surroundings),
      ) ?? fromFile(['output', 'path'], inFile, ''),
    'output.header': fromFile(['output', 'header'], header, MAPPER_DEFAULTS.outputHeader(hasHeader)),
    'output.mode':
      overrideText('output.mode', OUTPUT_MODES.join(', '), (text) =>
        OUTPUT_MODES.find((known) => known === text),
      ) ?? fromFile(['output', 'mode'], mode, 'create'),
    'output.compression': fromFile(['output', 'compression'], compression, 'none'),
  };
}
