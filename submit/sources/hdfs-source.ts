import { Failure } from '../errors.js';
import type { FileStatus, Store } from '../stores/store.js';
import { requireAnyText, unreadable } from './content-kind.js';
import { decompressed, refuseUnsupported } from './decoding.js';
import { expandGlob } from './expand-glob.js';
import { readHead } from './read-header.js';
import type { Source } from './source.js';
import { wouldRead } from './would-read.js';

const WORKBOOK_NAME = /\.xls[xm]$/i;
const HDFS_URI = /^(hdfs:\/\/[^/]*)(\/.*)$/;

/**
 * Inputs given as `hdfs://…`, in the engine's own HDFS. The engine reads them in place; here only their first bytes are
 * read, for the header and for what they hold. The digest is HDFS's own checksum. What is damaged further on is found
 * by the job alone, which then fails.
 */
export function createHdfsSource(store: Store): Source {
  const digests = new Map<string, string>();
  const digestOf = async ({ path, sizeBytes, modifiedMs }: FileStatus): Promise<string> =>
    store.checksum === undefined ? `${sizeBytes}@${modifiedMs}` : store.checksum(path);
  return {
    name: 'hdfs',
    schemeOf: () => 'hdfs',
    takes: (pattern) => HDFS_URI.test(pattern),
    async find(pattern, _base, options) {
      const [, fileSystem = '', path = '/'] = HDFS_URI.exec(pattern) ?? [];
      refuseOthers(pattern, fileSystem, store);
      const { files, folders, passedOver, broken } = await expandGlob(store, path, options);
      // Hadoop passes over such names even if they are given literally, and then finds no input.
      const hidden = files.filter(({ name }) => /^[_.]/.test(name));
      const items = files
        .filter((file) => !hidden.includes(file))
        .map((file) => ({ ...file, source: 'hdfs', isScanned: false }));
      return {
        items,
        folders: folders.map((folder) => ({ source: 'hdfs', path: folder })),
        passedOver,
        broken: [
          ...broken,
          ...hidden.map((file) => ({
            path: file.path,
            failure: unreadable(store.uri(file.path), store.scheme, 'hidden-in-hdfs'),
          })),
        ],
      };
    },
    wouldRead: (pattern, _base, folder, options) =>
      wouldRead(HDFS_URI.exec(pattern)?.[2] ?? '/', folder, options ?? {}),
    concurrency: 4,
    async scan(item, { hasHeader, ...options }) {
      const { path } = item;
      refuseUnsupported(path, store);
      const { kind, convertedFrom, header, preamble } = await readHead(store, path, options, hasHeader);
      if (kind === 'zip' && WORKBOOK_NAME.test(path))
        throw unreadable(path, store.scheme, 'workbook-in-hdfs');
      const content = requireAnyText(kind, path, store.scheme);
      // Hadoop's tasks read the file as it is, and tell lines apart by bytes.
      if (convertedFrom !== null) throw unreadable(path, store.scheme, 'utf-16-in-hdfs');
      // Hadoop goes by the name, and minds upper case.
      const named = path.endsWith('.gz') ? 'gzip' : path.endsWith('.bz2') ? 'bzip2' : null;
      if (named !== null && content === 'text') {
        const flaw = kind === 'empty' ? (`empty-named-${named}` as const) : (`text-named-${named}` as const);
        throw unreadable(path, store.scheme, flaw);
      }
      if (content !== 'text' && content !== named) {
        throw unreadable(path, store.scheme, `${content}-without-its-name`);
      }
      digests.set(path, await digestOf(item));
      return {
        ...item,
        lines: null,
        records: null,
        headers: null,
        linesDigest: null,
        header: header?.names ?? null,
        ...(header?.nameBytes === undefined ? {} : { headerBytes: header.nameBytes }),
        startsWithBom: false,
        ...preamble,
        ...(content !== 'text' && { compression: content }),
        splittable: options.quotedLineBreaks !== 'yes' && content !== 'gzip',
        malformed: null,
      };
    },
    digest: async (item) => digests.get(item.path) ?? digestOf(item),
    open: ({ path }) => store.read(path),
    openText: ({ path, compression }) => decompressed(compression, path, store.read(path), store),
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
