import { checkAccess, WRITE } from './access.mjs';
import { checkQuota, usageOf } from './quota.mjs';
import { exists, ioError, notFound } from './remote-error.mjs';

/**
 * RENAME without options: returns true or false, like FSDirRenameOp's deprecated renameTo. If the target is an existing
 * folder, the source is moved into it.
 */
export function renameInto(tree, user, from, to) {
  const source = tree.walk(from);
  let target = tree.walk(to);
  checkAccess(user, source);
  checkAccess(user, target, {}, { creates: true });
  if (target.node?.type === 'DIRECTORY')
    target = tree.walk(`${to === '/' ? '' : to}/${source.names.at(-1) ?? ''}`);
  checkAccess(user, source, { parent: WRITE });
  checkAccess(user, target, { ancestor: WRITE }, { creates: true });
  if (source.node === undefined || source.names.length === 0) return false;
  if (samePath(source, target)) return true;
  if (isBelow(target, source) || target.node !== undefined || parentOf(target) === undefined) return false;
  move(tree, source, target);
  return true;
}

/** RENAME with renameoptions NONE or OVERWRITE (rename2): throws if it does not rename. */
export function renameStrictly(tree, user, from, to, overwrite) {
  const source = tree.walk(from);
  const target = tree.walk(to);
  checkAccess(user, source, { parent: WRITE });
  checkAccess(user, target, { ancestor: WRITE }, { creates: true });
  if (source.node === undefined) throw notFound(`rename source ${from} is not found.`);
  if (source.names.length === 0) throw ioError('rename source cannot be the root');
  if (samePath(source, target)) throw exists(`The source ${from} and destination ${to} are the same`);
  if (isBelow(target, source)) {
    throw ioError(`Rename destination ${to} is a directory or file under source ${from}`);
  }
  if (target.names.length === 0) throw ioError('rename destination cannot be the root');
  if (target.node !== undefined) checkOverwrite(source, target, overwrite);
  if (parentOf(target) === undefined) throw notFound(`rename destination parent ${to} not found.`);
  move(tree, source, target);
}

function checkOverwrite({ path: from, node: source }, { path: to, node: target }, overwrite) {
  if (source.type !== target.type) {
    throw ioError(`Source ${from} and destination ${to} must both be directories`);
  }
  if (!overwrite) throw exists(`rename destination ${to} already exists`);
  if (target.children.size > 0) throw ioError(`rename destination directory is not empty: ${to}`);
}

function move(tree, { node }, target) {
  const parent = parentOf(target);
  const moved = usageOf(node);
  const replaced = target.node === undefined ? { names: 0, space: 0 } : usageOf(target.node);
  const from = node.parent;
  tree.detach(node);
  try {
    checkQuota(parent, { names: moved.names - replaced.names, space: moved.space - replaced.space });
    if (target.node !== undefined) tree.detach(target.node);
    tree.attach(node, parent, target.names.at(-1));
  } catch (error) {
    tree.attach(node, from, node.name);
    throw error;
  }
}

/** The parent folder of a path, or undefined if it does not exist. */
function parentOf({ names, chain }) {
  return chain[names.length - 1];
}

function samePath(a, b) {
  return a.names.join('/') === b.names.join('/');
}

function isBelow(path, above) {
  return (
    above.names.length < path.names.length && above.names.every((name, index) => path.names[index] === name)
  );
}
