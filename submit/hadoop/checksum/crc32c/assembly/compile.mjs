/**
 * Compiles chunk-crcs.ts into ../chunk-crcs-module.ts. Run it after a change here:
 *
 *   npm install --no-save assemblyscript@0.28 && node submit/hadoop/checksum/crc32c/assembly/compile.mjs
 *
 * The compiler is not a dependency of the project. The result is committed, and a unit test compares the hash of the
 * source in it with that of the current source.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const SOURCE = 'chunk-crcs.ts';
const source = readFileSync(new URL(SOURCE, import.meta.url), 'utf8').replaceAll('\r\n', '\n');
// In a variable, because TypeScript cannot resolve a module that is not installed.
const compiler = 'assemblyscript/asc';
const { default: asc } = await import(compiler);
let compiled;

const { error, stderr } = await asc.main(
  [
    SOURCE,
    '--outFile',
    'chunk-crcs.wasm',
    '--runtime',
    'stub',
    '--use',
    'abort=',
    '-O3',
    '--converge',
    '--noAssert',
  ],
  {
    // A decorator before a function is not valid TypeScript.
    readFile: (name) => (name === SOURCE ? source.replace(/^\/\/ @inline$/gm, '@inline') : null),
    writeFile: (_name, content) => {
      compiled = content;
    },
  },
);
if (error !== null) {
  process.stderr.write(stderr.toString());
  throw error;
}
writeFileSync(
  new URL('../chunk-crcs-module.ts', import.meta.url),
  `// Made by assembly/compile.mjs from the source there; not to be edited.

/** SHA-256 of the source. */
export const SOURCE_HASH = '${createHash('sha256').update(source).digest('hex')}';

/** The WebAssembly module, in Base64. */
export const CHUNK_CRCS_MODULE =
  '${Buffer.from(compiled).toString('base64')}';
`,
);
