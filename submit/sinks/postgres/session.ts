import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import type { Address } from './address.js';
import { databaseFailure } from './database-failure.js';

/** A row as PostgreSQL gives it, by column. */
export type Row = Readonly<Record<string, unknown>>;

/** One connection to a database. Errors of the database are the failure `database`, but for `tryQuery`. */
export interface Session {
  /** Runs one statement, or several without parameters. */
  query(operation: string, sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
  /** The same, and errors come as they are. Returns also how many rows a statement has changed. */
  tryQuery(sql: string, parameters?: readonly unknown[]): Promise<Answer>;
  /** COPY … FROM STDIN. Returns the number of rows. Errors come as they are. */
  tryCopy(sql: string, bytes: AsyncIterable<Uint8Array>): Promise<number>;
  /** From here on the signal has no effect: what is committed must not be cut off from its answer. */
  shield(): void;
  /** Ends the connection; an open transaction is rolled back. */
  close(): Promise<void>;
}

export interface Answer {
  readonly rows: readonly Row[];
  readonly changed: number;
}

/** Opens a connection. A signal ends it at once, and with it what the server does for it. */
export async function openSession(address: Address, uri: string, signal: AbortSignal): Promise<Session> {
  if (address.flaw !== undefined) throw address.flaw;
  // Loaded only by jobs that need it: it takes a while.
  const [{ default: pg }, { from: copyFrom }] = await Promise.all([import('pg'), import('pg-copy-streams')]);
  const context = { uri, secrets: address.secrets };
  signal.throwIfAborted();
  const client = new pg.Client(address.client);
  // A connection that is lost while nothing is asked: the next question fails.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw databaseFailure('connect to', error, context);
  }
  const cut = () => void client.end().catch(() => undefined);
  const destroy = () => {
    destroySocket(client);
    cut();
  };
  signal.addEventListener('abort', destroy, { once: true });
  if (signal.aborted) destroy();
  let isShielded = false;
  const tryQuery = async (sql: string, parameters: readonly unknown[] = []): Promise<Answer> => {
    const result =
      parameters.length === 0 ? await client.query(sql) : await client.query(sql, [...parameters]);
    // Several statements have several results.
    const last = Array.isArray(result) ? result.at(-1) : result;
    return { rows: last?.rows ?? [], changed: last?.rowCount ?? 0 };
  };
  return {
    tryQuery,
    async query(operation, sql, parameters) {
      try {
        return (await tryQuery(sql, parameters)).rows;
      } catch (error) {
        throw signal.aborted && !isShielded ? signal.reason : databaseFailure(operation, error, context);
      }
    },
    async tryCopy(sql, bytes) {
      const stream = client.query(copyFrom(sql));
      await pipeline(bytes, stream);
      return stream.rowCount;
    },
    shield() {
      isShielded = true;
      signal.removeEventListener('abort', destroy);
    },
    async close() {
      signal.removeEventListener('abort', destroy);
      await client.end().catch(() => undefined);
    },
  };
}

/** The server notices, and rolls back: `end` alone would wait for the statement that runs. */
function destroySocket(client: Client): void {
  const connection: unknown = Reflect.get(client, 'connection');
  const stream: unknown = connection instanceof Object ? Reflect.get(connection, 'stream') : null;
  const close: unknown = stream instanceof Object ? Reflect.get(stream, 'destroy') : null;
  if (typeof close === 'function') close.call(stream);
}
