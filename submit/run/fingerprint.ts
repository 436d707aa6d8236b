import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { MapperPlan } from '../../mapper/contract.js';
import { type JobPlan, mapperPlanOf } from '../job/plan.js';
import { columnsReadBy, type Manifest } from './manifest.js';

/**
 * SHA-256 (hex) of what the job says of the output: rules, forms of data and output, own mapper, compression, parts. Nothing of it is
 * decided by the inputs. `firstYear`: see `DataFacts`.
 */
export function fingerprintOf(plan: JobPlan, firstYear: number): string {
  const { settings } = plan;
  const rules = mapperPlanOf(plan, {
    names: settings['csv.columns'].value,
    quotedLineBreaks: settings['csv.quotedLineBreaks'].value,
    firstYear,
  });
  return digestOf(decisionsOf(plan, rules));
}

/** What is known of the mapper for all inputs of a job. */
interface MapperForAll {
  readonly mapperPlan: MapperPlan;
  readonly names: readonly string[] | null;
  readonly firstYear: number;
}

/** Whether a publication was made as it would be made now from the same inputs. Pure. */
export function isMadeAlike(
  manifest: Manifest,
  plan: JobPlan,
  { mapperPlan, names, firstYear }: MapperForAll,
): boolean {
  const { formatVersion, fingerprint, inputs } = manifest;
  if (formatVersion === 2) {
    const hasSameColumns = isDeepStrictEqual(columnsReadBy(manifest), names);
    return hasSameColumns && fingerprint === fingerprintOf(plan, firstYear);
  }
  // In format 1 the columns, and names and content of the inputs, are part of it.
  const files = inputs.map(({ path, sha256 }) => [path.replace(/.*[/\\]/, ''), sha256]);
  return fingerprint === digestOf([decisionsOf(plan, mapperPlan), files]);
}

function decisionsOf({ settings, ownMapper }: JobPlan, mapperPlan: MapperPlan): readonly unknown[] {
  // Which input has which layout is no rule: it changes with the inputs.
  const { layouts: _ofInputs, ...csv } = mapperPlan.csv;
  return [
    { ...mapperPlan, csv },
    settings['output.compression'].value,
    ...cellsOf(settings),
    ...(settings['output.files'].value === null ? [] : [{ files: settings['output.files'].value }]),
    ...(settings['output.partSize'].value === null ? [] : [{ partSize: settings['output.partSize'].value }]),
    ...(ownMapper === null ? [] : [ownMapper.sha256]),
  ];
}

/** Which cells of workbooks are read; nothing where the job says nothing of it. */
function cellsOf(settings: JobPlan['settings']): readonly unknown[] {
  const sheet = settings['input.sheet'].value;
  const headerRow = settings['input.headerRow'].value;
  return sheet === null && headerRow === null ? [] : [{ sheet, headerRow }];
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
