/**
 * Compiles the AssemblyScript in this folder into ../kernel-module.ts. Run it after a change here:
 *
 *   npm install --no-save assemblyscript@0.28 && node mapper/kernel/assembly/compile.mjs
 *
 * The compiler is not a dependency of the project. The result is committed, and a unit test compares the hash of the
 * sources in it with that of the current sources.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashSources } from './source-hash.mjs';

// In a variable, because TypeScript cannot resolve a module that is not installed.
const compiler = 'assemblyscript/asc';
const { default: asc } = await import(compiler);
const folder = fileURLToPath(new URL('.', import.meta.url));
const files = new Map();

/** Turns `// @inline` before a function into AssemblyScript's decorator, which is not valid TypeScript there. */
function readSource(name, baseDir) {
  const path = join(baseDir, name);
  return existsSync(path) ? readFileSync(path, 'utf8').replace(/^\/\/ @inline$/gm, '@inline') : null;
}

const { error, stderr } = await asc.main(
  [
    'index.ts',
    ...['--baseDir', folder, '--outFile', 'kernel.wasm', '--runtime', 'stub', '--use', 'abort='],
    ...['-O3', '--converge', '--noAssert', '--initialMemory', '1', '--memoryBase', '64'],
    // Warning 112 is about passing v128 values to the host; no function that the host calls takes one.
    ...['--enable', 'simd', '--disableWarning', '112'],
  ],
  { readFile: readSource, writeFile: (name, content) => files.set(name, content) },
);
if (error !== null) {
  process.stderr.write(stderr.toString());
  throw error;
}
const base64 = Buffer.from(files.get('kernel.wasm')).toString('base64');
writeFileSync(
  new URL('../kernel-module.ts', import.meta.url),
  `// Made by assembly/compile.mjs from the sources there; not to be edited.

/** SHA-256 of the sources. */
export const SOURCE_HASH = '${hashSources()}';

/** The WebAssembly module, in Base64. */
export const KERNEL_MODULE =
  '${base64}';
`,
);
