/** Section `input` of a job file: what is read, and where it goes in HDFS. */
import { dirname } from 'node:path';
import * as z from 'zod';
import type { WaitFor } from '../../awaited-inputs.js';
import { type IsGiven, strictObjectOf } from '../../config/given-keys.js';
import type { OverrideNames } from '../../config/override.js';
import type { Setting } from '../../config/setting.js';
import type { Choose } from './choose.js';
import { withDate } from './date.js';
import { type HttpSettings, httpSchema, httpSettings, NO_HTTP_SETTINGS } from './input-http.js';
import { addressedPath, type Surroundings } from './surroundings.js';
import { waitForOf, waitForSchema } from './wait-for.js';

/** When two inputs count as the same: by their content alone, or only if their paths are the same too. */
const IDENTITIES = ['content', 'path+content'] as const;

export const LEAVE_CHOICES = ['fail', 'continue'] as const;
export type LeaveChoice = (typeof LEAVE_CHOICES)[number];

export const inputSchema = (isGiven: IsGiven) =>
  strictObjectOf(
    {
      files: z
        .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
        .describe(
          'Paths and globs, relative to the job file, and URLs; .gz files and workbooks (.xlsx) are read too. {yyyy}, {MM} and {dd} are the day that a run is for',
        ),
      recursive: () => z.boolean().optional().describe('Whether the subfolders of a folder are read too'),
      onMissing: () =>
        z
          .enum(LEAVE_CHOICES)
          .optional()
          .describe('What happens if a path, pattern or URL gives nothing; continue publishes the others'),
      onBroken: () =>
        z
          .enum(LEAVE_CHOICES)
          .optional()
          .describe('What happens if an input cannot be read or parsed; continue publishes the others'),
      waitFor: () =>
        waitForSchema().optional().describe('When the inputs are complete: the run waits for that'),
      upload: () =>
        z
          .string()
          .min(1)
          .optional()
          .describe("Folder on the cluster that raw data go to; by default one of the job's name"),
      useLast: () =>
        z
          .boolean()
          .optional()
          .describe(
            'With onMissing: continue, whether a URL that gives nothing is read from the last copy of it',
          ),
      http: () => httpSchema().optional().describe('How URLs are fetched'),
      sheet: () =>
        z
          .union([z.string().min(1), z.int().min(1)])
          .optional()
          .describe(
            'Sheet of workbooks: its name, or its number from 1; by default the first one that is not hidden',
          ),
      headerRow: () =>
        z
          .int()
          .min(1)
          .max(1_048_576)
          .optional()
          .describe(
            'Row of workbooks with the header, or with the first record, from 1; by default the first row with a value',
          ),
      identity: () =>
        z
          .enum(IDENTITIES)
          .optional()
          .describe(
            'When an input counts as loaded already: content (whatever its path, the default), or path+content',
          ),
    },
    isGiven,
  );

export const INPUT_OVERRIDES = {
  'input.files': { flag: 'input', variable: 'HADOOP_ELT_INPUT' },
} as const satisfies Record<string, OverrideNames>;

/** Paths and globs, relative to `base`, an absolute folder. */
export interface InputPatterns {
  readonly base: string;
  readonly patterns: readonly string[];
}

export interface InputSettings {
  readonly 'input.files': Setting<InputPatterns>;
  readonly 'input.recursive': Setting<boolean>;
  /** Absent: nothing is waited for. */
  readonly 'input.waitFor'?: Setting<WaitFor>;
  readonly 'input.onMissing': Setting<LeaveChoice>;
  readonly 'input.onBroken': Setting<LeaveChoice>;
  /** Folder in HDFS to upload raw data to; null on the local engine, which reads them in place. */
  readonly 'input.upload': Setting<string | null>;
  readonly 'input.useLast': Setting<boolean>;
  readonly 'input.http': Setting<HttpSettings>;
  /** Of workbooks; null: the first one that is not hidden. */
  readonly 'input.sheet': Setting<string | number | null>;
  /** Of workbooks, from 1; null: the first row with a value. */
  readonly 'input.headerRow': Setting<number | null>;
  readonly 'input.identity': Setting<(typeof IDENTITIES)[number]>;
}

/** `name` is the job's name, `day` that of its paths with a date. */
export function inputSettings(
  {
    files,
    recursive,
    onMissing,
    onBroken,
    upload,
    useLast,
    http,
    sheet,
    headerRow,
    identity,
    waitFor,
  }: z.infer<ReturnType<typeof inputSchema>>,
  choose: Choose,
  surroundings: Surroundings,
  name: string,
  day: string | undefined,
): InputSettings {
  const { jobFile, cwd, hdfsHome = null } = surroundings;
  const waitSetting = (asked: z.infer<ReturnType<typeof waitForSchema>>) => {
    const wanted = waitForOf(asked);
    return choose.fromFile(['input', 'waitFor'], wanted, wanted);
  };
  const base = dirname(jobFile);
  const dated = (texts: readonly string[]) => texts.map((text) => withDate(text, day));
  const patterns = dated([files].flat());
  return {
    'input.files':
      choose.override('input.files', (texts) => ({ base: cwd, patterns: dated(texts) })) ??
      choose.fromFile(['input', 'files'], { base, patterns }, { base, patterns: [] }),
    'input.recursive': choose.fromFile(['input', 'recursive'], recursive, false),
    ...(waitFor && { 'input.waitFor': waitSetting(waitFor) }),
    'input.onMissing': choose.fromFile(['input', 'onMissing'], onMissing, 'fail'),
    'input.onBroken': choose.fromFile(['input', 'onBroken'], onBroken, 'fail'),
    'input.upload':
      hdfsHome === null
        ? { value: null, origin: { from: 'default' } }
        : choose.fromFile(
            ['input', 'upload'],
            upload === undefined
              ? undefined
              : addressedPath(withDate(upload, day), hdfsHome, surroundings, 'The folder of raw data'),
            addressedPath(name, hdfsHome, surroundings, 'The folder of raw data'),
          ),
    'input.useLast': choose.fromFile(['input', 'useLast'], useLast, false),
    'input.http': choose.fromFile(['input', 'http'], http && httpSettings(http, base), NO_HTTP_SETTINGS),
    'input.sheet': choose.fromFile<string | number | null>(['input', 'sheet'], sheet, null),
    'input.headerRow': choose.fromFile<number | null>(['input', 'headerRow'], headerRow, null),
    'input.identity': choose.fromFile(['input', 'identity'], identity, 'content'),
  };
}
