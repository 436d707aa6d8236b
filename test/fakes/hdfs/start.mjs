import { Control } from './control.mjs';
import { askDatanode } from './datanode.mjs';
import { exchange } from './exchange.mjs';
import { listen, sendJson, splitTarget } from './http.mjs';
import { jmx } from './jmx.mjs';
import { askNamenode } from './namenode.mjs';
import { State } from './state.mjs';
import { Tree } from './tree.mjs';

const DATANODES = 2;
/** The address that jobs and datanodes would use. Nothing listens on it. */
const RPC_ADDRESS = '127.0.0.1:8020';
const PREFIX = '/webhdfs/v1';

/** Starts the namenode and its datanodes; returns their addresses. */
export async function startHdfs(namenodePort) {
  const datanodes = [];
  let turn = 0;
  const cluster = {
    tree: new Tree(),
    state: new State(),
    rpcAddress: RPC_ADDRESS,
    fs: `hdfs://${RPC_ADDRESS}`,
    nextDatanode: () => datanodes[turn++ % datanodes.length],
  };
  const control = new Control(cluster);
  const { state } = cluster;

  for (let count = 0; count < DATANODES; count++) {
    const { port } = await listen((request, response) => {
      const target = splitTarget(request.url);
      if (!target.encodedPath.startsWith(PREFIX)) return sendNotFound(response);
      return exchange({ server: 'datanode', state }, { request, response, ...target }, (asked) =>
        askDatanode(cluster, asked.method, asked.path, asked.query, asked),
      );
    });
    datanodes.push(`127.0.0.1:${port}`);
  }

  const { port } = await listen((request, response) => {
    const target = splitTarget(request.url);
    const { encodedPath, query } = target;
    if (encodedPath.startsWith('/fake/')) return control.handle(request, response, encodedPath, query);
    if (encodedPath === '/jmx') return sendJson(response, 200, jmx(cluster, query));
    if (!encodedPath.startsWith(PREFIX)) return sendNotFound(response);
    return exchange({ server: 'namenode', state }, { request, response, ...target }, async (asked) =>
      askNamenode(cluster, asked.method, asked.path, asked.query),
    );
  }, namenodePort);

  return { namenode: `http://127.0.0.1:${port}`, datanodes, fs: cluster.fs };
}

function sendNotFound(response) {
  const body = '<html>\n<body><h2>HTTP ERROR 404 Not Found</h2></body>\n</html>\n';
  response.writeHead(404, { 'Content-Type': 'text/html;charset=iso-8859-1' }).end(body);
}
