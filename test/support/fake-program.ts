import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/**
 * Starts a program of `test/fakes`. It prints its addresses as one line of JSON when it is ready, and ends when its stdin
 * is closed. `stop` waits for that end.
 */
export async function startFakeProgram(name: string, ...args: readonly string[]) {
  const path = fileURLToPath(new URL(`../fakes/${name}`, import.meta.url));
  const program = spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const stop = async (): Promise<void> => {
    const ended = once(program, 'exit');
    program.stdin.end();
    await ended;
  };
  for await (const line of createInterface({ input: program.stdout })) {
    return { addresses: JSON.parse(line), stop };
  }
  throw new Error(`test/fakes/${name} ended before it was ready`);
}
