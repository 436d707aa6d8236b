import { checkAccess, WRITE } from './access.mjs';
import { checkQuota } from './quota.mjs';
import { DatanodeError, exists, ioError, notFound, RemoteError } from './remote-error.mjs';
import { isValidPath } from './tree.mjs';

/** dfs.namenode.fs-limits.min-block-size */
const MIN_BLOCK_BYTES = 1024 ** 2;
/** dfs.replication.max */
const MAX_REPLICATION = 512;
const CHUNK_BYTES = 512;

/**
 * Creates a file, like FSDirWriteFileOp.startFile, and returns its writer.
 * @param {{ overwrite: boolean, createParent: boolean, blockSize: number, replication: number, permission: number }} options
 */
export function createFile(tree, user, path, options) {
  const { overwrite, createParent, blockSize, replication } = options;
  if (blockSize < MIN_BLOCK_BYTES) {
    throw ioError(
      `Specified block size is less than configured minimum value (dfs.namenode.fs-limits.min-block-size): ${blockSize} < ${MIN_BLOCK_BYTES}`,
    );
  }
  if (!isValidPath(path)) throw new RemoteError('RemoteException', `Invalid path name ${path}`);
  if (replication > MAX_REPLICATION) {
    throw ioError(
      `Requested replication factor of ${replication} exceeds maximum of ${MAX_REPLICATION} for ${path}, clientName=127.0.0.1`,
    );
  }
  const walk = tree.walk(path);
  checkAccess(user, walk, {}, { creates: true });
  if (walk.node?.type === 'DIRECTORY') throw exists(`${path} already exists as a directory`);
  checkAccess(user, walk, { ancestor: WRITE, ...(overwrite ? { self: WRITE } : {}) }, { creates: true });
  const above = path.slice(0, path.lastIndexOf('/'));
  if (walk.names.length > walk.chain.length && !createParent) {
    throw notFound(`Parent directory doesn't exist: ${above}`);
  }
  if (walk.node !== undefined) {
    if (!overwrite) {
      refuseSecondWriter(walk.node, 'CREATE_FILE', path);
      throw exists(`${path} for client 127.0.0.1 already exists`);
    }
    tree.detach(walk.node);
  }
  checkQuota(walk.chain[Math.min(walk.chain.length, walk.names.length) - 1], {
    names: walk.names.length - Math.min(walk.chain.length, walk.names.length) + 1,
  });
  const file = tree.addFile(tree.makeDirectories(above, user), walk.names.at(-1), {
    owner: user,
    ...options,
  });
  file.writer = new Writer(tree, file, path);
  if (blockSize % CHUNK_BYTES !== 0) {
    // The datanode's client fails only after the namenode has created the file, which stays.
    file.writer.close();
    throw new DatanodeError(
      'HadoopIllegalArgumentException',
      `Invalid values: dfs.bytes-per-checksum (=${CHUNK_BYTES}) must divide block size (=${blockSize}).`,
    );
  }
  return file.writer;
}

/** Opens a file to append to it. The first bytes fill its last block. */
export function appendToFile(tree, user, path) {
  const walk = tree.walk(path);
  checkAccess(user, walk, { self: WRITE });
  if (walk.node === undefined) throw notFound(`Failed to append to non-existent file ${path}`);
  if (walk.node.type === 'DIRECTORY') {
    throw exists(`Cannot append to directory ${path}; already exists as a directory.`);
  }
  refuseSecondWriter(walk.node, 'APPEND_FILE', path);
  walk.node.writer = new Writer(tree, walk.node, path);
  return walk.node.writer;
}

function refuseSecondWriter({ writer }, operation, path) {
  if (writer === null) return;
  throw new RemoteError(
    'AlreadyBeingCreatedException',
    `Failed to ${operation} ${path} for ${clientName()} on 127.0.0.1 because this file lease is currently owned by ${writer.client} on 127.0.0.1`,
  );
}

let clients = 0;
function clientName() {
  return `DFSClient_NONMAPREDUCE_${++clients}_1`;
}

/** A file open for writing. Its length includes complete blocks, and the last block when it is closed. */
export class Writer {
  client = clientName();
  /** Bytes of the incomplete block. */
  open = [];
  #openBytes = 0;

  constructor(tree, file, path) {
    this.tree = tree;
    this.file = file;
    this.path = path;
    const last = file.blocks.at(-1);
    if (last !== undefined && last.length < file.blockSize) {
      file.blocks.pop();
      this.open.push(last);
      this.#openBytes = last.length;
    }
  }

  write(bytes) {
    const { file } = this;
    for (let offset = 0; offset < bytes.length; ) {
      if (this.#openBytes === 0) this.#startBlock();
      const piece = bytes.subarray(offset, offset + file.blockSize - this.#openBytes);
      this.open.push(piece);
      this.#openBytes += piece.length;
      offset += piece.length;
      if (this.#openBytes === file.blockSize) this.#endBlock();
    }
  }

  /** Closes the file, complete or not: HDFS does not know its intended length. */
  close() {
    if (this.#openBytes > 0) this.#endBlock();
    this.file.writer = null;
    this.file.modifiedMs = Date.now();
    this.#checkLease();
  }

  /** Allocates a block. As in the namenode, a full block must fit into the quotas, however little is written. */
  #startBlock() {
    this.#checkLease();
    checkQuota(this.file.parent, { space: this.file.blockSize * this.file.replication });
  }

  #endBlock() {
    this.file.blocks.push(Buffer.concat(this.open));
    this.open = [];
    this.#openBytes = 0;
  }

  #checkLease() {
    if (this.tree.holds(this.file)) return;
    throw notFound(
      `File does not exist: ${this.path} (inode ${this.file.fileId}) Holder ${this.client} does not have any open files.`,
    );
  }
}
