import http from 'node:http';

/** Starts a server on 127.0.0.1; returns it and its port. Port 0 means a free one. */
export async function listen(handle, port = 0) {
  const server = http.createServer(handle);
  // Without a listener Node answers "Expect: 100-continue" itself. A datanode sends its 100 to all clients anyway.
  server.on('checkContinue', handle);
  server.on('clientError', (_error, socket) => socket.destroy());
  // A test may delay uploads and answers for any time.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  // On a busy machine a client may use a connection again at the moment when Node's default of 5 s has passed.
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { server, port: server.address().port };
}

/** All bytes of a request's body. */
export async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function sendJson(response, status, value, headers = {}) {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    ...headers,
  });
  response.end(body);
}

/** The path and query of a request line. The path stays percent-encoded. */
export function splitTarget(target) {
  const question = target.indexOf('?');
  return question < 0
    ? { encodedPath: target, query: new URLSearchParams() }
    : { encodedPath: target.slice(0, question), query: parseQuery(target.slice(question + 1)) };
}

/** Names of parameters are case-insensitive, as in the namenode's ParamFilter. */
function parseQuery(text) {
  const query = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(text)) query.append(name.toLowerCase(), value);
  return query;
}
