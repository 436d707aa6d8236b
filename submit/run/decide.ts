import type { MapperPlan } from '../../mapper/contract.js';
import { mustStayWhole } from '../engines/engine.js';
import { Failure, isAnyFailure } from '../errors.js';
import type { MakeBundle, MapperBundle } from '../job/bundle.js';
import { type CheckedColumns, findCheckedColumns } from '../job/check-columns.js';
import { outputNamesOf } from '../job/output-names.js';
import { agreeOnHeader, type JobPlan, type KnownHeader, mapperPlanOf } from '../job/plan.js';
import type { PlannedColumns, SettledColumns } from '../job/settle-columns.js';
import type { PublishedOutput } from '../sinks/sink.js';
import type { ScannedItem } from '../sources/source.js';
import { agreeOnForm } from './agree-on-form.js';
import { bringsIntoTable } from './commits-each-input.js';
import { decideLoad, dependsOnContent, type LoadDecision } from './decide-load.js';
import { fingerprintOf, isMadeAlike } from './fingerprint.js';
import { headerOfItem } from './header-of-item.js';
import type { Manifest } from './manifest.js';
import type { Run } from './step.js';

/** The mapper that plan and data lead to. */
export interface DecidedMapper {
  /** Of the data, and of the output. */
  readonly names: readonly string[] | null;
  readonly outputNames: readonly string[] | null;
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
  /** The year of the output's first run. */
  readonly firstYear: number;
}

/** Plan and scanned inputs → mapper. Throws `headers-differ` and `column-not-in-header`. Pure. */
export function decideMapper(
  plan: JobPlan,
  makeBundle: MakeBundle,
  scanned: readonly ScannedItem[],
  { pathsInStore, published, firstYear }: MapperSurroundings,
): DecidedMapper {
  const headers = scanned.flatMap(headerOfItem);
  const { separator, isMarkedUtf8 } = agreeOnForm(plan, scanned);
  const header = withPathsInStore(agreeOnHeader(plan, headers, published), pathsInStore);
  const mapperPlan = mapperPlanOf(plan, {
    ...header,
    quotedLineBreaks: quotedLineBreaksOf(plan, scanned),
    firstYear,
    separator,
    isMarkedUtf8,
  });
  const { names } = header;
  const outputNames = outputNamesOf(plan, names);
  const checkedColumns = findCheckedColumns(plan, { names, outputNames }, headers[0]);
  const drifted = 'drifted' in header ? (header.drifted ?? null) : null;
  return { names, outputNames, mapperPlan, bundle: makeBundle(mapperPlan), checkedColumns, drifted };
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

/** The delimiter of the output, and between the columns of rejects. */
export function delimiterWritten({ csv, output }: MapperPlan): string {
  return output.csv?.delimiter ?? csv.delimiter;
}

/** No manifest is older. */
const FIRST_RELEASE = 2026;

/** The year of the output's first run, as far as the manifests of what is published tell; else that of this run. */
export function firstYearOf(published: readonly Manifest[], thisYear: number): number {
  const years = published.map(({ firstYear, publishedAt }) => firstYear ?? Number(publishedAt.slice(0, 4)));
  return Math.min(thisYear, ...years.filter((year) => year >= FIRST_RELEASE));
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

/** What a decision about inputs needs to know beside them. */
export interface TaskFacts {
  readonly firstYear: number;
  /** The mapper for all inputs; only asked for where it matters. */
  readonly mapperForAll: () => Pick<DecidedMapper, 'mapperPlan' | 'names'>;
}

/**
 * Inputs and published manifests → what to do. Throws `output-exists` when something else is published, and
 * `input-changed` when an input was published with other content: loading it again would duplicate its records.
 */
export async function decideTask(
  { plan, ports: { source, sink }, replay }: Run,
  published: PublishedOutput,
  scanned: readonly ScannedItem[],
  { firstYear, mapperForAll }: TaskFacts,
): Promise<Task> {
  // Rejects that are run again are in no publication: `prepareReplay` has looked.
  if (replay) return { kind: 'run', items: scanned, replaces: [], alreadyLoaded: [], byOtherRules: [] };
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
    // The columns of a batch may be others because the inputs of a night are: that is no change of the rules.
    hasSameRules: (manifest) =>
      mode === 'append'
        ? manifest.fingerprint === fingerprintOf(plan, firstYear)
        : isMadeAlike(manifest, plan, { firstYear, ...mapperForAll() }),
  });
  switch (decision.kind) {
    case 'run':
    case 'nothing':
      return decision;
    case 'refused':
      throw withWhatWasLeft(sink.refusal(decision.reason), published.manifests, scanned);
    case 'changed': {
      const { path, loadedBy, others } = decision;
      const { 'load.postgres.key': key, 'load.postgres.onConflict': onConflict } = settings;
      const updatesKeys = (key?.value ?? null) !== null && onConflict?.value === 'update';
      throw new Failure('input-changed', {
        path,
        what: `its content is not what run ${loadedBy} loaded`,
        ...(others > 0 && { others }),
        ...(bringsIntoTable(plan) && { table: { updatesKeys } }),
      });
    }
    case 'incomplete': {
      const { path, loadedBy, gone } = decision;
      throw new Failure(
        'input-changed',
        {
          path,
          what: `what run ${loadedBy} published can't be made again: its input ${JSON.stringify(gone)} is not among the inputs`,
        },
        { hint: INCOMPLETE_HINTS[mode === 'append' ? 'append' : 'create'] },
      );
    }
  }
}

/** What to do where a reload would lose the records of an input that is gone. */
const INCOMPLETE_HINTS = {
  append:
    'A reload would lose the records of that input. Put it back and run again. Or keep the old batch, with the old records, and add the changed input as it is now: set output.onChangedInput to append. Or publish only what is there now: run once with --mode replace, then with --adopt',
  create:
    'A reload would lose the records of that input. Put it back and run again; or publish only what is there now: --mode replace',
};

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
