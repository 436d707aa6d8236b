import { checkAccess, READ } from './access.mjs';
import { asUri } from './java-uri.mjs';
import { findStatus } from './namenode-reads.mjs';
import { ioError, notFound } from './remote-error.mjs';
import { lengthOf } from './tree.mjs';

/** Parameters that the namenode passes on to the datanode, and those that it adds if they are missing. */
const PASSED_ON = {
  CREATE: ['blocksize', 'buffersize', 'createflag', 'createparent', 'overwrite', 'permission', 'replication'],
  APPEND: ['buffersize'],
  OPEN: ['buffersize', 'length', 'offset'],
  GETFILECHECKSUM: [],
};
const ADDED = {
  CREATE: { createflag: '', createparent: 'true', overwrite: 'false' },
  APPEND: {},
  OPEN: { offset: '0' },
  GETFILECHECKSUM: {},
};

/** The minimum values of the numbers that are passed on. */
const LEAST = { offset: 0, length: 0, blocksize: 1, buffersize: 1, replication: 1 };

/**
 * The redirection to a datanode for an operation that moves data. For CREATE the namenode checks nothing, because the
 * datanode does; for the others it has read the file's metadata (NamenodeWebHdfsMethods.chooseDatanode).
 */
export function redirection(cluster, user, path, parameters) {
  const { op, query } = parameters;
  for (const [name, least] of Object.entries(LEAST)) parameters.integer(name, null, { least });
  for (const name of ['overwrite', 'createparent']) parameters.flag(name, null);
  if (op !== 'CREATE') checkReadable(cluster.tree, user, path, parameters);
  const passed = new Map(Object.entries(ADDED[op]));
  for (const name of PASSED_ON[op]) if (query.has(name)) passed.set(name, query.get(name));
  const rest = [...passed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `&${name}=${value}`);
  const who = query.has('user.name') ? `&user.name=${query.get('user.name')}` : '';
  const target = `?op=${op}${who}&namenoderpcaddress=${cluster.rpcAddress}${rest.join('')}`;
  return `http://${cluster.nextDatanode()}/webhdfs/v1${asUri(path)}${target}`;
}

function checkReadable(tree, user, path, parameters) {
  const node = findStatus(tree, user, path);
  if (node === undefined) throw notFound(`File ${path} not found.`);
  const length = lengthOf(node);
  if (parameters.op === 'OPEN') {
    const offset = parameters.integer('offset', 0);
    if (length > 0 && offset >= length) {
      throw ioError(`Offset=${offset} out of the range [0, ${length}); OPEN, path=${path}`);
    }
  }
  if (length > 0) checkAccess(user, tree.walk(path), { self: READ });
}
