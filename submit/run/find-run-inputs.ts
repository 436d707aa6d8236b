import { Failure } from '../errors.js';
import type { JobPlan } from '../job/plan.js';
import { expandInStore } from '../sources/expand-in-store.js';
import { expandInputs } from '../sources/expand-inputs.js';
import type { Store } from '../stores/store.js';
import type { InputFile } from './step.js';

const HDFS_URI = /^hdfs:\/\/([^/]*)(\/.*)$/;

/**
 * The input files of a job in the order of their patterns; those written `hdfs://…` are in the engine's store
 * already. Throws `no-input` when a pattern names none.
 */
export async function findRunInputs(plan: JobPlan, store: Store): Promise<readonly InputFile[]> {
  const { value, origin } = plan.settings['input.files'];
  const files = new Map<string, InputFile>();
  const unmatched: string[] = [];
  for (const pattern of value.patterns) {
    const uri = HDFS_URI.exec(pattern);
    const found =
      uri === null
        ? (await expandInputs({ base: value.base, patterns: [pattern] })).files
        : await expandInStore(storeOf(pattern, store), uri[2] ?? '/');
    if (found.length === 0) unmatched.push(pattern);
    for (const file of found) files.set(`${uri === null}:${file.path}`, { ...file, inPlace: uri !== null });
  }
  if (unmatched.length > 0) {
    const line = origin.from === 'job file' ? origin.line : null;
    const schemes = unmatched.map((pattern) => (HDFS_URI.test(pattern) ? 'hdfs' : 'file'));
    throw new Failure('no-input', { jobFile: plan.jobFile, line, patterns: unmatched, schemes });
  }
  return [...files.values()];
}

function storeOf(pattern: string, store: Store): Store {
  const own = store.uri('/').replace(/\/$/, '');
  const asked = pattern.replace(/^(hdfs:\/\/[^/]*).*/, '$1');
  if (store.scheme === 'file') {
    throw new Failure('usage', {
      problem: `The input ${JSON.stringify(pattern)} is on a cluster; hadoop-elt submit reads it there`,
    });
  }
  if (asked !== 'hdfs://' && asked !== own) {
    throw new Failure('usage', {
      problem: `The input ${JSON.stringify(pattern)} is on another file system than this cluster's ${own}`,
    });
  }
  return store;
}
