import { Failure, factsOf, type LeftInput } from '../errors.js';
import type { JobPlan } from '../job/plan.js';
import type { InputPatterns } from '../job/sections/input.js';
import type { ProtectedPlace } from '../sinks/sink.js';
import type {
  BrokenInput,
  FindOptions,
  FoundItems,
  PassedOver,
  Source,
  SourceItem,
} from '../sources/source.js';
import type { Store } from '../stores/store.js';
import { isBrokenInput } from './leave-out.js';
import type { Ports } from './ports.js';
import { realPathsOf } from './real-paths.js';

/** The inputs of a job, and what its patterns missed. */
export interface FoundInputs {
  /** Each input once, in the order of the patterns. */
  readonly items: readonly SourceItem[];
  /** The patterns that matched nothing. */
  readonly unmatched: readonly string[];
  /** Folders whose files are all read. */
  readonly folders: FoundItems['folders'];
  /** Hidden files and folders that the patterns met but none of them reads, and that may be somebody's data. */
  readonly passedOver: readonly PassedOver[];
  /** Subfolders of folders that are read, which no pattern reads. */
  readonly subfolders: readonly string[];
  /** Inputs that can't be read, and folders that may not be listed. */
  readonly broken: readonly BrokenInput[];
  /** Addresses that give nothing, and why. */
  readonly missing?: readonly BrokenInput[];
}

/** Written beside data by Hadoop's output committers and this program: never inputs, so not worth a word. */
const NEVER_INPUTS =
  /(?:^|\/)(?:_SUCCESS|_hadoop-elt|_manifest\.json|_rejects|_temporary|_staging\..*|\.hadoop-elt)$/;

/** Expands the input patterns of a job. */
export async function findInputs(
  { base, patterns }: InputPatterns,
  source: Source,
  options: FindOptions = {},
): Promise<FoundInputs> {
  const items = new Map<string, SourceItem>();
  const unmatched: string[] = [];
  const passedOver = new Map<string, PassedOver>();
  const folders: FoundInputs['folders'][number][] = [];
  const broken = new Map<string, BrokenInput>();
  const missing = new Map<string, BrokenInput>();
  const read = new Set<string>();
  for (const pattern of patterns) {
    const found = await findPattern(source, pattern, base, options);
    const { broken: brokenHere = [], missing: missingHere = [] } = found;
    if (found.items.length + brokenHere.length + missingHere.length === 0) unmatched.push(pattern);
    for (const one of missingHere) missing.set(one.path, one);
    for (const one of brokenHere) broken.set(one.path, one);
    for (const item of found.items) items.set(`${item.source}:${item.path}`, item);
    for (const { path } of found.items) read.add(path);
    for (const folder of found.folders) {
      folders.push(folder);
      read.add(folder.path);
    }
    for (const one of found.passedOver) passedOver.set(one.path, one);
  }
  const unread = [...passedOver.values()].filter(({ path }) => !read.has(path));
  return {
    items: [...items.values()],
    unmatched,
    folders,
    passedOver: unread.filter(({ path, why }) => why !== 'subfolder' && !NEVER_INPUTS.test(path)),
    subfolders: unread.filter(({ why }) => why === 'subfolder').map(({ path }) => path),
    broken: [...broken.values()],
    missing: [...missing.values()],
  };
}

/** A path that may not be looked at is broken, not missing. */
async function findPattern(
  source: Source,
  pattern: string,
  base: string,
  options: FindOptions,
): Promise<FoundItems> {
  try {
    return await source.find(pattern, base, options);
  } catch (error) {
    if (!isBrokenInput(error)) throw error;
    return { items: [], folders: [], passedOver: [], broken: [{ path: pattern, failure: error }] };
  }
}

const MAX_NAMED_SUBFOLDERS = 5;

/** The inputs to read, and those that `onMissing` and `onBroken` leave out. */
export interface ChosenInputs {
  readonly items: readonly SourceItem[];
  readonly left: readonly LeftInput[];
}

/**
 * Decides which inputs are read. Throws `no-input` when a pattern gives nothing, and the failure of an input that can't
 * be read, unless the job says `continue`. Throws `subfolders`.
 */
