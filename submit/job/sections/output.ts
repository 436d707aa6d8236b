/** Section `output` of a job file: where the output is published, and how. */
import { dirname } from 'node:path';
import * as z from 'zod';
import { HEADER_CHOICES, type HeaderChoice, MAPPER_DEFAULTS } from '../../../mapper/contract.js';
import type { RuleCatalogue } from '../../../mapper/rules/catalogue.js';
import { type IsGiven, strictObjectOf } from '../../config/given-keys.js';
import type { OverrideNames } from '../../config/override.js';
import type { Setting } from '../../config/setting.js';
import { bytesOf, sizeSchema } from '../../config/sizes-schema.js';
import { Failure } from '../../errors.js';
import type { Choose } from './choose.js';
import { withDate } from './date.js';
import { outputColumnsSchema } from './output-columns.js';
import { type OutputCsvSettings, outputCsvSchema, outputCsvSettings } from './output-csv.js';
import { addressedPath, type Surroundings } from './surroundings.js';

export const OUTPUT_MODES = ['create', 'replace', 'append'] as const;
export type OutputMode = (typeof OUTPUT_MODES)[number];
/** What a run does about an input that has changed since it was published. */
export const CHANGED_INPUT_CHOICES = ['fail', 'reload', 'append'] as const;
/** How "nothing to do" is proved: by names, sizes and identity of the published parts, or by reading them. */
export const VERIFY_CHOICES = ['quick', 'deep'] as const;
const COMPRESSIONS = ['none', 'gzip'] as const;

export const outputSchema = (rules: RuleCatalogue, isGiven: IsGiven) =>
  strictObjectOf(
    {
      path: () =>
        z
          .string()
          .min(1)
          .optional()
          .describe(
            'Folder of the output, relative to the job file; it may have {yyyy}, {MM} and {dd} too. It may be left out where load names a table',
          ),
      header: () =>
        z
          .enum(HEADER_CHOICES)
          .optional()
          .describe('Which parts start with the header; keep: headers stay where the data have them'),
      columns: () => outputColumnsSchema(rules).optional(),
      csv: () => outputCsvSchema().optional().describe('How the records are written'),
      mode: () => z.enum(OUTPUT_MODES).optional(),
      compression: () => z.enum(COMPRESSIONS).optional(),
      onChangedInput: () =>
        z
          .enum(CHANGED_INPUT_CHOICES)
          .optional()
          .describe(
            'An input whose content has changed since it was published: fail (the default), reload (make its batch, or the output of mode create, anew) or append (load the new content too)',
          ),
      partSize: () =>
        sizeSchema()
          .optional()
          .describe('Bytes of input that a part file is made of; by default as splits and small inputs fall'),
      files: () =>
        z
          .literal(1)
          .optional()
          .describe('1: exactly one part file, in the order of the inputs, written by one task'),
      keepPrevious: () =>
        z
          .int()
          .min(0)
          .max(1000)
          .optional()
          .describe('How many earlier outputs replace keeps for hadoop-elt rollback; by default none'),
    },
    isGiven,
  );

export const OUTPUT_OVERRIDES = {
  'output.path': { flag: 'output', variable: 'HADOOP_ELT_OUTPUT' },
  'output.mode': { flag: 'mode', variable: 'HADOOP_ELT_MODE' },
  adopt: { flag: 'adopt', variable: 'HADOOP_ELT_ADOPT' },
  verify: { flag: 'verify', variable: 'HADOOP_ELT_VERIFY' },
} as const satisfies Record<string, OverrideNames>;

export interface OutputSettings extends OutputCsvSettings {
  /** Absolute; empty for a job that has a table in its place. */
  readonly 'output.path': Setting<string>;
  readonly 'output.header': Setting<HeaderChoice>;
  readonly 'output.mode': Setting<OutputMode>;
  readonly 'output.compression': Setting<(typeof COMPRESSIONS)[number]>;
  readonly 'output.onChangedInput': Setting<(typeof CHANGED_INPUT_CHOICES)[number]>;
  readonly 'output.keepPrevious': Setting<number>;
  /** Bytes; null: as splits and small inputs fall. */
  readonly 'output.partSize': Setting<number | null>;
  /** 1: exactly one part; null: any number. */
  readonly 'output.files': Setting<1 | null>;
  /** Whether append makes a whole output its first batch. A job file does not say so: it is done once. */
  readonly adopt: Setting<boolean>;
  /** How published parts are checked. A job file does not name it. */
  readonly verify: Setting<(typeof VERIFY_CHOICES)[number]>;
}

/** `hasHeader`: whether the data have a header. `modeOfLoad`: the mode of a job that has only a table. `day`: that of a path with a date. Throws `usage` for an output on another file system than the engine's. */
export function outputSettings(
  {
    path,
    header,
    csv = {},
    mode,
    compression,
    onChangedInput,
    keepPrevious,
    partSize,
    files,
  }: z.infer<ReturnType<typeof outputSchema>>,
  choose: Choose,
  surroundings: Surroundings,
  hasHeader: boolean,
  modeOfLoad: OutputMode,
  day?: string,
): OutputSettings {
  const { fromFile, overrideText } = choose;
  const { jobFile, cwd } = surroundings;
  if (files !== undefined && partSize !== undefined) {
    throw new Failure('usage', { problem: 'output.files and output.partSize exclude each other' });
  }
  const inFile =
    path === undefined ? undefined : addressedPath(withDate(path, day), dirname(jobFile), surroundings);
  return {
    'output.path':
      overrideText('output.path', 'a path', (text) =>
        text === '' ? undefined : addressedPath(withDate(text, day), cwd, surroundings),
      ) ?? fromFile(['output', 'path'], inFile, ''),
    'output.header': fromFile(['output', 'header'], header, MAPPER_DEFAULTS.outputHeader(hasHeader)),
    ...outputCsvSettings(csv, choose),
    'output.mode':
      overrideText('output.mode', OUTPUT_MODES.join(', '), (text) =>
        OUTPUT_MODES.find((known) => known === text),
      ) ?? fromFile(['output', 'mode'], mode, path === undefined ? modeOfLoad : 'create'),
    'output.compression': fromFile(['output', 'compression'], compression, 'none'),
    'output.onChangedInput': fromFile(['output', 'onChangedInput'], onChangedInput, 'fail'),
    'output.keepPrevious': fromFile(['output', 'keepPrevious'], keepPrevious, 0),
    'output.partSize': fromFile<number | null>(['output', 'partSize'], bytesOf(partSize), null),
    'output.files': fromFile<1 | null>(['output', 'files'], files, null),
    adopt: overrideText('adopt', 'true, false', (text) =>
      text === 'true' || text === 'false' ? text === 'true' : undefined,
    ) ?? { value: false, origin: { from: 'default' } },
    verify: overrideText('verify', VERIFY_CHOICES.join(', '), (text) =>
      VERIFY_CHOICES.find((known) => known === text),
    ) ?? { value: 'quick', origin: { from: 'default' } },
  };
}
