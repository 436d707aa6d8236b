import { expect } from 'vitest';
import type { WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { joinParts } from './join-parts.js';

/** The part files of a folder in HDFS, joined in order. */
export async function joinedParts(store: WebHdfsStore, folder: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const { path, name } of await store.list(folder)) {
    if (!name.startsWith('part-')) continue;
    const chunks: Uint8Array[] = [];
    for await (const chunk of store.read(path)) chunks.push(chunk);
    parts.push(Buffer.concat(chunks));
  }
  return joinParts(parts);
}

/** The names in a folder of HDFS; none if it does not exist. */
export async function namesIn(store: WebHdfsStore, folder: string): Promise<string[]> {
  return (await store.stat(folder)) === undefined ? [] : (await store.list(folder)).map(({ name }) => name);
}

/** The application id in a run's messages. */
export function applicationIn(text: string): string {
  return /application_\d+_\d+/.exec(text)?.[0] ?? '';
}

/** A `-D` option that makes Node run code before the mapper, for mappers that fail. */
export function beforeMapper(code: string): string[] {
  return ['-D', `mapreduce.map.env.NODE_OPTIONS=--import=data:text/javascript,${encodeURI(code)}`];
}

/** Code that blocks the event loop forever. */
export const HANG = 'Atomics.wait(new/**/Int32Array(new/**/SharedArrayBuffer(4)),0,0)';

/** Checks by the events of `--json` that the upload step went on beside the job, and ended before the output was verified. */
export function expectUploadBesideJob(events: string): void {
  const told = events
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const at = (event: string, step: string) =>
    told.findIndex((one) => one.event === event && one.step === step);
  expect(at('step-started', 'upload')).toBeGreaterThan(at('step-started', 'run'));
  expect(at('step-started', 'upload')).toBeLessThan(at('step-done', 'run'));
  expect(at('step-started', 'verify')).toBeGreaterThan(at('step-done', 'upload'));
}
