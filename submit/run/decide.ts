import { createHash } from 'node:crypto';
import type { MapperPlan } from '../../mapper/contract.js';
import { mustStayWhole } from '../engines/engine.js';
import { Failure } from '../errors.js';
import type { MakeBundle, MapperBundle } from '../job/bundle.js';
import { type CheckedColumns, findCheckedColumns } from '../job/check-columns.js';
import { agreeOnNames, type JobPlan, mapperPlanOf } from '../job/plan.js';
import type { ScannedItem, Source } from '../sources/source.js';
import type { NothingToDo } from './events.js';
import type { Manifest } from './manifest.js';
import type { Run } from './step.js';

/** The mapper that plan and data lead to. */
export interface DecidedMapper {
  readonly names: readonly string[] | null;
  readonly mapperPlan: MapperPlan;
  readonly bundle: MapperBundle;
  readonly checkedColumns: CheckedColumns;
}

/** Plan and scanned inputs → mapper. Throws `headers-differ` and `column-not-in-header`. Pure. */
export function decideMapper(
  plan: JobPlan,
  makeBundle: MakeBundle,
  scanned: readonly ScannedItem[],
): DecidedMapper {
  const headers = scanned.flatMap(({ path, header }) =>
    header === null ? [] : [{ input: path, names: header }],
  );
  const names = agreeOnNames(plan, headers);
  const mapperPlan = mapperPlanOf(plan, { names, quotedLineBreaks: quotedLineBreaksOf(plan, scanned) });
  const checkedColumns = findCheckedColumns(plan, names, headers[0]);
  return { names, mapperPlan, bundle: makeBundle(mapperPlan), checkedColumns };
}

/**
 * Resolves `auto`. A scanned file with quoted line breaks is never split, so its mapper may join lines: "yes". An
 * unscanned file may be split inside a quoted field, so `auto` stays, unless all files of the job are kept whole.
 */
function quotedLineBreaksOf(plan: JobPlan, items: readonly ScannedItem[]): 'auto' | 'yes' | 'no' {
  const { value } = plan.settings['csv.quotedLineBreaks'];
  if (value !== 'auto') return value;
  return items.some(({ isScanned }) => !isScanned) && !mustStayWhole(items) ? 'auto' : 'yes';
}

/** What a run has to do, given what is already published. */
export type Task =
  | { readonly kind: 'nothing'; readonly reason: NothingToDo }
  | { readonly kind: 'run'; readonly items: readonly ScannedItem[] };

/**
 * Inputs and published manifests → what to do. Throws `output-exists` when something else is published, and
 * `input-changed` when an input was published with other content: appending it would duplicate its records.
 */
export async function decideTask(
  { plan, ports: { source, sink } }: Run,
  published: readonly Manifest[],
  scanned: readonly ScannedItem[],
  mapperPlan: MapperPlan,
): Promise<Task> {
  const mode = plan.settings['output.mode'].value;
  const items = mode === 'append' ? await unpublished(source, scanned, published) : scanned;
  if (items.length === 0) return { kind: 'nothing', reason: 'no-new-input' };
  if (mode !== 'create' || published.length === 0) return { kind: 'run', items };
  const fingerprint = await fingerprintOf(plan, mapperPlan, source, scanned);
  if (published.some((manifest) => manifest.fingerprint !== fingerprint)) throw sink.refusal();
  return { kind: 'nothing', reason: 'same-output' };
}

async function unpublished(
  source: Source,
  scanned: readonly ScannedItem[],
  published: readonly Manifest[],
): Promise<readonly ScannedItem[]> {
  const known = new Map(published.flatMap(({ inputs }) => inputs.map(({ path, sha256 }) => [path, sha256])));
  for (const item of scanned) {
    const before = known.get(item.path);
    if (before !== undefined && before !== (await source.digest(item))) {
      throw new Failure('input-changed', {
        path: item.path,
        what: 'its content is not what an earlier batch was made from',
      });
    }
  }
  return scanned.filter(({ path }) => !known.has(path));
}

/** SHA-256 (hex) of all that decides the output's bytes: mapper plan, own mapper, compression and inputs. */
export async function fingerprintOf(
  { settings, ownMapper }: JobPlan,
  mapperPlan: MapperPlan,
  source: Source,
  items: readonly ScannedItem[],
): Promise<string> {
  const decisions = [
    mapperPlan,
    settings['output.compression'].value,
    ...(ownMapper === null ? [] : [ownMapper.sha256]),
  ];
  const files = await Promise.all(items.map(async (item) => [item.name, await source.digest(item)] as const));
  return createHash('sha256')
    .update(JSON.stringify([decisions, files]))
    .digest('hex');
}
