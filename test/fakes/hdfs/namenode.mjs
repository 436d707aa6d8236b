import * as edits from './edits.mjs';
import * as reads from './namenode-reads.mjs';
import { invalid, Parameters, userOf } from './parameters.mjs';
import { redirection } from './redirections.mjs';
import { RemoteError } from './remote-error.mjs';
import { renameInto, renameStrictly } from './rename.mjs';
import { namesOf } from './tree.mjs';
import { getXattrs, removeXattr, setXattr } from './xattrs.mjs';

/** @typedef {{ json?: unknown, location?: string, status?: number }} Answer empty body without json and location */

const NO_BODY = {};
const truth = (value) => ({ json: { boolean: value } });

/** Operations that change nothing: `(cluster, user, path, parameters) → Answer`. */
const GET = {
  GETFILESTATUS: (...asked) => ({ json: reads.getFileStatus(...asked) }),
  LISTSTATUS: (...asked) => ({ json: reads.listStatus(...asked) }),
  LISTSTATUS_BATCH: (cluster, user, path, parameters) => ({
    json: reads.listStatusBatch(cluster, user, path, parameters.text('startafter', '')),
  }),
  GETCONTENTSUMMARY: (...asked) => ({ json: reads.getContentSummary(...asked) }),
  GETHOMEDIRECTORY: (_cluster, user) => ({ json: { Path: `/user/${user}` } }),
  GETTRASHROOT: (_cluster, user) => ({ json: { Path: `/user/${user}/.Trash` } }),
  GETSERVERDEFAULTS: () => ({ json: { FsServerDefaults: reads.SERVER_DEFAULTS } }),
  GETDELEGATIONTOKEN: () => ({ json: { Token: null } }),
  CHECKACCESS(cluster, user, path, parameters) {
    reads.testAccess(cluster, user, path, parameters.access());
    return NO_BODY;
  },
  GETXATTRS({ tree }, user, path, parameters) {
    const names = parameters.query.getAll('xattr.name');
    return {
      json: {
        XAttrs: getXattrs(tree, user, path, names, parameters.required('encoding')),
      },
    };
  },
  LISTXATTRS({ tree }, user, path) {
    const names = getXattrs(tree, user, path, [], 'text').map(({ name }) => name);
    return { json: { XAttrNames: JSON.stringify(names) } };
  },
  OPEN: redirect,
  GETFILECHECKSUM: redirect,
};

const PUT = {
  CREATE: redirect,
  MKDIRS({ tree, state }, user, path, parameters) {
    const permission = parameters.permission(0o755);
    reads.refuseInSafeMode(state, `create directory ${path}`);
    return truth(edits.makeDirectories(tree, user, path, permission));
  },
  RENAME({ tree, state }, user, path, parameters) {
    const to = parameters.destination();
    edits.refuseInvalid(to);
    const options = parameters.text('renameoptions', '').split(',');
    const unknown = options.find((option) => !['', 'NONE', 'OVERWRITE', 'TO_TRASH'].includes(option));
    if (unknown !== undefined) {
      throw invalid('renameoptions', `No enum constant org.apache.hadoop.fs.Options.Rename.${unknown}`);
    }
    reads.refuseInSafeMode(state, `rename ${path}`);
    if (options[0] === '') return truth(renameInto(tree, user, path, to));
    renameStrictly(tree, user, path, to, options.includes('OVERWRITE'));
    return NO_BODY;
  },
  SETPERMISSION({ tree, state }, user, path, parameters) {
    const permission = parameters.permission(0o755);
    reads.refuseInSafeMode(state, `set permission for ${path}`);
    edits.setPermission(tree, user, path, permission);
    return NO_BODY;
  },
  SETOWNER({ tree, state }, user, path, parameters) {
    reads.refuseInSafeMode(state, `set owner for ${path}`);
    edits.setOwner(tree, user, path, parameters.text('owner'), parameters.text('group'));
    return NO_BODY;
  },
  SETTIMES({ tree, state }, user, path, parameters) {
    const [modifiedMs, accessedMs] = ['modificationtime', 'accesstime'].map((name) =>
      parameters.integer(name, -1),
    );
    reads.refuseInSafeMode(state, `set times ${path}`);
    edits.setTimes(tree, user, path, modifiedMs, accessedMs);
    return NO_BODY;
  },
  SETREPLICATION({ tree, state }, user, path, parameters) {
    reads.refuseInSafeMode(state, `set replication for ${path}`);
    return truth(
      edits.setReplication(
        tree,
        user,
        path,
        parameters.integer('replication', 2, { least: 1, type: 'short' }),
      ),
    );
  },
  SETQUOTA({ tree, state }, user, path, parameters) {
    reads.refuseInSafeMode(state, `set quota on ${path}`);
    const [names, space] = ['namespacequota', 'storagespacequota'].map((name) =>
      parameters.integer(name, null),
    );
    edits.setQuota(tree, user, path, names, space);
    return NO_BODY;
  },
  SETXATTR({ tree, state }, user, path, parameters) {
    const [name, flag] = ['xattr.name', 'flag'].map((each) => parameters.required(each));
    reads.refuseInSafeMode(state, `set XAttr on ${path}`);
    setXattr(tree, user, path, name, parameters.text('xattr.value', ''), flag);
    return NO_BODY;
  },
  REMOVEXATTR({ tree, state }, user, path, parameters) {
    reads.refuseInSafeMode(state, `remove XAttr entry on ${path}`);
    removeXattr(tree, user, path, parameters.required('xattr.name'));
    return NO_BODY;
  },
};

const POST = {
  APPEND: redirect,
  CONCAT({ tree, state }, user, path, parameters) {
    const sources = parameters.required('sources').split(',');
    reads.refuseInSafeMode(state, `concat ${path}`);
    edits.concat(
      tree,
      user,
      path,
      sources.map((source) => `/${namesOf(source).join('/')}`),
    );
    return NO_BODY;
  },
};

const DELETE = {
  DELETE({ tree, state }, user, path, parameters) {
    reads.refuseInSafeMode(state, `delete ${path}`);
    return truth(edits.remove(tree, user, path, parameters.flag('recursive', false)));
  },
};

const OPERATIONS = { GET, PUT, POST, DELETE };

function redirect(cluster, user, path, parameters) {
  const location = redirection(cluster, user, path, parameters);
  return parameters.flag('noredirect', false) ? { json: { Location: location } } : { location };
}

/** Performs a namenode's operation. @returns {Answer} */
export function askNamenode(cluster, method, path, query) {
  const op = (query.get('op') ?? '').toUpperCase();
  if (op === '') throw new RemoteError('UnsupportedOperationException', 'op=NULL is not supported');
  const operation = OPERATIONS[method]?.[op];
  if (operation === undefined) throw invalid('op', `${op} is not a valid ${method} operation.`);
  const user = userOf(query);
  if (cluster.state.standby) {
    throw new RemoteError(
      'StandbyException',
      `Operation category ${method === 'GET' ? 'READ' : 'WRITE'} is not supported in state standby. Visit https://s.apache.org/sbnn-error`,
    );
  }
  return operation(cluster, user, path, new Parameters(query, op));
}
