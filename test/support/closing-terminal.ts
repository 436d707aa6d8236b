import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { PROGRAM, type WorkFolder } from './work-folder.js';

/**
 * Runs `hadoop-elt` in a new terminal (with script(1)), waits until it prints `text`, closes the terminal and returns
 * the exit code.
 */
export async function exitCodeWhenTerminalCloses(
  work: WorkFolder,
  args: readonly string[],
  text: RegExp,
): Promise<number> {
  // The kernel sends SIGHUP only to the session leader, which passes it on, like an interactive shell.
  const line = `exec 3<&0
    ${process.execPath} ${PROGRAM} ${args.join(' ')} <&3 &
    child=$!
    trap 'kill -HUP $child' HUP
    wait $child
    code=$?
    while kill -0 $child; do wait $child; code=$?; done
    echo $code > code; mv code exit-code`;
  const terminal = execa('script', ['-qfc', line, '/dev/null'], {
    cwd: work.path,
    env: { SHELL: '/bin/sh' },
    stdin: 'pipe',
    reject: false,
    encoding: 'buffer',
  });
  let seen = '';
  terminal.stdout?.on('data', (chunk: Buffer) => {
    seen += chunk.toString('utf8');
    // script(1) holds the other end of the terminal, which closes when it is killed.
    if (text.test(seen)) terminal.kill('SIGKILL');
  });
  await terminal;
  for (let waitedMs = 0; !existsSync(work.at('exit-code')); waitedMs += 50) {
    if (waitedMs > 30_000) throw new Error(`The program did not end; its terminal showed: ${seen}`);
    await sleep(50);
  }
  return Number(await readFile(work.at('exit-code'), 'utf8'));
}
