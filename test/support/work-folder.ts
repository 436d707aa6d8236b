import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach } from 'vitest';
import { joinParts } from './join-parts.js';

/** The project's folder. */
export const PROJECT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** The built program. */
export const PROGRAM = join(PROJECT, 'dist', 'hadoop-elt.mjs');
/** A file of hdfs-fixtures. */
export const fixture = (...path: string[]) => join(PROJECT, 'hdfs-fixtures', ...path);

/** The result of a process: bytes of stdout, text of stderr. */
export interface Finished {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly bytes: Buffer;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: Uint8Array | string;
  readonly env?: Record<string, string>;
}

/** A folder for one test, removed at its end, in which the built program runs. */
export class WorkFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'hadoop-elt-test-'));

  at(...path: string[]): string {
    return join(this.path, ...path);
  }

  async write(path: string, content: Uint8Array | string): Promise<string> {
    await mkdir(dirname(this.at(path)), { recursive: true });
    await writeFile(this.at(path), content);
    return this.at(path);
  }

  read(...path: string[]): Buffer {
    return readFileSync(this.at(...path));
  }

  /** The names in a folder, hidden ones included, sorted. */
  async names(...path: string[]): Promise<string[]> {
    return (await readdir(this.at(...path))).sort();
  }

  /** The part files of an output, joined in order. */
  async joinedParts(...path: string[]): Promise<Buffer> {
    const parts = (await this.names(...path)).filter((name) => name.startsWith('part-'));
    return joinParts(parts.map((name) => this.read(...path, name)));
  }

  /** Runs `hadoop-elt` in this folder. */
  hadoopElt(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return this.node([PROGRAM, ...args], options);
  }

  /** Runs `hadoop-elt` in this folder and in this process: quicker, where a process of its own shows nothing more. */
  async runHere(
    args: readonly string[],
    options: Pick<RunOptions, 'env'> & { readonly nodePath?: string } = {},
  ): Promise<Finished> {
    const { runHere } = await import('./in-process.js');
    const { exitCode, stdout, stderr } = await runHere(args, { cwd: this.path, ...options });
    return { exitCode, signal: undefined, bytes: Buffer.from(stdout), stdout, stderr };
  }

  /** Starts `hadoop-elt` in this folder, waits until its stderr contains `text`, and sends a signal. */
  async interrupt(
    args: readonly string[],
    text: RegExp,
    signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL',
    times: 1 | 2 = 1,
  ): Promise<Finished> {
    const subprocess = execa(process.execPath, [PROGRAM, ...args], {
      cwd: this.path,
      reject: false,
      encoding: 'buffer',
    });
    let seen = '';
    subprocess.stderr?.on('data', (chunk: Buffer) => {
      if (text.test(seen)) return;
      seen += chunk.toString('utf8');
      if (!text.test(seen)) return;
      subprocess.kill(signal);
      // The system drops a signal that is already pending, so the second one comes later.
      if (times === 2) setTimeout(() => subprocess.kill(signal), 20);
    });
    return finished(await subprocess);
  }

  /** Runs Node in this folder. */
  async node(args: readonly string[], { input = '', env = {} }: RunOptions = {}): Promise<Finished> {
    return finished(
      await execa(process.execPath, args, {
        cwd: this.path,
        input,
        env,
        reject: false,
        encoding: 'buffer',
        stripFinalNewline: false,
      }),
    );
  }

  /** Runs a command line of bash in this folder; `$program` starts the program. */
  async bash(commandLine: string, env: Record<string, string> = {}): Promise<Finished> {
    return finished(
      await execa('bash', ['-c', commandLine], {
        cwd: this.path,
        env: { ...env, program: `${process.execPath} ${PROGRAM}` },
        stdin: 'ignore',
        reject: false,
        encoding: 'buffer',
        stripFinalNewline: false,
      }),
    );
  }
}

function finished(result: {
  exitCode?: number;
  signal?: string;
  stdout: Uint8Array;
  stderr: Uint8Array;
}): Finished {
  const bytes = Buffer.from(result.stdout);
  return {
    exitCode: result.exitCode,
    signal: result.signal,
    bytes,
    stdout: bytes.toString('utf8'),
    stderr: Buffer.from(result.stderr).toString('utf8'),
  };
}

/** Makes a work folder for each test. */
export function useWorkFolder(): () => WorkFolder {
  let folder: WorkFolder | undefined;
  afterEach(() => {
    if (folder !== undefined) rmSync(folder.path, { recursive: true, force: true });
    folder = undefined;
  });
  return () => {
    folder ??= new WorkFolder();
    return folder;
  };
}
