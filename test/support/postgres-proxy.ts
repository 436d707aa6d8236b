import { connect, createServer, type Server, type Socket } from 'node:net';

/** What happens to a message on its way to the server. */
export type Fate =
  | 'passes'
  /** The connection is cut instead: the server never hears of it. */
  | 'lost'
  /** The server gets it, and the connection is cut before any answer comes back. */
  | 'answer lost';

/** Decides on the nth message (from 1) that clients send to the server; `text` is what it holds. */
export type Decide = (nth: number, text: string) => Fate | Promise<Fate>;

/** Stands between a client and PostgreSQL, and loses what a test says. */
export class PostgresProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #decide: Decide = () => 'passes';
  /** Messages of clients so far. */
  messages = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port: number): Promise<PostgresProxy> {
    const server = createServer();
    const proxy = new PostgresProxy(server);
    server.on('connection', (client) => proxy.#join(client, connect(port, '127.0.0.1')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return `postgresql://postgres@127.0.0.1:${port}/postgres`;
  }

  /** From here on messages are counted anew. */
  decideBy(decide: Decide): void {
    this.messages = 0;
    this.#decide = decide;
  }

  #join(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    let isMute = false;
    server.on('data', (bytes) => {
      if (!isMute) client.write(bytes);
    });
    // One after the other, also where a test takes its time to decide.
    let before = Promise.resolve();
    client.on('data', (bytes) => {
      before = before.then(async () => {
        this.messages += 1;
        const fate = await this.#decide(this.messages, bytes.toString('latin1'));
        if (fate === 'lost') client.destroy();
        else if (fate === 'passes') server.write(bytes);
        else {
          isMute = true;
          server.write(bytes);
          // Long enough for the server to have done it.
          server.once('data', () => client.destroy());
        }
      });
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
