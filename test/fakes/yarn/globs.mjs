import { posix } from 'node:path';
import { compileGlob, PatternError } from './glob-pattern.mjs';

/**
 * The files and folders that match a path with patterns, in Hadoop's order (FileSystem.globStatus, 3.3.5). `isPattern`
 * is false if the path has no pattern. Throws PatternError.
 */
export async function expandGlob(hdfs, pattern) {
  const flat = flatPatterns(posix.normalize(pattern));
  const matches = [];
  let isPattern = flat.length > 1;
  for (const one of flat) {
    const parts = one.split('/').filter((part) => part !== '');
    const globs = parts.map((part) => compileGlob(part) ?? part.replaceAll(/\\(.)/gs, '$1'));
    isPattern ||= globs.some((glob) => glob instanceof RegExp);
    for (const path of await pathsOf(hdfs, globs)) {
      const status = await hdfs.status(path);
      if (status !== undefined) matches.push({ path, status });
    }
  }
  const order = (a, b) => (asUri(a.path) < asUri(b.path) ? -1 : 1);
  return { matches: matches.sort(order), isPattern };
}

async function pathsOf(hdfs, globs) {
  let folders = [''];
  for (const glob of globs) {
    const found = [];
    for (const folder of folders) {
      const names =
        glob instanceof RegExp
          ? (await hdfs.list(folder || '/')).map(({ name }) => name).filter((name) => glob.test(name))
          : [glob];
      found.push(...names.map((name) => `${folder}/${name}`));
    }
    folders = found;
  }
  return folders.map((path) => path || '/');
}

/** Java compares paths as URIs, with special characters percent-encoded. */
function asUri(path) {
  return path.replaceAll(
    /[^\w.!~*'(),;:$&+=@/\u0080-\uffff-]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** Expands braces that contain a slash into separate patterns, the leftmost first (GlobExpander). */
function flatPatterns(pattern, from = 0) {
  const start = braceWithSlash(pattern, from);
  if (start === -1) return [pattern];
  const choices = [];
  let choice = '';
  let depth = 0;
  let at = start;
  for (; at < pattern.length; at += 1) {
    const char = pattern[at];
    if (char === '\\') {
      choice += char + pattern[at + 1];
      at += 1;
      continue;
    }
    if (char === '{') depth += 1;
    if (char === '}') depth -= 1;
    if (depth === 0 || (char === ',' && depth === 1)) {
      choices.push(choice);
      choice = '';
      if (depth === 0) break;
    } else if (char !== '{' || depth > 1) choice += char;
  }
  const rest = pattern.slice(at + 1);
  return choices.flatMap((one) => flatPatterns(pattern.slice(0, start) + one + rest, start));
}

function braceWithSlash(pattern, from) {
  let depth = 0;
  let start = -1;
  let hasSlash = false;
  for (let at = from; at < pattern.length; at += 1) {
    const char = pattern[at];
    if (char === '\\') {
      at += 1;
      if (at >= pattern.length) {
        throw new PatternError(`An escaped character does not present for glob ${pattern} at ${at}`);
      }
    } else if (char === '{') {
      if (depth === 0) start = at;
      depth += 1;
    } else if (char === '}' && depth > 0) {
      depth -= 1;
      if (depth === 0 && hasSlash) return start;
    } else if (char === '/' && depth > 0) hasSlash = true;
  }
  return -1;
}
