import { Failure } from '../errors.js';
import type { JobPlan } from '../job/plan.js';
import type { InputPatterns } from '../job/settings.js';
import type { PassedOver, Source, SourceItem } from '../sources/source.js';

/** The inputs of a job, and what its patterns did not name or read. */
export interface FoundInputs {
  /** Each once, in the order of the patterns. */
  readonly items: readonly SourceItem[];
  /** The patterns that named no input. */
  readonly unmatched: readonly string[];
  /** What the patterns met and none of them reads. */
  readonly passedOver: readonly PassedOver[];
}

/** Looks for the inputs of a job. */
export async function findInputs({ base, patterns }: InputPatterns, source: Source): Promise<FoundInputs> {
  const items = new Map<string, SourceItem>();
  const unmatched: string[] = [];
  const passedOver = new Map<string, PassedOver>();
  const read = new Set<string>();
  for (const pattern of patterns) {
    const found = await source.find(pattern, base);
    if (found.items.length === 0) unmatched.push(pattern);
    for (const item of found.items) items.set(`${item.source}:${item.path}`, item);
    for (const { path } of found.items) read.add(path);
    for (const folder of found.folders) read.add(folder);
    for (const one of found.passedOver) passedOver.set(one.path, one);
  }
  const unread = [...passedOver.values()].filter(({ path }) => !read.has(path));
  return { items: [...items.values()], unmatched, passedOver: unread };
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
