import { Control } from './control.mjs';
import { listen, splitTarget } from './http.mjs';
import { State } from './state.mjs';
import { Tree } from './tree.mjs';

/** Starts the namenode and its datanodes; the addresses of them all. */
export async function startHdfs(namenodePort) {
  const tree = new Tree();
  const state = new State();
  const control = new Control({ tree, state });
  const namenode = await listen((request, response) => {
    const { encodedPath, query } = splitTarget(request.url);
    if (encodedPath.startsWith('/fake/')) return control.handle(request, response, encodedPath, query);
    return response.writeHead(404).end();
  }, namenodePort);
  return { namenode: `http://127.0.0.1:${namenode.port}`, datanodes: [], fs: 'hdfs://127.0.0.1:8020' };
}
