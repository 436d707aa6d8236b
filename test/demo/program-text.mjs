import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const LISTENERS = fileURLToPath(new URL('../../submit/report/listeners.ts', import.meta.url));

/**
 * The program's own words. Returns a function that writes an event of `--json` with `write`, as the program does on
 * stderr without `--json`: so the demo can watch the events, and the user reads what a user reads.
 */
export async function openProgramText(write) {
  const { outputFiles } = await build({
    entryPoints: [LISTENERS],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  const folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-listeners-'));
  try {
    const module = join(folder, 'listeners.mjs');
    writeFileSync(module, outputFiles[0].text);
    const { textListener } = await import(pathToFileURL(module).href);
    const silent = { isTerminal: false, columns: 80, write: () => undefined };
    const listener = textListener(silent, { ...silent, write }, () => performance.now());
    // The text of failures is on stderr with --json too; progress would differ from one recording to the next.
    const isLeftOut = ({ event }) => ['step-progress', 'run-failed', 'failed-after-publish'].includes(event);
    return (event) => isLeftOut(event) || listener(event);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
