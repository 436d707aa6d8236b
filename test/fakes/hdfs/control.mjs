import { bodyOf, sendJson } from './http.mjs';
import { blocksOf, bytesOf, entriesOf, lengthOf, namesOf, SUPERUSER } from './tree.mjs';

/**
 * The private interface at the namenode's port, below /fake/: for tests, and for other fakes that need files in HDFS.
 * It ignores permissions and quotas, and its requests are not logged.
 */
export class Control {
  /** @param {{ tree: import('./tree.mjs').Tree, state: import('./state.mjs').State }} cluster */
  constructor({ tree, state }) {
    this.tree = tree;
    this.state = state;
  }

  /** Answers a request below /fake/. */
  async handle(request, response, encodedPath, query) {
    const filePath = encodedPath.startsWith('/fake/files/')
      ? decodeURIComponent(encodedPath.slice('/fake/files'.length))
      : null;
    try {
      const answer =
        filePath === null
          ? await this.#answer(`${request.method} ${encodedPath}`, query, request)
          : await this.#file(request, filePath, query);
      if (answer === undefined) sendJson(response, 404, { error: 'nothing there' });
      else if (Buffer.isBuffer(answer)) {
        response.writeHead(200, {
          'Content-Type': 'application/octet-stream',
          'Content-Length': answer.length,
        });
        response.end(answer);
      } else sendJson(response, 200, answer);
    } catch (error) {
      sendJson(response, 400, { error: String(error) });
    }
  }

  async #file(request, path, query) {
    const node = this.tree.find(path);
    if (request.method === 'PUT') {
      this.#write(path, await bodyOf(request), query.get('user') ?? SUPERUSER);
      return {};
    }
    if (node === undefined) return undefined;
    if (request.method === 'DELETE') {
      this.tree.detach(node);
      return {};
    }
    return node.type === 'FILE' ? bytesOf(node) : undefined;
  }

  #write(path, bytes, user) {
    const name = namesOf(path).at(-1);
    const parent = this.tree.makeDirectories(path.slice(0, path.lastIndexOf('/')), user);
    const old = parent.children.get(name);
    if (old?.type === 'DIRECTORY') throw new Error(`${path} is a folder`);
    if (old !== undefined) this.tree.detach(old);
    const file = this.tree.addFile(parent, name, { owner: user });
    file.blocks = blocksOf(bytes, file.blockSize);
  }

  async #answer(route, query, request) {
    const path = query.get('path') ?? '/';
    switch (route) {
      case 'GET /fake/status':
        return summaryOf(this.tree.find(path));
      case 'GET /fake/list': {
        const folder = this.tree.find(path);
        return folder?.type === 'DIRECTORY' ? entriesOf(folder).map(summaryOf) : undefined;
      }
      case 'POST /fake/mkdirs':
        this.tree.makeDirectories(path, query.get('user') ?? SUPERUSER);
        return {};
      case 'POST /fake/rename':
        return this.#rename(query.get('from'), query.get('to'));
      case 'GET /fake/log':
        return this.state.log;
      case 'DELETE /fake/log':
        this.state.log.length = 0;
        return {};
      case 'POST /fake/faults':
        this.state.faults.add(JSON.parse(String(await bodyOf(request))));
        return {};
      case 'DELETE /fake/faults':
        this.state.faults.clear();
        return {};
      case 'POST /fake/options':
        Object.assign(this.state.options, JSON.parse(String(await bodyOf(request))));
        return {};
      case 'POST /fake/safemode':
        this.state.safeMode = query.get('on') === 'true';
        return {};
      case 'POST /fake/standby':
        this.state.standby = query.get('on') === 'true';
        return {};
      case 'POST /fake/quota': {
        const quota = { names: Number(query.get('names') ?? -1), space: Number(query.get('space') ?? -1) };
        this.tree.known(path).quota = quota.names < 0 && quota.space < 0 ? null : quota;
        return {};
      }
      default:
        throw new Error(`unknown: ${route}`);
    }
  }

  /** Replaces what is at `to`, whose parent folder must exist. */
  #rename(from, to) {
    const node = this.tree.find(from);
    const parent = this.tree.find(to.slice(0, to.lastIndexOf('/')));
    if (node === undefined || parent === undefined) return undefined;
    const name = namesOf(to).at(-1);
    this.tree.detach(node);
    const old = parent.children.get(name);
    if (old !== undefined) this.tree.detach(old);
    this.tree.attach(node, parent, name);
    return {};
  }
}

function summaryOf(node) {
  if (node === undefined) return undefined;
  const { name, type, fileId, owner, group, permission, modifiedMs, blockSize, replication } = node;
  return {
    name,
    type,
    length: lengthOf(node),
    fileId,
    owner,
    group,
    permission: permission.toString(8),
    modifiedMs,
    blockSize,
    replication,
  };
}
