import { Failure } from '../errors.js';
import type { JobPlan } from '../job/plan.js';
import type { InputPatterns } from '../job/sections/input.js';
import type { ProtectedPlace } from '../sinks/sink.js';
import type { FoundItems, PassedOver, Source, SourceItem } from '../sources/source.js';
import type { Store } from '../stores/store.js';

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

/** The inputs that lie in the engine's store, as places that publishing must not harm. */
export function placesOf(
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
    ...(upload === null ? [] : [{ path: upload, what: 'the folder of raw data', isWhole: false }]),
  ];
}
