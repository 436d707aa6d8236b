import { checkAccess, READ_EXECUTE } from './access.mjs';
import { notFound, RemoteError } from './remote-error.mjs';
import { contentSummary, fileStatus } from './statuses.mjs';
import { compareNames, entriesOf, SUPERUSER } from './tree.mjs';

/** The inode at a path. Below a file the superuser gets undefined; other users get an error. */
export function findStatus(tree, user, path) {
  const walk = tree.walk(path);
  if (user !== SUPERUSER) checkAccess(user, walk);
  return walk.node;
}

export function getFileStatus({ tree, state }, user, path) {
  const node = findStatus(tree, user, path);
  if (node === undefined) throw notFound(`File does not exist: ${path}`);
  return { FileStatus: fileStatus(node, '', state.options.fileId) };
}

/** The entries of a folder; of a file, the file itself. */
export function listStatus(cluster, user, path) {
  return { FileStatuses: { FileStatus: listing(cluster, user, path) } };
}

/** A page of a folder's entries. `startAfter` is the last name of the previous page. */
export function listStatusBatch(cluster, user, path, startAfter) {
  const { listLimit } = cluster.state.options;
  const all = listing(cluster, user, path);
  const rest = all.filter(({ pathSuffix }) => startAfter === '' || compareNames(pathSuffix, startAfter) > 0);
  const page = rest.slice(0, listLimit);
  return {
    DirectoryListing: {
      partialListing: { FileStatuses: { FileStatus: page } },
      remainingEntries: rest.length - page.length,
    },
  };
}

function listing({ tree, state }, user, path) {
  const walk = tree.walk(path);
  checkAccess(user, walk, walk.node?.type === 'DIRECTORY' ? { self: READ_EXECUTE } : {});
  if (walk.node === undefined) throw notFound(`File ${path} does not exist.`);
  const { fileId } = state.options;
  if (walk.node.type === 'FILE') return [fileStatus(walk.node, '', fileId)];
  return entriesOf(walk.node).map((entry) => fileStatus(entry, entry.name, fileId));
}

export function getContentSummary({ tree }, user, path) {
  const walk = tree.walk(path);
  checkAccess(user, walk, { below: READ_EXECUTE });
  if (walk.node === undefined) throw notFound(`File does not exist: ${path}`);
  return { ContentSummary: contentSummary(walk.node) };
}

/** CHECKACCESS; `access` is a bit set. */
export function testAccess({ tree }, user, path, access) {
  const walk = tree.walk(path);
  checkAccess(user, walk, { self: access });
  if (walk.node === undefined) throw notFound('Path not found');
}

/** GETSERVERDEFAULTS of a cluster with the configuration of docker/conf. */
export const SERVER_DEFAULTS = {
  replication: 2,
  encryptDataTransfer: false,
  defaultStoragePolicyId: 7,
  writePacketSize: 65536,
  fileBufferSize: 4096,
  checksumType: 2,
  trashInterval: 0,
  keyProviderUri: '',
  blockSize: 134217728,
  bytesPerChecksum: 512,
};

const SAFE_MODE_REASON =
  'It was turned on manually. Use "hdfs dfsadmin -safemode leave" to turn safe mode off.';

/** The safe mode text of NameNodeInfo; empty if safe mode is off. */
export function safeModeText({ safeMode }) {
  return safeMode ? `Safe mode is ON. ${SAFE_MODE_REASON}` : '';
}

/** Refuses an edit in safe mode; `action` is for Hadoop's message. */
export function refuseInSafeMode({ safeMode }, action) {
  if (!safeMode) return;
  throw new RemoteError(
    'SafeModeException',
    `Cannot ${action}. Name node is in safe mode.\n${SAFE_MODE_REASON} NamenodeHostName:localhost`,
  );
}
