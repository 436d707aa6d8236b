import { ALL, checkAccess, denied, READ, WRITE } from './access.mjs';
import { checkQuota } from './quota.mjs';
import { exists, illegalArgument, notFound, RemoteError } from './remote-error.mjs';
import { isValidPath, SUPERUSER } from './tree.mjs';

/** MKDIRS: returns true, even if the folder exists. */
export function makeDirectories(tree, user, path, permission) {
  refuseInvalid(path);
  const walk = tree.walk(path);
  checkAccess(user, walk, {}, { creates: true });
  if (walk.node?.type === 'FILE') throw exists(`Path is not a directory: ${path}`);
  if (walk.node !== undefined) return true;
  checkAccess(user, walk, { ancestor: WRITE }, { creates: true });
  const missing = walk.names.slice(walk.chain.length - 1);
  checkQuota(walk.chain.at(-1), { names: missing.length });
  let folder = walk.chain.at(-1);
  for (const name of missing) {
    // The owner gets at least u+wx on intermediate folders, so that the next one can be made below.
    const isLast = name === missing.at(-1);
    folder = tree.addDirectory(folder, name, {
      owner: user,
      permission: isLast ? permission : permission | 0o300,
    });
  }
  return true;
}

/** Refuses invalid paths of the namenode's operations. A datanode that creates a file has another message. */
export function refuseInvalid(path) {
  if (isValidPath(path)) return;
  throw new RemoteError('InvalidPathException', `Invalid path name Invalid file name: ${path}`);
}

/** DELETE: returns false if the path does not exist, and for the root. */
export function remove(tree, user, path, recursive) {
  const walk = tree.walk(path);
  checkAccess(user, walk, { parent: WRITE, belowIfFull: ALL });
  const { node } = walk;
  if (node !== undefined && node.children.size > 0 && !recursive) {
    throw new RemoteError(
      'PathIsNotEmptyDirectoryException',
      `\`${path} is non empty': Directory is not empty`,
    );
  }
  if (node === undefined || node === tree.root) return false;
  tree.detach(node);
  return true;
}

/** CONCAT: appends the blocks of the sources to the target and removes the sources. */
export function concat(tree, user, path, sources) {
  const target = knownFile(tree, user, path, WRITE);
  const files = sources.map((source) => {
    const file = knownFile(tree, user, source, READ);
    checkAccess(user, tree.walk(source), { parent: WRITE });
    if (file.parent !== target.parent) {
      throw badConcat(`Source file ${source} is not in the same directory with the target ${path}`);
    }
    if (file === target) {
      throw badConcat(`concat: the src file ${source} is the same with the target file ${path}`);
    }
    if (file.writer !== null || file.blocks.length === 0) {
      throw badConcat(`concat: source file ${source} is invalid or empty or underConstruction`);
    }
    if (file.blockSize > target.blockSize) {
      throw badConcat(
        `concat: source file ${source} has preferred block size ${file.blockSize} which is greater than the target file's preferred block size ${target.blockSize}`,
      );
    }
    return file;
  });
  if (new Set(files).size < files.length)
    throw badConcat('concat: at least two of the source files are the same');
  for (const file of files) {
    target.blocks.push(...file.blocks);
    tree.detach(file);
  }
  target.modifiedMs = Date.now();
}

function badConcat(message) {
  return new RemoteError('HadoopIllegalArgumentException', message);
}

function knownFile(tree, user, path, self) {
  checkAccess(user, tree.walk(path), { self });
  const node = tree.known(path);
  if (node.type === 'DIRECTORY') throw notFound(`Path is not a file: ${path}`);
  return node;
}

export function setPermission(tree, user, path, permission) {
  checkAccess(user, tree.walk(path), { owner: true });
  tree.known(path, `Directory/File does not exist ${path}`).permission = permission;
}

/** SETOWNER; owner and group may be null. */
export function setOwner(tree, user, path, owner, group) {
  checkAccess(user, tree.walk(path), { owner: true });
  const node = tree.known(path, `Directory/File does not exist ${path}`);
  if (owner === null && group === null) throw illegalArgument('Both owner and group are empty.');
  if (user !== SUPERUSER && owner !== null && owner !== user) {
    throw denied(`User ${user} is not a super user (non-super user cannot change owner).`);
  }
  if (user !== SUPERUSER && group !== null && group !== node.group) {
    throw denied(`User ${user} does not belong to ${group}`);
  }
  if (owner !== null) node.owner = owner;
  if (group !== null) node.group = group;
}

/** SETTIMES in milliseconds; -1 leaves a time unchanged. */
export function setTimes(tree, user, path, modifiedMs, accessedMs) {
  checkAccess(user, tree.walk(path), { self: WRITE });
  const node = tree.known(path, `File/Directory ${path} does not exist.`);
  if (modifiedMs >= 0) node.modifiedMs = modifiedMs;
  if (accessedMs >= 0) node.accessedMs = accessedMs;
}

/** SETREPLICATION: returns false if there is no such file. */
export function setReplication(tree, user, path, replication) {
  checkAccess(user, tree.walk(path), { self: WRITE });
  const node = tree.find(path);
  if (node?.type !== 'FILE') return false;
  node.replication = replication;
  return true;
}

/** SETQUOTA, only for the superuser; 2^63-1 leaves a quota unchanged, -1 removes it. */
export function setQuota(tree, user, path, names, space) {
  if (user !== SUPERUSER) throw denied(`Access denied for user ${user}. Superuser privilege is required`);
  const node = tree.known(path, `Directory does not exist: ${path}`);
  if (node.type === 'FILE') {
    throw new RemoteError('PathIsNotDirectoryException', `\`${path}': Is not a directory`);
  }
  const old = node.quota ?? { names: -1, space: -1 };
  const quota = { names: names ?? old.names, space: space ?? old.space };
  node.quota = quota.names < 0 && quota.space < 0 ? null : quota;
}
