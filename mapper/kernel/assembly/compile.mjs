/**
 * Makes ../kernel-module.ts of the AssemblyScript beside this file. Run it after a change there:
 *
 *   npm install --no-save assemblyscript@0.28 && node mapper/kernel/assembly/compile.mjs
 *
 * The compiler is no dependency of the project: the result is kept in the repository, and a unit test compares the
 * hash of the sources in it with that of the sources as they are.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashSources } from './source-hash.mjs';

// By a variable: what is not installed cannot be checked.
const compiler = 'assemblyscript/asc';
const { default: asc } = await import(compiler);
const folder = fileURLToPath(new URL('.', import.meta.url));
const files = new Map();

/** `// @inline` before a function is AssemblyScript's decorator, which TypeScript has no place for. */
function readSource(name, baseDir) {
  const path = join(baseDir, name);
  return existsSync(path) ? readFileSync(path, 'utf8').replace(/^\/\/ @inline$/gm, '@inline') : null;
}

const { error, stderr } = await asc.main(
  [
    'index.ts',
    ...['--baseDir', folder, '--outFile', 'kernel.wasm', '--runtime', 'stub', '--use', 'abort='],
    ...['-O3', '--converge', '--noAssert', '--initialMemory', '1', '--memoryBase', '64'],
    // No function that the host calls takes a v128.
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
