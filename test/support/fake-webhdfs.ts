import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request to the fake. */
export interface FakeRequest {
  readonly method: string;
  /** Path in HDFS. */
  readonly path: string;
  readonly op: string;
  readonly query: URLSearchParams;
  readonly incoming: IncomingMessage;
}

/** Answers a request, or returns false to leave it to the next handler. */
export type FakeHandler = (request: FakeRequest, response: ServerResponse) => boolean | Promise<boolean>;

/** A namenode and a datanode in one server, for faults that a real cluster does not show on demand. */
export interface FakeWebHdfs {
  readonly url: string;
  readonly requests: FakeRequest[];
  /** Adds a handler before all others. */
  on(handler: FakeHandler): void;
  /** Ends all connections. */
  close(): Promise<void>;
}

export async function startFakeWebHdfs(): Promise<FakeWebHdfs> {
  const handlers: FakeHandler[] = [];
  const requests: FakeRequest[] = [];
  const server: Server = createServer(async (incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://fake');
    const request: FakeRequest = {
      method: incoming.method ?? '',
      path: decodeURIComponent(url.pathname.replace(/^\/webhdfs\/v1/, '')),
      op: (url.searchParams.get('op') ?? '').toUpperCase(),
      query: url.searchParams,
      incoming,
    };
    requests.push(request);
    try {
      for (const handler of handlers) if (await handler(request, response)) return;
    } catch (error) {
      if (incoming.destroyed) return;
      throw error;
    }
    json(response, 400, remoteException('UnsupportedOperationException', `no handler for ${request.op}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    on: (handler) => handlers.unshift(handler),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(response: ServerResponse, status: number, body: unknown): true {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  return true;
}

export function remoteException(exception: string, message: string): unknown {
  return { RemoteException: { exception, javaClassName: `org.apache.hadoop.${exception}`, message } };
}

export function redirect(response: ServerResponse, location: string): true {
  response.writeHead(307, { location }).end();
  return true;
}

export function fileStatus(sizeBytes: number, more: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    FileStatus: {
      type: 'FILE',
      length: sizeBytes,
      modificationTime: 1_700_000_000_000,
      fileId: 17,
      owner: 'hadoop',
      group: 'supergroup',
      permission: '644',
      blockSize: 1024 ** 2,
      replication: 2,
      pathSuffix: '',
      ...more,
    },
  };
}
