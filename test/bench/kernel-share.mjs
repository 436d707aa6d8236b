import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { readFirstLines } from './data.mjs';

/** A function that tells the share of a case's records that the kernel maps, from its first lines. */
export async function openKernelShare(folder) {
  const { kernelShareOf } = await importSource();
  return ({ name }, data) =>
    kernelShareOf(
      readFileSync(join(folder, `${name}.mjs`), 'utf8'),
      Buffer.from(readFirstLines(data.path, LINES, BYTES)),
    );
}

const LINES = 20_000;
const BYTES = 16 * 1024 * 1024;

/** The function is TypeScript, and so is what it calls. */
async function importSource() {
  const folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-share-'));
  try {
    const outfile = join(folder, 'kernel-share.mjs');
    await build({
      entryPoints: [fileURLToPath(new URL('../support/kernel-share.ts', import.meta.url))],
      ...{ bundle: true, outfile, platform: 'node', format: 'esm' },
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    });
    return await import(pathToFileURL(outfile));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
