import { checkAccess, READ, WRITE } from './access.mjs';
import { ioError, RemoteError } from './remote-error.mjs';

const NAMESPACES = ['user', 'trusted', 'security', 'system', 'raw'];
/** dfs.namenode.fs-limits.max-xattrs-per-inode and max-xattr-size */
const MAX_COUNT = 32;
const MAX_BYTES = 16384;

/** SETXATTR; `value` is quoted text, hex digits after 0x, base64 after 0s, or plain text. */
export function setXattr(tree, user, path, name, value, flag) {
  const dot = name.indexOf('.');
  if (!NAMESPACES.includes(name.slice(0, dot))) {
    throw new RemoteError(
      'HadoopIllegalArgumentException',
      "An XAttr name must be prefixed with user/trusted/security/system/raw, followed by a '.'",
    );
  }
  checkAccess(user, tree.walk(path), { self: WRITE });
  const { xattrs } = tree.known(path);
  const rest = name.slice(dot + 1);
  const flags = flag.split(',');
  if (xattrs.has(name) && !flags.includes('REPLACE')) {
    throw ioError(`XAttr: ${rest} already exists. The REPLACE flag must be specified.`);
  }
  if (!xattrs.has(name) && !flags.includes('CREATE')) {
    throw ioError(`XAttr: ${rest} does not exist. The CREATE flag must be specified.`);
  }
  const bytes = decode(value);
  if (name.length - dot - 1 + bytes.length > MAX_BYTES) {
    throw new RemoteError(
      'HadoopIllegalArgumentException',
      `The XAttr is too big. The maximum combined size of the name and value is ${MAX_BYTES}, but the total size is ${rest.length + bytes.length}`,
    );
  }
  if (!xattrs.has(name) && xattrs.size === MAX_COUNT) {
    throw ioError(`Cannot add additional XAttr to inode, would exceed limit of ${MAX_COUNT}`);
  }
  xattrs.set(name, bytes);
}

/** GETXATTRS: the named ones, or all. Values are in `encoding`: text, hex or base64. */
export function getXattrs(tree, user, path, names, encoding) {
  checkAccess(user, tree.walk(path), { self: READ });
  const { xattrs } = tree.known(path);
  if (names.some((name) => !xattrs.has(name))) {
    throw new RemoteError('XAttrNotFoundException', 'At least one of the attributes provided was not found.');
  }
  // Newest first, as in the namenode.
  return [...xattrs]
    .reverse()
    .filter(([name]) => names.length === 0 || names.includes(name))
    .map(([name, value]) => ({ name, value: encode(value, encoding.toLowerCase()) }));
}

export function removeXattr(tree, user, path, name) {
  checkAccess(user, tree.walk(path), { self: WRITE });
  const { xattrs } = tree.known(path);
  if (!xattrs.delete(name)) throw ioError('No matching attributes found for remove operation');
}

function decode(value) {
  if (/^0x/i.test(value)) return Buffer.from(value.slice(2), 'hex');
  if (/^0s/i.test(value)) return Buffer.from(value.slice(2), 'base64');
  const quoted = /^"(.*)"$/s.exec(value);
  return Buffer.from(quoted === null ? value : quoted[1]);
}

function encode(bytes, encoding) {
  if (encoding === 'hex') return `0x${bytes.toString('hex')}`;
  if (encoding === 'base64') return `0s${bytes.toString('base64')}`;
  return `"${bytes}"`;
}
