import { Failure } from '../../../../submit/errors.js';
import type { Bytes, RenamingStore, WrittenFile } from '../../../../submit/stores/store.js';
import { sha256 } from '../../../support/store-contract.js';

/** A store that exists in this test alone: files in a map, by path. */
export function createMemoryStore(): RenamingStore & { readonly files: Map<string, Buffer> } {
  const files = new Map<string, Buffer>();
  const status = (path: string) => {
    const bytes = files.get(path);
    const isFolder = [...files.keys()].some((other) => other.startsWith(`${path}/`));
    if (bytes === undefined && !isFolder) return undefined;
    const type = bytes === undefined ? ('directory' as const) : ('file' as const);
    const name = path.replace(/.*\//, '');
    return { path, name, type, sizeBytes: bytes?.length ?? 0, modifiedMs: 0, identity: null };
  };
  const failure = (operation: string, path: string, problem: 'exists' | 'not-found') =>
    new Failure('store', { scheme: 'memory', operation, path, problem });
  const write = async (path: string, bytes: Bytes): Promise<WrittenFile> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    const content = Buffer.concat(chunks);
    if (files.has(path)) throw failure('write', path, 'exists');
    files.set(path, content);
    return { path, sizeBytes: content.length, sha256: sha256(content) };
  };
  return {
    files,
    scheme: 'memory',
    uri: (path) => `memory:${path}`,
    stat: async (path) => status(path),
    list: async (path) =>
      [...files.keys()]
        .filter((other) => other.startsWith(`${path}/`) && !other.slice(path.length + 1).includes('/'))
        .flatMap((other) => status(other) ?? []),
    async *read(path) {
      const bytes = files.get(path);
      if (bytes === undefined) throw failure('read', path, 'not-found');
      yield bytes;
    },
    write,
    makeDirectory: async () => undefined,
    async remove(path) {
      const gone = [...files.keys()].filter((other) => other === path || other.startsWith(`${path}/`));
      for (const other of gone) files.delete(other);
      return gone.length > 0;
    },
    async removeEmpty(path) {
      return ![...files.keys()].some((other) => other.startsWith(`${path}/`));
    },
    async rename(from, to) {
      if (status(to) !== undefined) throw failure('rename', from, 'exists');
      if (status(from) === undefined) throw failure('rename', from, 'not-found');
      for (const [path, bytes] of [...files]) {
        if (path !== from && !path.startsWith(`${from}/`)) continue;
        files.delete(path);
        files.set(to + path.slice(from.length), bytes);
      }
    },
  };
}
