/**
 * The start of the program, which is one file. Node decodes and parses all of it at each start, so all but the start itself is
 * compressed, in a comment. The build leaves a cache beside the program: the same, not compressed, and V8's code cache of it.
 * `start` takes them from there, and from the program where there is no cache or another Node has written it. Help needs
 * none of it.
 */
import { createHash } from 'node:crypto';
import { brotliCompressSync, constants } from 'node:zlib';

/**
 * The wrapper of the program's source: a function of what a script lacks. An import would look for a package from the working
 * folder; it is to be found from the program.
 */
const wrap = (source) =>
  `(function($moduleUrl,require,$import,$text){${source.replaceAll('await import(', 'await $import(')}\n})`;

/** Names the cache of a program: another one has another. */
const cacheNameOf = (source, texts) =>
  `hadoop-elt-${createHash('sha256')
    .update(JSON.stringify([source, texts]))
    .digest('hex')
    .slice(0, 16)}.cache`;

/** The source, wrapped, and the texts: the bytes of each by its name. */
function partsOf(source, texts) {
  const parts = {};
  for (const [name, text] of Object.entries({ source: wrap(source), ...texts })) {
    if (/[^\0-\x7f]/.test(text)) throw new Error(`${name} is not ASCII: it would need two bytes a character`);
    parts[name] = Buffer.from(text, 'latin1');
  }
  return parts;
}

/** Parts by name → their bytes, behind an index of their places. */
function joinParts(parts) {
  const places = {};
  let sizeBytes = 0;
  for (const [name, { length }] of Object.entries(parts)) {
    places[name] = [sizeBytes, length];
    sizeBytes += length;
  }
  const index = JSON.stringify({ sizeBytes, parts: places });
  const head = Buffer.from(String(index.length).padStart(16, '0') + index);
  return Buffer.concat([head, ...Object.values(parts)]);
}

/** The source and the texts as the program carries them, each on a line. The texts are compressed together: they have much in common. */
function packed({ source, ...texts }) {
  const { BROTLI_PARAM_LGWIN: window, BROTLI_PARAM_QUALITY: quality } = constants;
  const pack = (bytes) =>
    brotliCompressSync(bytes, { params: { [window]: 24, [quality]: 9 } }).toString('base64');
  return `${pack(source)}\n${pack(joinParts(texts))}`;
}

/**
 * The text of the program. `texts`: those that the source gets by `$text(name)`. `required`: `>=20.19.0`, the Node that it
 * needs. `help`: what it prints for a command line that asks for help, by its words. Old Nodes check the version too, so
 * this is only syntax of Node 14.
 */
export function programOf({ source, texts, required, help }) {
  const [, major, minor] = /^>=(\d+)\.(\d+)\.0$/.exec(required);
  return `#!/usr/bin/env node
import { createRequire as $createRequire } from "module";
const [$major, $minor] = process.versions.node.split(".").map(Number);
if ($major < ${major} || ($major === ${major} && $minor < ${minor})) {
  process.stderr.write(\`hadoop-elt needs Node ${major}.${minor} or newer; this is \${process.version}: \${process.execPath}\\n\`);
  process.exit(2);
}
const $help = ${JSON.stringify(help)};
${printHelp}
${openParts}
${start}
// To make a real \`require\` takes half a millisecond. It is for packages, and for a Node that lacks the other way.
const $require = (id) => (process.getBuiltinModule && process.getBuiltinModule(id)) || $createRequire(import.meta.url)(id);
if (!printHelp($require, $help, process.argv.slice(2))) start($require, import.meta.url, ${JSON.stringify(cacheNameOf(source, texts))});
/*
${packed(partsOf(source, texts))}
*/
`;
}

/** Prints what help there is for these words. False if there is none, or nothing could be written. */
function printHelp(require, help, words) {
  const key = words.join(' ');
  if (!Object.hasOwn(help, key)) return false;
  const { writeSync } = require('node:fs');
  const text = Buffer.from(help[key]);
  let written = 0;
  try {
    while (written < text.length) written += writeSync(1, text, written);
  } catch (error) {
    // The program says what is wrong with stdout. A reader that has gone needs no more.
    if (written === 0 && error.code !== 'EPIPE') return false;
  }
  return true;
}

