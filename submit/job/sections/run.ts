/** Section `run` of a job file: how the work is divided, what is tried again, and where a run keeps its state. */
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { DURATION_FORM, parseDuration } from '../../config/durations.js';
import type { OverrideNames } from '../../config/override.js';
import type { Setting } from '../../config/setting.js';
import { parseSize, SIZE_FORM } from '../../config/sizes.js';
import { bytesOf, sizeSchema } from '../../config/sizes-schema.js';
import type { Choose } from './choose.js';
import type { Surroundings } from './surroundings.js';

const DEFAULT_SPLIT_BYTES = 128 * 1024 ** 2;
/** With pauses that grow threefold, this is enough for a server that is restarted, or a network that is gone for a minute. */
const DEFAULT_RETRIES = 3;
const DEFAULT_RETRY_DELAY_MS = 5000;

const retriesSchema = () =>
  z.strictObject({
    times: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .describe('How often a step is tried again; 0: never; by default 3'),
    delay: z
      .string()
      .refine((text) => parseDuration(text) !== undefined, { error: DURATION_FORM })
      .optional()
      .describe('Pause before the first retry, by default 5s; each further pause is three times as long'),
  });

export const runSchema = () =>
  z.strictObject({
    splitSize: sizeSchema()
      .optional()
      .describe('Bytes of input a task gets; by default 128 MiB on the local engine and a block on Hadoop'),
    parallel: z.int().positive().optional().describe('Tasks at once on the local engine'),
    keepRuns: z
      .int()
      .positive()
      .optional()
      .describe('How many runs of the job stay in the state folder; by default all'),
    retries: retriesSchema()
      .optional()
      .describe('Retries of a step while a server does not answer; a job that failed is not run again'),
  });

export const RUN_OVERRIDES = {
  'run.splitSize': { flag: 'split-size', variable: 'HADOOP_ELT_SPLIT_SIZE' },
  'run.parallel': { flag: 'parallel', variable: 'HADOOP_ELT_PARALLEL' },
  stateDir: { flag: 'state-dir', variable: 'HADOOP_ELT_STATE_DIR' },
} as const satisfies Record<string, OverrideNames>;

export interface RunSettings {
  /** Bytes. */
  readonly 'run.splitSize': Setting<number>;
  readonly 'run.parallel': Setting<number>;
  /** How often a step is tried again while a server does not answer. */
  readonly 'run.retries.times': Setting<number>;
  /** Milliseconds before the first retry. */
  readonly 'run.retries.delay': Setting<number>;
  /** How many runs stay in the history; null: all. */
  readonly 'run.keepRuns': Setting<number | null>;
  /** Folder of runs, logs and journals; absolute. A job file does not name it. */
  readonly stateDir: Setting<string>;
}

export function runSettings(
  { splitSize, parallel, keepRuns, retries }: z.infer<ReturnType<typeof runSchema>>,
  { fromFile, overrideText }: Choose,
  { jobFile, cwd, cpuCount }: Surroundings,
): RunSettings {
  return {
    'run.splitSize':
      overrideText('run.splitSize', SIZE_FORM, (text) => parseSize(text) || undefined) ??
      fromFile(['run', 'splitSize'], bytesOf(splitSize), DEFAULT_SPLIT_BYTES),
    'run.parallel':
      overrideText('run.parallel', 'a whole number from 1', (text) =>
        /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined,
      ) ?? fromFile(['run', 'parallel'], parallel, cpuCount),
    'run.keepRuns': fromFile<number | null>(['run', 'keepRuns'], keepRuns, null),
    'run.retries.times': fromFile(['run', 'retries', 'times'], retries?.times, DEFAULT_RETRIES),
    'run.retries.delay': fromFile(
      ['run', 'retries', 'delay'],
      retries?.delay === undefined ? undefined : parseDuration(retries.delay),
      DEFAULT_RETRY_DELAY_MS,
    ),
    stateDir: overrideText('stateDir', 'a path', (text) => resolve(cwd, text) || undefined) ?? {
      value: join(dirname(jobFile), '.hadoop-elt'),
      origin: { from: 'default' },
    },
  };
}
