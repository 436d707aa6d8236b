import { basename } from 'node:path';
import type { Override, Setting } from '../config/setting.js';
import type { ParsedJobFile } from './job-file.js';
import { type ChecksSettings, checksSettings } from './sections/checks.js';
import { chooserOf } from './sections/choose.js';
import { type CsvSettings, csvSettings } from './sections/csv.js';
import { DATE_OVERRIDES, type DateSettings, dateSettings } from './sections/date.js';
import { INPUT_OVERRIDES, type InputSettings, inputSettings } from './sections/input.js';
import { type LoadSettings, loadSettings } from './sections/load.js';
import { type LocaleSettings, localeSettings } from './sections/locale.js';
import { OUTPUT_OVERRIDES, type OutputSettings, outputSettings } from './sections/output.js';
import { type RecordsSettings, recordsSettings } from './sections/records.js';
import { RUN_OVERRIDES, type RunSettings, runSettings } from './sections/run.js';
import { type ScheduledSettings, scheduledSettings } from './sections/scheduled.js';
import type { Surroundings } from './sections/surroundings.js';

/** The settings that a flag or an environment variable can override, with their names. */
export const OVERRIDES = {
  ...INPUT_OVERRIDES,
  ...DATE_OVERRIDES,
  ...OUTPUT_OVERRIDES,
  ...RUN_OVERRIDES,
} as const;
export type OverrideKey = keyof typeof OVERRIDES;

export type Overrides = Readonly<Partial<Record<OverrideKey, Override>>>;

/** The settings of a job. Paths are absolute. */
export interface JobSettings
  extends InputSettings,
    DateSettings,
    CsvSettings,
    LocaleSettings,
    RecordsSettings,
    ChecksSettings,
    OutputSettings,
    LoadSettings,
    RunSettings,
    ScheduledSettings {
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
    scheduled = {},
  } = job.content;
  const choose = chooserOf(job, overrides);
  const data = csvSettings(csv, choose);
  const name = choose.fromFile(['name'], nameInFile, defaultName(surroundings.jobFile));
  const dated = dateSettings(pathsOf(job, overrides), choose, surroundings.today ?? NO_DAY);
  const day = dated.date?.value;
  return {
    name,
    ...dated,
    ...inputSettings(input, choose, surroundings, name.value, day),
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
      day,
    ),
    ...loadSettings(load, choose, surroundings),
    ...runSettings(run, choose, surroundings),
    ...scheduledSettings(scheduled, choose, surroundings.jobFile),
  };
}

/** The day where nobody asks for the time: of a plan that is not run. */
const NO_DAY = '1970-01-01';

/** The paths that may have a date, as they are given. */
function pathsOf({ content }: ParsedJobFile, overrides: Overrides): readonly string[] {
  const { input, output } = content;
  return [
    ...(overrides['input.files']?.texts ?? [input.files].flat()),
    ...(overrides['output.path']?.texts ?? [output?.path ?? []].flat()),
    ...(input.upload === undefined ? [] : [input.upload]),
  ];
}

/** The name of a job whose file names none: `jobs/sales.elt.yaml` → `sales`. */
export function defaultName(jobFile: string): string {
  const name = basename(jobFile)
    .replace(/(\.elt)?\.(ya?ml|json|[cm]?[jt]s)$/i, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return name === '' ? 'job' : name;
}
