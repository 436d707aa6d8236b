import { createHash } from 'node:crypto';
import { identityOf } from '../../shown-url.js';
import type { FileStatus, RenamingStore } from '../../stores/store.js';
import type { Validators } from './fetch-options.js';

/** A file that was fetched, and is kept. */
export interface KeptCopy extends Validators {
  readonly file: FileStatus;
  /** Lower-case hex. */
  readonly sha256: string;
  /** ISO 8601. */
  readonly fetchedAt: string;
}

/** Copies of fetched files, a folder for each address: the last one that was whole and right. */
export interface KeptCopies {
  find(url: URL): Promise<KeptCopy | null>;
  /** Writes a file under a name of its own; it is not kept before `keep`. */
  write(url: URL, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<WrittenCopy>;
  /** Makes it the copy of its address, in place of the last one. */
  keep(url: URL, copy: WrittenCopy, facts: Validators & { readonly fetchedAt: string }): Promise<KeptCopy>;
  /** Removes a file that is not kept. */
  discard(copy: WrittenCopy): Promise<void>;
}

/** A file that was fetched and not looked at. */
export interface WrittenCopy {
  readonly path: string;
  readonly sha256: string;
}

const FACTS_NAME = 'kept.json';
const MAX_NAME = 100;
/** Another run may read, or still write, a copy that is younger. */
const KEPT_MS = 24 * 3_600_000;

/**
 * Copies in a folder of this machine. Each has a folder of its own, where its facts are written last: without them it is not
 * kept. Its file has the name that it has in its address.
 */
export function createKeptCopies(store: RenamingStore, folder: string, newId: () => string): KeptCopies {
  const folderOf = (url: URL) =>
    `${folder}/${createHash('sha256').update(identityOf(url)).digest('hex').slice(0, 16)}`;

  async function copyIn(own: string): Promise<KeptCopy | null> {
    const path = `${own}/${FACTS_NAME}`;
    if ((await store.stat(path)) === undefined) return null;
    const chunks: Uint8Array[] = [];
    for await (const chunk of store.read(path)) chunks.push(chunk);
    const facts = parse(Buffer.concat(chunks).toString());
    const file = facts === null ? undefined : await store.stat(`${own}/${facts.name}`);
    return facts === null || file?.sizeBytes !== facts.sizeBytes ? null : { ...facts, file };
  }

  return {
    async find(url) {
      const own = folderOf(url);
      if ((await store.stat(own)) === undefined) return null;
      let latest: KeptCopy | null = null;
      for (const { path, type } of await store.list(own)) {
        const copy = type === 'directory' ? await copyIn(path) : null;
        if (copy !== null && (latest === null || copy.fetchedAt > latest.fetchedAt)) latest = copy;
      }
      return latest;
    },
    async write(url, bytes, signal) {
      const own = `${folderOf(url)}/${newId()}`;
      const path = `${own}/${nameOf(url)}`;
      await store.makeDirectory(own);
      try {
        const { sha256 } = await store.write(path, bytes, signal);
        return { path, sha256 };
      } catch (error) {
        await store.remove(own).catch(() => undefined);
        throw error;
      }
    },
    async keep(url, { path, sha256 }, facts) {
      const own = parentOf(path);
      const file = await store.stat(path);
      if (file === undefined) throw new RangeError(`${path} is gone`);
      const text = JSON.stringify({ name: file.name, sizeBytes: file.sizeBytes, sha256, ...facts });
      await store.write(`${own}/${FACTS_NAME}`, [Buffer.from(text)]);
      for (const other of await store.list(folderOf(url))) {
        const isOld = other.modifiedMs < Date.parse(facts.fetchedAt) - KEPT_MS;
        if (isOld && other.path !== own) await store.remove(other.path);
      }
      return { ...facts, sha256, file };
    },
    async discard({ path }) {
      await store.remove(parentOf(path));
    },
  };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** The last name in an address, which may tell how the file is compressed. */
function nameOf(url: URL): string {
  const last = url.pathname.split('/').findLast((name) => name !== '') ?? '';
  const safe = last.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[._]+/, '');
  return safe === '' ? 'file' : safe.slice(-MAX_NAME);
}

interface Facts extends Validators {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly fetchedAt: string;
}

function parse(text: string): Facts | null {
  try {
    const facts = JSON.parse(text) as Facts;
    return typeof facts.name === 'string' && !/^\.\.?$|\//.test(facts.name) ? facts : null;
  } catch {
    return null;
  }
}
