import { setTimeout as sleep } from 'node:timers/promises';
import { bodyOf, listen } from '../hdfs/http.mjs';

/**
 * @typedef {object} Answer
 * @property {number} [status] 200 by default
 * @property {unknown} [json]
 * @property {string} [text]
 * @property {Record<string, string>} [headers]
 */

/**
 * Starts one of the cluster's web servers on a free port and returns its address. Requests below /fake/ go to `control`
 * and are not logged. All others are added to `log`, and a fault may answer them.
 *
 * @param {object} options
 * @param {string} options.name its name in the log
 * @param {(request: { method: string, path: string, query: URLSearchParams, user: string | null, body: unknown, address: string }) => Answer | Promise<Answer>} options.route
 * @param {(request: { method: string, path: string, query: URLSearchParams, body: unknown }) => Answer | Promise<Answer>} options.control
 * @param {(path: string) => import('./faults.mjs').Fault | undefined} options.faultFor
 * @param {{ n: number, server: string, method: string, path: string, status: number | null }[]} options.log
 */
export async function startServer({ name, route, control, faultFor, log }) {
  const { port } = await listen(async (incoming, response) => {
    const { method } = incoming;
    const { pathname: path, searchParams: query } = new URL(incoming.url, 'http://127.0.0.1');
    const isPrivate = path.startsWith('/fake/');
    const entry = { n: log.length, server: name, method, path: incoming.url, status: null };
    if (!isPrivate) log.push(entry);
    try {
      const request = { method, path, query, user: query.get('user.name'), body: await jsonOf(incoming) };
      const fault = isPrivate ? undefined : faultFor(path);
      if (fault?.do === 'hang') return;
      if (fault?.do === 'die' || fault?.do === 'down') {
        incoming.socket.destroy();
        return;
      }
      if (fault?.do === 'slow') await sleep(fault.ms);
      const answer = await (isPrivate
        ? control(request)
        : route({ ...request, address: `http://${incoming.headers.host}` }));
      entry.status = send(response, answer);
    } catch (error) {
      entry.status = send(response, { status: 500, text: `${error?.stack}\n` });
    }
  });
  return `http://127.0.0.1:${port}`;
}

async function jsonOf(request) {
  const text = (await bodyOf(request)).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}

function send(response, { status = 200, json, text, headers = {} }) {
  const type = json === undefined ? 'text/plain' : 'application/json;charset=utf-8';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(json === undefined ? (text ?? '') : JSON.stringify(json));
  return status;
}

/** An error answer of Hadoop's web services. @returns {Answer} */
export function remoteException(status, exception, message) {
  const javaClassName = `org.apache.hadoop.yarn.webapp.${exception}`;
  return { status, json: { RemoteException: { exception, message, javaClassName } } };
}

/** @returns {Answer} */
export const notFound = (message) =>
  remoteException(404, 'NotFoundException', `java.lang.Exception: ${message}`);

/** @returns {Answer} */
export const badRequest = (message) => remoteException(400, 'BadRequestException', message);
