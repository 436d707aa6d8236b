/** Section `checks` of a job file: what must hold of the data before anything is published. */
import * as z from 'zod';
import type { Limit, VolumeRule } from '../../check-finding.js';
import type { Setting } from '../../config/setting.js';
import { bytesOf, sizeSchema } from '../../config/sizes-schema.js';
import type { Choose } from './choose.js';

const VOLUME_LEVELS = ['warn', 'fail'] as const;

const PERCENT = /^\s*(\d{1,6}(?:\.\d{1,6})?)\s*%\s*$/;
const RUNS_COMPARED = 5;

const amount = () => z.int().nonnegative();
const limitSchema = () =>
  z
    .union([amount(), z.string()])
    .refine((limit) => typeof limit === 'number' || (percentOf(limit) ?? 101) <= 100, {
      error: 'a number of records such as 10, or a percentage from 0% to 100% such as 1%',
    });
const columnSchema = () => z.string().min(1);

export const checksSchema = () =>
  z.strictObject({
    minRecords: amount().optional().describe('The output must have at least so many records'),
    maxRecords: amount().optional().describe('The output must have at most so many records'),
    maxBytes: sizeSchema().optional().describe('The inputs must have at most so many bytes'),
    maxRejected: limitSchema()
      .optional()
      .describe('Rejected records: a number, or a percentage of the records read; by default not all'),
    maxInvalid: z
      .record(columnSchema(), limitSchema())
      .optional()
      .describe('Invalid values of a column: a number, or a percentage of the records read'),
    unique: z
      .union([columnSchema(), z.array(columnSchema()).min(1)])
      .optional()
      .describe('Columns whose values, taken together, no two records of the output share'),
    volume: z
      .strictObject({
        within: z
          .union([z.string(), z.number()])
          .refine((text) => typeof text === 'string' && percentOf(text) !== undefined, {
            error: 'a percentage such as 50%',
          })
          .describe('How far the records may be from the average, in percent of it'),
        ofLast: z.int().positive().max(1000).optional().describe('How many earlier runs are averaged; 5'),
        level: z.enum(VOLUME_LEVELS).optional().describe('Whether to warn or to fail; fail'),
      })
      .optional()
      .describe('The number of records compared with earlier runs of the job'),
  });

export interface ChecksSettings {
  readonly 'checks.minRecords': Setting<number | null>;
  readonly 'checks.maxRecords': Setting<number | null>;
  /** Bytes. */
  readonly 'checks.maxBytes': Setting<number | null>;
  /** Null: not all records may be rejected. */
  readonly 'checks.maxRejected': Setting<Limit | null>;
  /** By column, as the job file names it: its name, or `[2]`. */
  readonly 'checks.maxInvalid': Setting<Readonly<Record<string, Limit>> | null>;
  /** Columns as the job file names them. */
  readonly 'checks.unique': Setting<readonly string[] | null>;
  readonly 'checks.volume': Setting<VolumeRule | null>;
}

export function checksSettings(
  checks: z.infer<ReturnType<typeof checksSchema>>,
  { fromFile }: Choose,
): ChecksSettings {
  const { minRecords, maxRecords, maxBytes, maxRejected, maxInvalid, unique, volume } = checks;
  const at = <T>(key: keyof typeof checks, value: T | undefined): Setting<T | null> =>
    fromFile<T | null>(['checks', key], value, null);
  return {
    'checks.minRecords': at('minRecords', minRecords),
    'checks.maxRecords': at('maxRecords', maxRecords),
    'checks.maxBytes': at('maxBytes', bytesOf(maxBytes)),
    'checks.maxRejected': at('maxRejected', maxRejected === undefined ? undefined : limitOf(maxRejected)),
    'checks.maxInvalid': at(
      'maxInvalid',
      maxInvalid &&
        Object.fromEntries(Object.entries(maxInvalid).map(([key, limit]) => [key, limitOf(limit)])),
    ),
    'checks.unique': at('unique', typeof unique === 'string' ? [unique] : unique),
    'checks.volume': at(
      'volume',
      volume && {
        within: percentOf(String(volume.within)) ?? 0,
        ofLast: volume.ofLast ?? RUNS_COMPARED,
        level: volume.level ?? 'fail',
      },
    ),
  };
}

/** True if the job file asks for any check beside the one that every job has. */
export function hasOwnChecks(settings: ChecksSettings): boolean {
  const keys: readonly (keyof ChecksSettings)[] = [
    'checks.minRecords',
    'checks.maxRecords',
    'checks.maxBytes',
    'checks.maxRejected',
    'checks.maxInvalid',
    'checks.unique',
    'checks.volume',
  ];
  return keys.some((key) => settings[key].value !== null);
}

/** `1.5%` → 1.5. */
function percentOf(text: string): number | undefined {
  const digits = PERCENT.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function limitOf(limit: number | string): Limit {
  return typeof limit === 'number' ? { count: limit } : { percent: percentOf(limit) ?? 0 };
}