/**
 * The parts of the program in the file, by name, and the code cache if there is one: from the cache beside it, if that can be
 * read. They stay open, so that a program which is replaced while it runs keeps its parts.
 */
function openParts(require, file, cacheName) {
  const { fstatSync, openSync, readFileSync, readSync, statSync } = require('node:fs');
  const { dirname, join } = require('node:path');
  // `read` gives the bytes of what `joinParts` has made, at a place and so many.
  const indexBy = (read) => {
    const length = Number(read(0, 16).toString('latin1'));
    const { sizeBytes, parts } = JSON.parse(read(16, length).toString('latin1'));
    const partAt = ([from, bytes]) => read(16 + length + from, bytes);
    return {
      size: 16 + length + sizeBytes,
      code: () => partAt(parts[`code ${process.argv[2]}`] || parts['code run']),
      part: (name) => partAt(parts[name]).toString('latin1'),
    };
  };
  try {
    const path = join(dirname(file), cacheName);
    const program = statSync(file);
    // What another user has put beside the program must not run; a pipe would never end.
    const isOfProgram = (facts) => facts.isFile() && facts.uid === program.uid;
    if (!isOfProgram(statSync(path))) throw new Error(`${cacheName} is not of this program`);
    const fd = openSync(path, 'r');
    const facts = fstatSync(fd);
    // Who edits the program must not run what it was before.
    if (isOfProgram(facts) && facts.mtimeMs >= program.mtimeMs) {
      const { size, code, part } = indexBy((from, length) => {
        const bytes = Buffer.allocUnsafeSlow(length);
        if (readSync(fd, bytes, 0, length, from) !== length) throw new Error(`${cacheName} is cut off`);
        return bytes;
      });
      if (size === facts.size) return { code: code(), part };
    }
  } catch {
    // There is none, or it is none.
  }
  const text = readFileSync(file, 'latin1');
  if (!text.includes(cacheName)) throw new Error(`${file} was replaced while it started: start it again`);
  const lines = text.slice(text.indexOf('\n/*\n') + 4).split('\n');
  const unpack = (line) => require('node:zlib').brotliDecompressSync(Buffer.from(line, 'base64'));
  let texts;
  return {
    code: undefined,
    part(name) {
      if (name === 'source') return unpack(lines[0]).toString('latin1');
      texts = texts || unpack(lines[1]);
      return indexBy((from, length) => texts.subarray(from, from + length)).part(name);
    },
  };
}

/* global openParts */

/** Compiles and runs the program in the file. Returns its script, and its parts. */
function start(require, url, cacheName) {
  const file = require('node:url').fileURLToPath(url);
  const { code, part } = openParts(require, file, cacheName);
  const script = new (require('node:vm').Script)(part('source'), { filename: file, cachedData: code });
  script.runInThisContext()(url, require, (what) => import(what), part);
  return script;
}

/** A program that does the same, and writes the code cache when it ends: with all functions that it needed. Its first arguments are the program's file and that of the code cache. */
export function codeWriterOf(source, texts) {
  return `import { writeFileSync } from "fs";
import { createRequire } from "module";
import { pathToFileURL } from "url";
${openParts}
${start}
const [file, codeFile] = process.argv.splice(2, 2);
const url = pathToFileURL(file).href;
const script = start(createRequire(url), url, ${JSON.stringify(cacheNameOf(source, texts))});
process.on("exit", () => writeFileSync(codeFile, script.createCachedData()));
`;
}

/** The name and the bytes of the cache of a program. `codes`: code caches by the command that each is for; `run` is for the others too. */
export function cacheOf(source, texts, codes) {
  const named = Object.entries(codes).map(([command, code]) => [`code ${command}`, code]);
  return {
    name: cacheNameOf(source, texts),
    bytes: joinParts({ ...partsOf(source, texts), ...Object.fromEntries(named) }),
  };
}
