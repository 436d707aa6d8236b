import { Failure } from '../errors.js';
import type { JobPlan } from '../job/plan.js';
import type { Source, SourceItem } from '../sources/source.js';

/** The inputs of a job, and the patterns that named none. */
export interface FoundInputs {
  /** Each once, in the order of the patterns. */
  readonly items: readonly SourceItem[];
  readonly unmatched: readonly string[];
}

/** Looks for the inputs of a job. */
export async function findInputs(plan: JobPlan, source: Source): Promise<FoundInputs> {
  const { base, patterns } = plan.settings['input.files'].value;
  const items = new Map<string, SourceItem>();
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const found = await source.find(pattern, base);
    if (found.length === 0) unmatched.push(pattern);
    for (const item of found) items.set(`${item.source}:${item.path}`, item);
  }
  return { items: [...items.values()], unmatched };
}

/** Throws `no-input` when a pattern named no input. */
export function requireInputs(
  plan: JobPlan,
  source: Source,
  { items, unmatched }: FoundInputs,
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
