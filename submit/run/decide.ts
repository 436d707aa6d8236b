import { createHash } from 'node:crypto';
import type { MapperPlan } from '../../mapper/contract.js';
import { mustStayWhole } from '../engines/engine.js';
import { Failure, isAnyFailure } from '../errors.js';
import type { MakeBundle, MapperBundle } from '../job/bundle.js';
import { type CheckedColumns, findCheckedColumns } from '../job/check-columns.js';
import { type ColumnDrift, driftOf } from '../job/column-drift.js';
import { agreeOnHeader, type JobPlan, type KnownHeader, mapperPlanOf } from '../job/plan.js';
import { isDrift, type PlannedColumns, type SettledColumns } from '../job/settle-columns.js';
import type { PublishedOutput } from '../sinks/sink.js';
import type { ScannedItem } from '../sources/source.js';
import { decideLoad, dependsOnContent, type LoadDecision } from './decide-load.js';
import type { Manifest } from './manifest.js';
import type { Run } from './step.js';

/** The mapper that plan and data lead to. */
export interface DecidedMapper {
  readonly names: readonly string[] | null;
  readonly mapperPlan: MapperPlan;
  readonly bundle: MapperBundle;
  readonly checkedColumns: CheckedColumns;
  /** Inputs that lack columns or have others; null if there are none. */
  readonly drifted: SettledColumns['drifted'] | null;
}

/** What the mapper depends on beside plan and inputs. */
export interface MapperSurroundings {
  /** Path of an input in the engine's store, by its own path. */
  readonly pathsInStore: ReadonlyMap<string, string>;
  /** The columns of what is published; null if nothing is, or it does not matter. */
  readonly published: PlannedColumns | null;
}

/** Plan and scanned inputs → mapper. Throws `headers-differ` and `column-not-in-header`. Pure. */
export function decideMapper(
  plan: JobPlan,
  makeBundle: MakeBundle,
  scanned: readonly ScannedItem[],
  { pathsInStore, published }: MapperSurroundings,
): DecidedMapper {
  const headers = scanned.flatMap(({ path, header: names, headerBytes: nameBytes }) =>
    names === null ? [] : [{ input: path, names, ...(nameBytes === undefined ? {} : { nameBytes }) }],
  );
  const header = withPathsInStore(agreeOnHeader(plan, headers, published), pathsInStore);
  const mapperPlan = mapperPlanOf(plan, { ...header, quotedLineBreaks: quotedLineBreaksOf(plan, scanned) });
  const checkedColumns = findCheckedColumns(plan, header.names, headers[0]);
  const drifted = 'drifted' in header ? (header.drifted ?? null) : null;
  return { names: header.names, mapperPlan, bundle: makeBundle(mapperPlan), checkedColumns, drifted };
}

/** Mappers know inputs by their paths in the engine's store. */
function withPathsInStore(header: KnownHeader, paths: ReadonlyMap<string, string>): KnownHeader {
  if (!('layouts' in header) || header.layouts === undefined) return header;
  const layouts = header.layouts.map((layout) => ({
    ...layout,
    inputs: layout.inputs.map((input) => paths.get(input) ?? input),
  }));
  return { ...header, layouts };
}

/**
 * The columns that inputs are held against because they are published: those of the newest batch, and where the job says
 * what to do about drift, also those of an output that is replaced.
 */
export function publishedColumnsOf(
  { settings }: JobPlan,
  { manifests }: Pick<PublishedOutput, 'manifests'>,
): PlannedColumns | null {
  const isAppended = settings['output.mode'].value === 'append';
  return isAppended || settings['records.onDrift'].value !== 'fail' ? newestColumns(manifests) : null;
}

/** The columns of what a run replaces, if those of the inputs are others; null if they are the same, or not known. */
export function replacedColumns(
  plan: JobPlan,
  { manifests }: Pick<PublishedOutput, 'manifests'>,
  names: readonly string[] | null,
): { readonly planned: PlannedColumns; readonly drift: ColumnDrift } | null {
  const planned = newestColumns(manifests);
  if (planned === null || names === null || publishedColumnsOf(plan, { manifests }) !== null) return null;
  const drift = driftOf(planned.names, names);
  return isDrift(drift) ? { planned, drift } : null;
}

