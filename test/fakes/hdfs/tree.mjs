import { notFound, RemoteError } from './remote-error.mjs';

/**
 * @typedef {object} Inode a file or a folder of the namenode
 * @property {number} fileId
 * @property {'DIRECTORY' | 'FILE'} type
 * @property {string} name
 * @property {Inode | null} parent
 * @property {string} owner
 * @property {string} group
 * @property {number} permission
 * @property {number} modifiedMs
 * @property {number} accessedMs
 * @property {Map<string, Inode>} children of a folder
 * @property {{ names: number, space: number } | null} quota of a folder; -1 where there is none
 * @property {Buffer[]} blocks of a file
 * @property {number} blockSize
 * @property {number} replication
 * @property {import('./writing.mjs').Writer | null} writer that has the file open
 * @property {Map<string, string>} xattrs
 */

/** The superuser: the user that the namenode runs as. */
export const SUPERUSER = 'hadoop';
export const SUPERGROUP = 'supergroup';
export const DEFAULT_BLOCK_SIZE = 128 * 1024 ** 2;
export const DEFAULT_REPLICATION = 2;
/** dfs.namenode.fs-limits.max-component-length */
const MAX_NAME_BYTES = 255;

/** The inodes of one HDFS, without permission checks, quotas and HTTP. */
export class Tree {
  // INodeId.ROOT_INODE_ID
  #lastFileId = 16385;

  constructor() {
    this.root = this.#inode('DIRECTORY', '', null, {
      owner: SUPERUSER,
      group: SUPERGROUP,
      permission: 0o755,
    });
    this.root.fileId = 16385;
    // "cluster.sh up" makes the same folders in the real cluster.
    this.makeDirectories('/tmp', SUPERUSER).permission = 0o1777;
    this.makeDirectories(`/user/${SUPERUSER}`, SUPERUSER);
  }

  /** The inode at a path, or undefined. */
  find(path) {
    return this.walk(path).node;
  }

  /** Whether an inode is still in the tree, under any name. */
  holds(node) {
    let top = node;
    while (top.parent !== null) top = top.parent;
    return top === this.root;
  }

  /** Follows a path as far as it exists; `chain` starts with the root. */
  walk(path) {
    const names = namesOf(path);
    const chain = [this.root];
    for (const name of names) {
      const next = chain.at(-1).children.get(name);
      if (next === undefined) break;
      chain.push(next);
    }
    const node = chain.length === names.length + 1 ? chain.at(-1) : undefined;
    return { path, names, chain, node };
  }

  /** The inode at a path. Throws the namenode's FileNotFoundException if there is none. */
  known(path, message = `File does not exist: ${path}`) {
    const node = this.find(path);
    if (node === undefined) throw notFound(message);
    return node;
  }

  addDirectory(parent, name, { owner, permission = 0o755 }) {
    // The group is that of the parent folder, as in BSD.
    const node = this.#inode('DIRECTORY', name, parent, { owner, group: parent.group, permission });
    this.attach(node, parent, name);
    return node;
  }

  addFile(parent, name, { owner, permission = 0o644, blockSize, replication }) {
    const node = this.#inode('FILE', name, parent, { owner, group: parent.group, permission });
    node.blockSize = blockSize ?? DEFAULT_BLOCK_SIZE;
    node.replication = replication ?? DEFAULT_REPLICATION;
    this.attach(node, parent, name);
    return node;
  }

  makeDirectories(path, owner) {
    let node = this.root;
    for (const name of namesOf(path)) {
      const next = node.children.get(name) ?? this.addDirectory(node, name, { owner });
      if (next.type === 'FILE') {
        throw new RemoteError('ParentNotDirectoryException', `Path is not a directory: ${pathOf(next)}`);
      }
      node = next;
    }
    return node;
  }

  attach(node, parent, name) {
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) {
      throw new RemoteError(
        'PathComponentTooLongException',
        `The maximum path component name limit of ${name} in directory ${pathOf(parent)} is exceeded: limit=${MAX_NAME_BYTES} length=${Buffer.byteLength(name)}`,
      );
    }
    node.name = name;
    node.parent = parent;
    parent.children.set(name, node);
    parent.modifiedMs = Date.now();
  }

  detach(node) {
    node.parent.children.delete(node.name);
    node.parent.modifiedMs = Date.now();
    // A writer that continues after this gets an error, because its file is gone.
    node.parent = null;
  }

  #inode(type, name, parent, { owner, group, permission }) {
    const now = Date.now();
    return {
      fileId: ++this.#lastFileId,
      type,
      name,
      parent,
      owner,
      group,
      permission,
      modifiedMs: now,
      accessedMs: type === 'FILE' ? now : 0,
      children: new Map(),
      quota: null,
      blocks: [],
      blockSize: 0,
      replication: 0,
      writer: null,
      xattrs: new Map(),
    };
  }
}

/** The names of an absolute path; none for the root. */
export function namesOf(path) {
  return path.split('/').filter((name) => name !== '');
}

/** Whether HDFS accepts a path (DFSUtil.isValidName). */
export function isValidPath(path) {
  return namesOf(path).every((name) => !name.includes(':') && name !== '.' && name !== '..');
}

export function pathOf(node) {
  return node.parent === null
    ? '/'
    : `${node.parent.parent === null ? '' : pathOf(node.parent)}/${node.name}`;
}

export function lengthOf(node) {
  return node.blocks.reduce((sum, block) => sum + block.length, 0);
}

/** All bytes that a reader gets. For a file being written, those that have arrived so far. */
export function bytesOf(node) {
  return Buffer.concat([...node.blocks, ...(node.writer?.open ?? [])]);
}

/** Cuts bytes into blocks of one size. */
export function blocksOf(bytes, blockSize) {
  const blocks = [];
  for (let offset = 0; offset < bytes.length; offset += blockSize) {
    blocks.push(bytes.subarray(offset, offset + blockSize));
  }
  return blocks;
}

/** Entries of a folder in the namenode's order. */
export function entriesOf(node) {
  return [...node.children.values()].sort((a, b) => compareNames(a.name, b.name));
}

/** Orders names like the namenode: by bytes, which are signed in Java, so that é comes before a. */
export function compareNames(a, b) {
  return Buffer.compare(signedBytes(a), signedBytes(b));
}

function signedBytes(name) {
  return Buffer.from(name).map((byte) => byte ^ 0x80);
}

/** An inode and everything below it. */
export function* inodesBelow(node) {
  yield node;
  for (const child of entriesOf(node)) yield* inodesBelow(child);
}
