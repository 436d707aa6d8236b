import { text } from 'node:stream/consumers';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { readText } from '../stores/file-tree.js';

const COMMAND_LIMIT_MS = 60_000;
const MAX_SECRET_BYTES = 64 * 1024;

/**
 * The values of secrets by their references, `env:NAME`, `file:PATH` or `command:…`. A secret is one line: line ends behind
 * it are no part of it. Throws `usage` for one that is not there.
 */
export async function readSecrets(
  context: Pick<Context, 'env' | 'machine' | 'signal'>,
  references: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const values: Record<string, string> = {};
  for (const reference of references) {
    const value = (await secretText(context, reference)).replace(/[\r\n]+$/, '');
    if (value === '') throw missing(reference, 'it is empty or not set');
    values[reference] = value;
  }
  return values;
}

async function secretText(
  { env, machine, signal }: Pick<Context, 'env' | 'machine' | 'signal'>,
  reference: string,
): Promise<string> {
  const [, kind, name = ''] = /^(env|file|command):(.*)$/s.exec(reference) ?? [];
  switch (kind) {
    case 'env':
      return env[name] ?? '';
    case 'file':
      try {
        return (await readText(machine.files, name, MAX_SECRET_BYTES)) ?? '';
      } catch (error) {
        throw missing(reference, error instanceof Error ? error.message : String(error));
      }
    default: {
      const shell = process.platform === 'win32' ? ['cmd', '/d', '/s', '/c', name] : ['sh', '-c', name];
      const child = machine.programs.start(shell, {
        env: {},
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 2,
        signal,
        timeoutMs: COMMAND_LIMIT_MS,
      });
      const [output, { exitCode }] = await Promise.all([
        child.stdout === null ? '' : text(child.stdout),
        child.ended,
      ]);
      signal.throwIfAborted();
      if (exitCode !== 0) throw missing(reference, `the command ended with ${exitCode ?? 'a signal'}`);
      return output;
    }
  }
}

function missing(reference: string, why: string): Failure<'usage'> {
  return new Failure('usage', { problem: `The secret ${JSON.stringify(reference)} can't be read: ${why}` });
}
