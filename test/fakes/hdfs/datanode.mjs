import { checkAccess, READ } from './access.mjs';
import { fileChecksum } from './checksum.mjs';
import { asUri } from './java-uri.mjs';
import { refuseInSafeMode } from './namenode-reads.mjs';
import { Parameters, userOf } from './parameters.mjs';
import { DatanodeError, notFound } from './remote-error.mjs';
import { bytesOf, DEFAULT_BLOCK_SIZE, DEFAULT_REPLICATION } from './tree.mjs';
import { appendToFile, createFile } from './writing.mjs';

const OPERATIONS = {
  GET: { OPEN: open, GETFILECHECKSUM: checksum },
  PUT: { CREATE: create },
  POST: { APPEND: append },
};

/**
 * Performs a datanode's operation. `body` is the body of the request. `sendContinue` sends "100 Continue" before the
 * answer; a datanode does so even if the client did not ask for it.
 */
export async function askDatanode(cluster, method, path, query, { body, sendContinue }) {
  const op = (query.get('op') ?? '').toUpperCase();
  const operation = OPERATIONS[method]?.[op];
  if (operation === undefined)
    throw new DatanodeError('IllegalArgumentException', `Invalid operation ${op || null}`);
  const parameters = new Parameters(query, op);
  if (!parameters.has('namenoderpcaddress')) {
    throw new DatanodeError('IllegalArgumentException', 'java.net.UnknownHostException: null');
  }
  return operation(cluster, userOf(query), path, parameters, { body, sendContinue });
}

async function create(cluster, user, path, parameters, { body, sendContinue }) {
  sendContinue();
  const options = {
    overwrite: parameters.flag('overwrite', false),
    createParent: parameters.flag('createparent', true),
    blockSize: parameters.integer('blocksize', DEFAULT_BLOCK_SIZE),
    replication: parameters.integer('replication', DEFAULT_REPLICATION),
    permission: parameters.permission(0o644),
  };
  refuseInSafeMode(cluster.state, `create file${path}`);
  await receive(createFile(cluster.tree, user, path, options), body);
  return {
    status: 201,
    headers: { Location: asHeader(`${cluster.fs}${asUri(path)}`), 'Access-Control-Allow-Origin': '*' },
  };
}

/** Encodes a header like Netty: one byte per character, and a question mark for characters above U+00FF. */
function asHeader(text) {
  return text.replaceAll(/[^\0-\xff]/g, '?');
}

async function append(cluster, user, path, _parameters, { body, sendContinue }) {
  sendContinue();
  refuseInSafeMode(cluster.state, `append to ${path}`);
  await receive(appendToFile(cluster.tree, user, path), body);
  return { status: 200, headers: {} };
}

/** Writes the body. If the body is cut off, the file keeps what arrived (HdfsWriter.channelInactive). */
async function receive(writer, body) {
  try {
    for await (const chunk of body) writer.write(chunk);
  } catch (error) {
    // The file is closed with its content so far when writing is refused or the client is gone.
    closeQuietly(writer);
    throw error;
  }
  writer.close();
}

function closeQuietly(writer) {
  try {
    writer.close();
  } catch {
    // The file is gone. The first error is the one to report.
  }
}

function open({ tree }, user, path, parameters) {
  const offset = parameters.integer('offset', 0, { least: 0 });
  const length = parameters.integer('length', null, { least: 0 });
  const bytes = bytesOf(readable(tree, user, path));
  if (offset > bytes.length) throw new DatanodeError('EOFException', 'Cannot seek after EOF');
  const end = length === null ? bytes.length : Math.min(bytes.length, offset + length);
  return {
    status: 200,
    headers: {
      'Access-Control-Allow-Methods': 'GET',
      'Access-Control-Allow-Origin': '*',
      'Content-Type': 'application/octet-stream',
    },
    body: bytes.subarray(offset, end),
  };
}

function checksum({ tree }, user, path) {
  const node = readable(tree, user, path);
  if (node.writer !== null) {
    throw new DatanodeError('IOException', `Fail to get checksum, since file ${path} is under construction.`);
  }
  return { json: { FileChecksum: fileChecksum(node.blocks) } };
}

function readable(tree, user, path) {
  checkAccess(user, tree.walk(path), { self: READ });
  const node = tree.known(path);
  if (node.type === 'DIRECTORY') throw notFound(`Path is not a file: ${path}`);
  return node;
}