function newestColumns(manifests: readonly Manifest[]): PlannedColumns | null {
  const newest = manifests.reduce<Manifest | null>(
    (found, one) => (found === null || one.runId > found.runId ? one : found),
    null,
  );
  const names = newest?.inputColumns ?? newest?.layout?.columns ?? null;
  return newest === null || names === null ? null : { names, of: 'published', name: newest.runId };
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
export type Task = Exclude<LoadDecision<ScannedItem>, { kind: 'refused' | 'changed' | 'incomplete' }>;

/**
 * Inputs and published manifests → what to do. Throws `output-exists` when something else is published, and
 * `input-changed` when an input was published with other content: loading it again would duplicate its records.
 */
export async function decideTask(
  { plan, ports: { source, sink } }: Run,
  published: PublishedOutput,
  scanned: readonly ScannedItem[],
  mapperPlan: MapperPlan,
): Promise<Task> {
  const { settings } = plan;
  const mode = settings['output.mode'].value;
  const needsDigests = dependsOnContent({ mode, published });
  const inputs = await Promise.all(
    scanned.map(async (item) => ({ item, digest: needsDigests ? await source.digest(item) : '' })),
  );
  const decision = decideLoad({
    mode,
    identity: settings['input.identity'].value,
    onChangedInput: settings['output.onChangedInput'].value,
    published,
    inputs,
    hasSameRules: (manifest) => manifest.fingerprint === fingerprintLike(manifest, plan, mapperPlan),
  });
  switch (decision.kind) {
    case 'run':
    case 'nothing':
      return decision;
    case 'refused':
      throw withWhatWasLeft(sink.refusal(decision.reason), published.manifests, scanned);
    case 'changed': {
      const { path, loadedBy, others } = decision;
      const more = others === 0 ? '' : `; so have ${others} more`;
      throw new Failure('input-changed', {
        path,
        what: `its content is not what run ${loadedBy} loaded${more}`,
      });
    }
    case 'incomplete': {
      const { path, loadedBy, gone } = decision;
      throw new Failure(
        'input-changed',
        {
          path,
          what: `its batch can't be made again: ${JSON.stringify(gone)} of run ${loadedBy} is not among the inputs`,
        },
        {
          hint: 'Its records would be lost. Bring that input back, or set output.onChangedInput to append; to publish only what is there now, use --mode replace',
        },
      );
    }
  }
}

/** Adds to a refusal that an input which an earlier run left out is there now: that is what has changed. */
function withWhatWasLeft(
  refusal: Error,
  published: readonly Manifest[],
  scanned: readonly ScannedItem[],
): Error {
  const before = new Set(published.flatMap(({ inputs }) => inputs.map(({ path }) => path)));
  const left = published.flatMap((manifest) => manifest.left ?? []);
  const back = scanned.find(({ path }) => !before.has(path));
  if (left.length === 0 || back === undefined || !isAnyFailure(refusal)) return refusal;
  const { code, details } = refusal;
  return new Failure(code, details, {
    hint: `It was published without ${JSON.stringify(back.path)}, which can be read now: publish everything again with --mode replace`,
  });
}

/**
 * Throws `output-exists` when the form of what is published does not fit the mode. Known before the inputs are read.
 * Returns whether the output has to be adopted.
 */
export function decideForm({ plan: { settings }, ports: { sink } }: Run, { form }: PublishedOutput): boolean {
  const mode = settings['output.mode'].value;
  if (mode === 'replace' || form === 'none') return false;
  if (form === 'mixed') throw sink.refusal('mixed');
  if (mode === 'create' && form === 'batches') throw sink.refusal('batches');
  if (mode === 'create' || form === 'batches') return false;
  if (settings.adopt.value) return true;
  throw sink.refusal('no-batches');
}

/** SHA-256 (hex) of what decides the output besides the inputs: mapper plan, own mapper and compression. */
export function fingerprintOf(plan: JobPlan, mapperPlan: MapperPlan): string {
  return digestOf(decisionsOf(plan, mapperPlan));
}

/** The fingerprint that a publication would have by the rules of now. In format 1 its inputs are part of it. */
function fingerprintLike({ formatVersion, inputs }: Manifest, plan: JobPlan, mapperPlan: MapperPlan): string {
  if (formatVersion === 2) return fingerprintOf(plan, mapperPlan);
  const files = inputs.map(({ path, sha256 }) => [path.replace(/.*[/\\]/, ''), sha256]);
  return digestOf([decisionsOf(plan, mapperPlan), files]);
}

function decisionsOf({ settings, ownMapper }: JobPlan, mapperPlan: MapperPlan): readonly unknown[] {
  // Which input has which layout is no rule: it changes with the inputs.
  const { layouts: _ofInputs, ...csv } = mapperPlan.csv;
  return [
    { ...mapperPlan, csv },
    settings['output.compression'].value,
    ...(ownMapper === null ? [] : [ownMapper.sha256]),
  ];
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
