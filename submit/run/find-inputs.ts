import pMap from 'p-map';
import { Failure, isFailure } from '../errors.js';
import type { JobPlan } from '../job/plan.js';
import type { InputPatterns } from '../job/sections/input.js';
import type { ProtectedPlace } from '../sinks/sink.js';
import type { FoundItems, PassedOver, Source, SourceItem } from '../sources/source.js';
import type { Store } from '../stores/store.js';
import type { Ports } from './ports.js';

/** The inputs of a job, and what its patterns missed. */
export interface FoundInputs {
  /** Each input once, in the order of the patterns. */
  readonly items: readonly SourceItem[];
  /** The patterns that matched nothing. */
  readonly unmatched: readonly string[];
  /** Folders whose files are all read. */
  readonly folders: FoundItems['folders'];
  /** Files and folders that the patterns met but none of them reads. */
  readonly passedOver: readonly PassedOver[];
}

/** Expands the input patterns of a job. */
export async function findInputs({ base, patterns }: InputPatterns, source: Source): Promise<FoundInputs> {
  const items = new Map<string, SourceItem>();
  const unmatched: string[] = [];
  const passedOver = new Map<string, PassedOver>();
  const folders: FoundInputs['folders'][number][] = [];
  const read = new Set<string>();
  for (const pattern of patterns) {
    const found = await source.find(pattern, base);
    if (found.items.length === 0) unmatched.push(pattern);
    for (const item of found.items) items.set(`${item.source}:${item.path}`, item);
    for (const { path } of found.items) read.add(path);
    for (const folder of found.folders) {
      folders.push(folder);
      read.add(folder.path);
    }
    for (const one of found.passedOver) passedOver.set(one.path, one);
  }
  const unread = [...passedOver.values()].filter(({ path }) => !read.has(path));
  return { items: [...items.values()], unmatched, folders, passedOver: unread };
}

/** Returns the inputs. Throws `no-input` when a pattern matched nothing. */
export function requireInputs(
  plan: JobPlan,
  source: Source,
  { items, unmatched }: Pick<FoundInputs, 'items' | 'unmatched'>,
): readonly SourceItem[] {
  if (unmatched.length === 0) return items;
  const { origin } = plan.settings['input.files'];
  throw new Failure('no-input', {
    jobFile: plan.jobFile,
    line: origin.from === 'job file' ? origin.line : null,
    patterns: unmatched,
    schemes: unmatched.map((pattern) => source.schemeOf(pattern)),
  });
}

/** Places that publishing must not harm, looked up at once. */
const PLACES_AT_ONCE = 16;

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
  if (store.realPath === undefined) return;
  const real = await pMap(
    places,
    async (place) => ({ ...place, path: await realPathOf(store, place.path) }),
    { concurrency: PLACES_AT_ONCE },
  );
  sink.protect(real.filter(({ path }, index) => path !== places[index]?.path));
}

/** A place that can't be looked at, such as the home folder of another user, stays as it is written. */
async function realPathOf(store: Store, path: string): Promise<string> {
  try {
    return (await store.realPath?.(path)) ?? path;
  } catch (error) {
    if (!isFailure(error, 'store')) throw error;
    const { problem } = error.details;
    if (problem !== 'no-permission' && problem !== 'not-found') throw error;
    return path;
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
