import { Failure } from '../errors.js';
import type { JobPlan } from '../job/plan.js';
import type { InputPatterns } from '../job/sections/input.js';
import type { ProtectedPlace } from '../sinks/sink.js';
import type { FoundItems, PassedOver, Source, SourceItem } from '../sources/source.js';
import type { Store } from '../stores/store.js';

/** The inputs of a job, and what its patterns did not name or read. */
export interface FoundInputs {
  /** Each once, in the order of the patterns. */
  readonly items: readonly SourceItem[];
  /** The patterns that named no input. */
  readonly unmatched: readonly string[];
  /** Folders of which all files are read. */
  readonly folders: FoundItems['folders'];
  /** What the patterns met and none of them reads. */
  readonly passedOver: readonly PassedOver[];
}

/** Looks for the inputs of a job. */
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

/** Throws `no-input` when a pattern named no input. */
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

/** Inputs as places that the output must not harm, as far as they lie in the engine's store. */
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
