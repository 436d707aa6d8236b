import { Failure } from '../errors.js';
import { isGzip } from '../stores/compression.js';
import type { FileStatus, Store } from '../stores/store.js';
import { refuseUnsupported } from './decoding.js';
import { expandGlob } from './expand-glob.js';
import { readHeader } from './read-header.js';
import type { Source } from './source.js';

const HDFS_URI = /^(hdfs:\/\/[^/]*)(\/.*)$/;

/**
 * Inputs given as `hdfs://…`, in the engine's own HDFS. The engine reads them in place; here only their first bytes are
 * read, for the header. The digest is HDFS's own checksum.
 */
export function createHdfsSource(store: Store): Source {
  const digests = new Map<string, string>();
  const digestOf = async ({ path, sizeBytes, modifiedMs }: FileStatus): Promise<string> =>
    store.checksum === undefined ? `${sizeBytes}@${modifiedMs}` : store.checksum(path);
  return {
    name: 'hdfs',
    schemeOf: () => 'hdfs',
    takes: (pattern) => HDFS_URI.test(pattern),
    async find(pattern) {
      const [, fileSystem = '', path = '/'] = HDFS_URI.exec(pattern) ?? [];
      refuseOthers(pattern, fileSystem, store);
      const { files, folders, passedOver } = await expandGlob(store, path);
      const items = files.map((file) => ({ ...file, source: 'hdfs', isScanned: false }));
      return { items, folders: folders.map((folder) => ({ source: 'hdfs', path: folder })), passedOver };
    },
    concurrency: 4,
    async scan(item, { hasHeader, ...options }) {
      const { path } = item;
      refuseUnsupported(path, store);
      digests.set(path, await digestOf(item));
      return {
        ...item,
        lines: null,
        records: null,
        linesDigest: null,
        header: hasHeader ? await readHeader(store, path, options) : null,
        startsWithBom: false,
        splittable: options.quotedLineBreaks !== 'yes' && !isGzip(path),
        malformed: null,
      };
    },
    digest: async (item) => digests.get(item.path) ?? digestOf(item),
    open: ({ path }) => store.read(path),
    addressFor: ({ path }, engine) => (engine.scheme === store.scheme ? path : null),
    close: async () => undefined,
  };
}

function refuseOthers(pattern: string, fileSystem: string, store: Store): void {
  if (store.scheme !== 'hdfs') {
    throw new Failure('usage', {
      problem: `The input ${JSON.stringify(pattern)} is on a cluster; use hadoop-elt submit to read it there`,
    });
  }
  const own = store.uri('/').replace(/\/$/, '');
  if (fileSystem !== 'hdfs://' && fileSystem !== own) {
    throw new Failure('usage', {
      problem: `The input ${JSON.stringify(pattern)} is not on this cluster's file system, ${own}`,
    });
  }
}
