import { createHash } from 'node:crypto';
import { Failure } from '../../errors.js';
import { SUCCESS_NAME } from '../../hadoop/success-file.js';
import { mapBounded } from '../../map-bounded.js';
import type { ManifestPart } from '../../run/manifest.js';
import type { FileStatus, Store } from '../../stores/store.js';
import type { PublishedFolder } from './published-folder.js';

/** How published parts are compared with their manifest; see `output.ts` of the job's sections. */
export type Thoroughness = 'quick' | 'deep';

const PARTS_AT_ONCE = 4;

/**
 * Throws `output-changed` when a published part is not what its manifest says. `quick` compares names and sizes, and
 * reads the parts whose identity or time has changed since they were published. `deep` reads all.
 */
export async function checkParts(
  store: Store,
  { path, entries, manifest }: PublishedFolder,
  thoroughness: Thoroughness,
  signal: AbortSignal,
): Promise<void> {
  const found = new Map(entries.map((entry) => [entry.name, entry]));
  const changed = (name: string, what: string) =>
    new Failure('output-changed', {
      path: store.uri(`${path}/${name}`),
      folder: store.uri(path),
      scheme: store.scheme,
      what,
    });
  if (!found.has(SUCCESS_NAME)) throw changed(SUCCESS_NAME, 'it is gone');
  const parts = manifest?.parts ?? [];
  for (const { name, sizeBytes } of parts) {
    const there = found.get(name);
    if (there === undefined) throw changed(name, 'it is gone');
    if (there.sizeBytes !== sizeBytes) {
      throw changed(name, `it has ${there.sizeBytes} bytes, but ${sizeBytes} were published`);
    }
  }
  const toRead = parts.filter((part) => thoroughness === 'deep' || isTouched(part, found.get(part.name)));
  await mapBounded(
    toRead,
    async ({ name, sha256 }) => {
      if ((await digestOf(store, `${path}/${name}`, signal)) !== sha256) {
        throw changed(name, 'its bytes are not those that were published');
      }
    },
    { concurrency: PARTS_AT_ONCE },
  );
}

/** Whether the store's facts say that a part was written or replaced since it was published. */
function isTouched({ stamp }: ManifestPart, there: FileStatus | undefined): boolean {
  if (stamp === undefined || there === undefined) return false;
  return stamp.modifiedMs !== there.modifiedMs || stamp.identity !== there.identity;
}

async function digestOf(store: Store, path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of store.read(path)) {
    signal.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest('hex');
}
