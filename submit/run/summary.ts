import { gunzip, isGzip } from '../sources/decoding.js';
import type { Store } from '../stores/store.js';
import type { RunSummary } from './events.js';
import { type Manifest, REJECTS_NAME } from './manifest.js';
import type { RunState } from './step.js';

const FIRST_LINES = 5;
const MAX_HEAD_BYTES = 64 * 1024;

/** What there is to tell of a published folder. */
export async function summarise(
  { engine, runId, context }: RunState,
  folder: string,
  { job, inputs, parts, counts }: Manifest,
  startedMs: number,
): Promise<RunSummary> {
  const { store } = engine;
  return {
    runId,
    job,
    output: store.uri(folder),
    inputFiles: inputs.length,
    inputBytes: inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    outputFiles: parts.length,
    outputBytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    counts,
    rejects: counts.recordsRejected > 0 ? store.uri(`${folder}/${REJECTS_NAME}`) : null,
    firstLines: await firstLines(
      store,
      parts.filter(({ lines }) => lines > 0).map(({ name }) => `${folder}/${name}`),
    ),
    durationMs: context.now() - startedMs,
  };
}

/** The first lines of the first part that has any. */
async function firstLines(store: Store, [path]: readonly string[]): Promise<string[]> {
  if (path === undefined) return [];
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of isGzip(path)
    ? gunzip(path, store.read(path))
    : store.read(path, { end: MAX_HEAD_BYTES })) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_HEAD_BYTES) break;
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .split('\n')
    .slice(0, FIRST_LINES)
    .filter((line) => line !== '');
}
