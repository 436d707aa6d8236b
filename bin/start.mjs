/**
 * The start of the program, which is one file. V8 would parse all of it at each start, so most of it is a comment, which
 * costs nothing. `start` compiles it from the code cache that the build has left beside the program, and in the usual way
 * where there is none or another Node has written it. Help needs none of it.
 */
import { createHash } from 'node:crypto';

/** Stands for the slash in the end of a comment: as long, and in no source. */
const SLASH_INSTEAD = '\x01';

/**
 * The wrapper of the program's source: a function of what a script lacks. An import would look for a package from the working
 * folder; it is to be found from the program.
 */
const wrap = (source) =>
  `(function($moduleUrl,require,$import){${source.replaceAll('await import(', 'await $import(')}\n})`;

/** Names the code cache of a source: another source has another. */
export const cacheNameOf = (source) =>
  `hadoop-elt-${createHash('sha256').update(source).digest('hex').slice(0, 16)}.cache`;

/**
 * The text of the program. `required`: `>=20.19.0`, the Node that it needs. `help`: what it prints for a command line that
 * asks for help, by its words. Old Nodes check the version too, so this is only syntax of Node 14.
 */
export function programOf({ source, required, help }) {
  if (source.includes(SLASH_INSTEAD)) throw new Error('The source has what stands for a slash');
  const [, major, minor] = /^>=(\d+)\.(\d+)\.0$/.exec(required);
  return `#!/usr/bin/env node
import { readFileSync as $read, statSync as $stat, writeSync as $write } from "fs";
import { createRequire as $createRequire } from "module";
import { dirname as $dirname, join as $join } from "path";
import { fileURLToPath as $fileOf } from "url";
import $vm from "vm";
const [$major, $minor] = process.versions.node.split(".").map(Number);
if ($major < ${major} || ($major === ${major} && $minor < ${minor})) {
  process.stderr.write(\`hadoop-elt needs Node ${major}.${minor} or newer; this is \${process.version}: \${process.execPath}\\n\`);
  process.exit(2);
}
const $help = ${JSON.stringify(help)};
${printHelp}
${start}
if (!printHelp($help, process.argv.slice(2))) start($fileOf(import.meta.url), import.meta.url, ${JSON.stringify(cacheNameOf(source))});
/*
${wrap(source).replaceAll('*/', `*${SLASH_INSTEAD}`)}
*/
`;
}

/* global $read, $stat, $write, $createRequire, $dirname, $join, $vm */

/** Prints what help there is for these words. False if there is none, or nothing could be written. */
function printHelp(help, words) {
  const key = words.join(' ');
  if (!Object.hasOwn(help, key)) return false;
  const text = Buffer.from(help[key]);
  let written = 0;
  try {
    while (written < text.length) written += $write(1, text, written);
  } catch (error) {
    // The program says what is wrong with stdout. A reader that has gone needs no more.
    if (written === 0 && error.code !== 'EPIPE') return false;
  }
  return true;
}

/** Compiles and runs the program in the file. */
function start(file, url, cacheName) {
  const text = $read(file);
  const from = text.indexOf('\n/*\n') + 4;
  for (let at = text.indexOf(1, from); at >= 0; at = text.indexOf(1, at)) text[at] = 0x2f;
  const source = text.toString('latin1', from, text.length - 4);
  const cache = $join($dirname(file), cacheName);
  let cachedData;
  try {
    // Who edits the program must not run what it was before.
    if ($stat(cache).mtimeMs >= $stat(file).mtimeMs) cachedData = $read(cache);
  } catch {
    // There is none.
  }
  const script = new $vm.Script(source, {
    filename: file,
    lineOffset: text.toString('latin1', 0, from).split('\n').length - 1,
    cachedData,
  });
  script.runInThisContext()(url, $createRequire(url), (what) => import(what));
  return script;
}

/**
 * A program that does the same, and writes the code cache when it ends: with all functions that its arguments needed. Its
 * first argument is the program's file.
 */
export function cacheWriterOf(source) {
  return `import { readFileSync as $read, statSync as $stat, writeFileSync } from "fs";
import { createRequire as $createRequire } from "module";
import { dirname as $dirname, join as $join } from "path";
import { pathToFileURL } from "url";
import $vm from "vm";
${start}
const [file] = process.argv.splice(2, 1);
const script = start(file, pathToFileURL(file).href, ${JSON.stringify(cacheNameOf(source))});
process.on("exit", () => writeFileSync($join($dirname(file), ${JSON.stringify(cacheNameOf(source))}), script.createCachedData()));
`;
}
