import { basename } from 'node:path';
import type { Override, Setting } from '../config/setting.js';
import type { ParsedJobFile } from './job-file.js';
import { type ChecksSettings, checksSettings } from './sections/checks.js';
import { chooserOf } from './sections/choose.js';
import { type CsvSettings, csvSettings } from './sections/csv.js';
import { INPUT_OVERRIDES, type InputSettings, inputSettings } from './sections/input.js';
import { type LoadSettings, loadSettings } from './sections/load.js';
import { type LocaleSettings, localeSettings } from './sections/locale.js';
import { OUTPUT_OVERRIDES, type OutputSettings, outputSettings } from './sections/output.js';
import { type RecordsSettings, recordsSettings } from './sections/records.js';
import { RUN_OVERRIDES, type RunSettings, runSettings } from './sections/run.js';
import type { Surroundings } from './sections/surroundings.js';

/** The settings that a flag or an environment variable can override, with their names. */
export const OVERRIDES = { ...INPUT_OVERRIDES, ...OUTPUT_OVERRIDES, ...RUN_OVERRIDES } as const;
export type OverrideKey = keyof typeof OVERRIDES;

export type Overrides = Readonly<Partial<Record<OverrideKey, Override>>>;

/** The settings of a job. Paths are absolute. */
export interface JobSettings
  extends InputSettings,
    CsvSettings,
    LocaleSettings,
    RecordsSettings,
    ChecksSettings,
    OutputSettings,
    LoadSettings,
    RunSettings {
  readonly name: Setting<string>;
}

/**
 * Job file and overrides → settings with their origins. Flags beat the environment (already merged into `overrides`),
 * which beats the job file, which beats defaults. `hidesData`: whether a part of the data must not get out. Throws `usage` for an override that is not accepted.
 */
export function resolveSettings(
  job: ParsedJobFile,
  overrides: Overrides,
  surroundings: Surroundings,
  hidesData: boolean,
): JobSettings {
  const {
    name: nameInFile,
    input,
    csv,
    records = {},
    checks = {},
    output = {},
    load,
    run = {},
  } = job.content;
  const choose = chooserOf(job, overrides);
  const data = csvSettings(csv, choose);
  const name = choose.fromFile(['name'], nameInFile, defaultName(surroundings.jobFile));
  return {
    name,
    ...inputSettings(input, choose, surroundings, name.value),
    ...data,
    ...localeSettings(job.content.locale, choose),
    ...recordsSettings(records, choose, hidesData || load !== undefined),
    ...checksSettings(checks, choose),
    ...outputSettings(
      output,
      choose,
      surroundings,
      data['csv.header'].value,
      load?.postgres.mode ?? 'append',
    ),
    ...loadSettings(load, choose, surroundings),
    ...runSettings(run, choose, surroundings),
  };
}

/** `jobs/sales.elt.yaml` → `sales`. */
function defaultName(jobFile: string): string {
  const name = basename(jobFile)
    .replace(/(\.elt)?\.(ya?ml|json|[cm]?[jt]s)$/i, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return name === '' ? 'job' : name;
}
