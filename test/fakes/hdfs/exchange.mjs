import { hdfsPathOf, STATIC_USER } from './parameters.mjs';
import { RemoteError } from './remote-error.mjs';

/**
 * Answers one WebHDFS request: logs it, applies the faults that tests have added, and sends the answer or error as
 * HTTP.
 * @param {{ server: 'namenode' | 'datanode', state: import('./state.mjs').State }} place
 * @param {(asked: object) => Promise<object>} answer see `askNamenode` and `askDatanode`
 */
export async function exchange({ server, state }, { request, response, encodedPath, query }, answer) {
  // Kept, because a request loses its socket when the socket closes.
  const { socket } = request;
  const path = hdfsPathOf(encodedPath);
  const line = state.logged({
    server,
    method: request.method,
    op: (query.get('op') ?? '').toUpperCase(),
    path,
    query: Object.fromEntries(query),
    user: query.get('user.name') ?? STATIC_USER,
  });
  const fault = state.faults.next(line);
  if (fault?.do === 'refuse') return socket.destroy();
  if (fault?.do === 'hang') return undefined;
  const asked = {
    method: request.method,
    path,
    query,
    body: bodyOf(request, line, fault?.do === 'cut' ? fault.bytes : Number.POSITIVE_INFINITY),
    sendContinue: () => response.writeContinue(),
  };
  const message = await messageOf(server, fault, () => answer(asked));
  if (message === null || socket.destroyed) return undefined;
  if (fault?.do === 'lose-answer') return socket.destroy();
  line.status = message.status;
  const cutAt = fault?.do === 'cut' && request.method === 'GET' ? fault.bytes : message.body.length;
  line.bytesOut = Math.min(cutAt, message.body.length);
  response.writeHead(message.status, {
    ...message.headers,
    'Content-Length': message.body.length,
    // A datanode closes the connection after each answer.
    ...(server === 'datanode' ? { Connection: 'close' } : {}),
  });
  if (cutAt >= message.body.length && (request.complete || state.options.refusals === 'reset')) {
    // If the client is still sending, its data arrive at a closed socket and it gets a reset.
    return response.end(message.body);
  }
  if (cutAt >= message.body.length) {
    response.write(message.body);
    return request.resume().once('close', () => response.end());
  }
  return response.write(message.body.subarray(0, cutAt), () => socket.destroy());
}

/** A request's body: counts the bytes, and cuts the body off after `cutAt` bytes. */
async function* bodyOf(request, line, cutAt) {
  // An answer can be sent although the body was not read to its end.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const rest = cutAt - line.bytesIn;
    line.bytesIn += Math.min(chunk.length, rest);
    yield chunk.subarray(0, Math.min(chunk.length, rest));
    if (chunk.length >= rest) {
      request.socket.destroy();
      throw Object.assign(new Error('body cut off by a fault'), { code: 'ECONNRESET' });
    }
  }
}

/** The message to send: status, headers and the bytes of the body. */
async function messageOf(server, fault, answer) {
  if (fault?.do === 'error') {
    return ofError(server, new RemoteError(fault.exception, fault.message, fault.status));
  }
  if (fault?.do === 'lie') return json(fault.status ?? 200, fault.json);
  try {
    return ofAnswer(await answer());
  } catch (error) {
    if (error instanceof RemoteError) return ofError(server, error);
    // The client is gone or a fault cut off the body, so no answer is sent. Any other error is a bug of the fake.
    if (error.code === 'ECONNRESET') return null;
    throw error;
  }
}

function ofAnswer(answer) {
  if (answer.json !== undefined) return json(200, answer.json);
  const { status = 200, headers = {}, body = Buffer.alloc(0) } = answer;
  const type = { 'Content-Type': 'application/octet-stream' };
  if (answer.location === undefined) return { status, headers: { ...type, ...headers }, body };
  // Hadoop 3.3.5 percent-encodes non-ASCII characters in the header, but not in the JSON of "noredirect".
  return { status: 307, headers: { ...type, Location: encodeNonAscii(answer.location) }, body };
}

function encodeNonAscii(location) {
  return location.replaceAll(/[^\p{ASCII}]+/gu, encodeURIComponent);
}

function ofError(server, error) {
  return json(error.status, error.toJson({ withStack: server === 'datanode' }));
}

function json(status, value) {
  return {
    status,
    headers: { 'Content-Type': 'application/json' },
    body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  };
}
