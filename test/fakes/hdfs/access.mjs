import { RemoteError } from './remote-error.mjs';
import { inodesBelow, pathOf, SUPERUSER } from './tree.mjs';

/** FsAction of Hadoop: the name of each of the eight combinations of r (4), w (2) and x (1). */
const ACTION_NAMES = [
  'NONE',
  'EXECUTE',
  'WRITE',
  'WRITE_EXECUTE',
  'READ',
  'READ_EXECUTE',
  'READ_WRITE',
  'ALL',
];
export const [, EXECUTE, WRITE, , READ, READ_EXECUTE] = ACTION_NAMES.keys();
export const ALL = 7;

const STICKY = 0o1000;

/**
 * The checks of FSPermissionChecker.checkPermission in Hadoop 3.3.5, in its order. `walk` is a result of Tree.walk.
 * @param {{ ancestor?: number, parent?: number, self?: number, below?: number, belowIfFull?: number, owner?: boolean }} wanted
 * `below` applies to the folder and all folders in it, `belowIfFull` only to those that are not empty
 */
export function checkAccess(user, walk, wanted = {}, { creates = false } = {}) {
  checkTraverse(user, walk, creates);
  if (user === SUPERUSER) return;
  const { names, chain, node } = walk;
  // The deepest existing folder above the path.
  const ancestor = chain[Math.min(chain.length, Math.max(names.length, 1)) - 1];
  const parent = names.length > 0 ? chain[names.length - 1] : undefined;
  if (wanted.parent !== undefined && node !== undefined && parent !== undefined)
    checkSticky(user, node, parent);
  if (wanted.ancestor !== undefined) check(user, ancestor, wanted.ancestor);
  if (wanted.parent !== undefined) check(user, parent, wanted.parent);
  if (wanted.self !== undefined) check(user, node, wanted.self);
  const belowWanted = wanted.below ?? wanted.belowIfFull;
  if (belowWanted !== undefined && node?.type === 'DIRECTORY') {
    for (const inode of inodesBelow(node)) {
      if (inode.type === 'FILE') continue;
      if (wanted.below !== undefined || inode.children.size > 0) check(user, inode, belowWanted);
    }
  }
  if (wanted.owner === true && node !== undefined && node.owner !== user) {
    throw denied(`Permission denied. user=${user} is not the owner of inode=${pathOf(node)}`);
  }
}

/** Throws unless everything above the path is a folder that the user may traverse. */
function checkTraverse(user, { names, chain }, creates) {
  for (const inode of chain.slice(0, names.length)) {
    if (inode.type === 'FILE') {
      // Only operations that create something throw ParentNotDirectoryException (FSDirectory.resolvePath).
      const exception = creates ? 'ParentNotDirectoryException' : 'AccessControlException';
      throw new RemoteError(exception, `${pathOf(inode)} (is not a directory)`);
    }
    if (user !== SUPERUSER) check(user, inode, EXECUTE);
  }
}

function check(user, inode, action) {
  if (inode === undefined || (modeFor(user, inode) & action) === action) return;
  throw denied(`Permission denied: user=${user}, access=${ACTION_NAMES[action]}, inode=${describe(inode)}`);
}

function checkSticky(user, inode, parent) {
  if ((parent.permission & STICKY) === 0 || parent.owner === user || inode.owner === user) return;
  throw denied(
    `Permission denied by sticky bit: user=${user}, path=${describe(inode)}, parent=${describe(parent)}`,
  );
}

/** Users are in no groups, as in a cluster without accounts for them, so a user is the owner or other. */
function modeFor(user, { owner, permission }) {
  return user === owner ? (permission >> 6) & 7 : permission & 7;
}

function describe(inode) {
  const letters = [6, 3, 0].map((shift) => {
    const bits = (inode.permission >> shift) & 7;
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`;
  });
  let text = letters.join('');
  if (inode.permission & STICKY) text = text.slice(0, -1) + (text.endsWith('x') ? 't' : 'T');
  const type = inode.type === 'DIRECTORY' ? 'd' : '-';
  return `"${pathOf(inode)}":${inode.owner}:${inode.group}:${type}${text}`;
}

export function denied(message) {
  return new RemoteError('AccessControlException', message);
}