export function chooseInputs(plan: JobPlan, source: Source, found: FoundInputs): ChosenInputs {
  const { subfolders } = found;
  if (subfolders.length > 0) {
    throw new Failure('subfolders', {
      ...askedFor(plan),
      paths: subfolders.slice(0, MAX_NAMED_SUBFOLDERS),
      count: subfolders.length,
    });
  }
  const [firstBroken] = found.broken;
  const { settings } = plan;
  if (settings['input.onMissing'].value === 'fail') requireInputs(plan, source, found);
  const unfetched = (found.missing ?? []).map(({ path, failure }) => ({ path, why: factsOf(failure) }));
  if (firstBroken !== undefined && settings['input.onBroken'].value === 'fail') throw firstBroken.failure;
  const missing = found.unmatched.map((pattern) => {
    const why = factsOf(noInput(plan, source, [pattern]));
    return { path: pattern, why };
  });
  const broken = found.broken.map(({ path, failure }) => ({ path, why: factsOf(failure) }));
  return { items: found.items, left: [...missing, ...unfetched, ...broken] };
}

function askedFor(plan: JobPlan): { readonly jobFile: string; readonly line: number | null } {
  const { origin } = plan.settings['input.files'];
  return { jobFile: plan.jobFile, line: origin.from === 'job file' ? origin.line : null };
}

function noInput(plan: JobPlan, source: Source, patterns: readonly string[]): Failure<'no-input'> {
  const schemes = patterns.map((pattern) => source.schemeOf(pattern));
  return new Failure('no-input', { ...askedFor(plan), patterns, schemes });
}

/** Returns the inputs. Throws `no-input` when a pattern matched nothing. */
export function requireInputs(
  plan: JobPlan,
  source: Source,
  { items, unmatched, missing = [] }: Pick<FoundInputs, 'items' | 'unmatched' | 'missing'>,
): readonly SourceItem[] {
  if (missing[0] !== undefined) throw missing[0].failure;
  if (unmatched.length > 0) throw noInput(plan, source, unmatched);
  return items;
}

/**
 * Throws `output-refused` when publishing would harm an input or another protected place. A symbolic link may lead to
 * each place by another path, so their real paths are looked at too.
 */
export async function protectPlaces(
  plan: JobPlan,
  { source, engine, sink, protectedPlaces }: Pick<Ports, 'source' | 'engine' | 'sink' | 'protectedPlaces'>,
  found: Pick<FoundInputs, 'items' | 'folders'>,
): Promise<void> {
  const places = [...protectedPlaces, ...placesOf(plan, source, engine.store, found)];
  sink.protect(places);
  const { store } = engine;
  await refuseToFeedItself(plan, source, store, plan.settings['output.path'].value, sink.uri);
  if (store.realPath === undefined) return;
  const real = await realPathsOf(
    store,
    places.map(({ path }) => path),
  );
  sink.protect(
    places.flatMap((place, at) => {
      const path = real[at];
      return path === undefined || path === place.path ? [] : [{ ...place, path }];
    }),
  );
}

/** Throws `output-refused` when an input pattern would read the output once it is there. */
async function refuseToFeedItself(
  plan: JobPlan,
  source: Source,
  { scheme }: Pick<Store, 'scheme'>,
  output: string,
  uri: string,
): Promise<void> {
  const { base, patterns } = plan.settings['input.files'].value;
  const recursive = plan.settings['input.recursive'].value;
  for (const pattern of patterns) {
    if (source.schemeOf(pattern) !== scheme) continue;
    if ((await source.wouldRead?.(pattern, base, output, { recursive })) !== true) continue;
    const because = `the next run would read it by the input pattern ${JSON.stringify(pattern)}`;
    throw new Failure('output-refused', { path: uri, because });
  }
}

/** The inputs that lie in the engine's store, as places that publishing must not harm. */
function placesOf(
  plan: JobPlan,
  source: Source,
  store: Store,
  { items, folders }: Pick<FoundInputs, 'items' | 'folders'>,
): readonly ProtectedPlace[] {
  const placed = (found: FoundItems['folders'], what: string, isWhole: boolean): ProtectedPlace[] =>
    found.flatMap((one) => {
      const path = source.addressFor(one, store);
      return path === null ? [] : [{ path, what, isWhole }];
    });
  const upload = plan.settings['input.upload'].value;
  return [
    ...placed(items, 'the input', false),
    ...placed(folders, 'the input folder', true),
    ...(upload === null ? [] : [{ path: upload, what: 'the folder of raw data', isWhole: true }]),
  ];
}
