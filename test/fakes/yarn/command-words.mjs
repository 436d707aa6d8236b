import { accessSync, chmodSync, constants, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/**
 * Splits a mapper's command line into words, like PipeMapRed.splitArgs (3.3.5): at spaces, with quotes for grouping and
 * without escapes. A quote in the middle of a word ends that word.
 */
export function commandWords(text) {
  const words = [];
  let quote = '';
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const char = text[at];
    let ends = char === undefined;
    if ((char === "'" || char === '"') && (quote === '' || quote === char)) {
      quote = quote === '' ? char : '';
      ends = true;
    } else if (char === ' ' && quote === '') ends = true;
    if (!ends) continue;
    if (at > start) words.push(text.slice(start, at));
    start = at + 1;
  }
  return words;
}

const ERRNO = {
  ENOENT: [2, 'No such file or directory'],
  E2BIG: [7, 'Argument list too long'],
  ENOEXEC: [8, 'Exec format error'],
  EACCES: [13, 'Permission denied'],
};

/** A program that cannot be started, with the message of Java's ProcessBuilder. */
export class StartError extends Error {
  /** @param {keyof typeof ERRNO} code */
  constructor(program, code) {
    const [number, text] = ERRNO[code] ?? ERRNO.ENOENT;
    super(`Cannot run program "${program}": error=${number}, ${text}`);
    this.reason = `error=${number}, ${text}`;
  }
}

/**
 * The path of a command's program. An absolute path is used as it is. Any other is looked up in the task's folder,
 * where it is made executable, then on the PATH. Throws StartError.
 */
export function findProgram(program, folder, path) {
  if (isAbsolute(program)) return checked(program, program);
  const local = join(folder, program);
  try {
    chmodSync(local, 0o755);
  } catch {
    // The file does not exist or is not ours.
  }
  for (const place of [folder, ...path.split(':')]) {
    const candidate = join(place, program);
    if (isFile(candidate)) return checked(candidate, program);
  }
  throw new StartError(program, 'ENOENT');
}

function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function checked(path, program) {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) throw new StartError(program, 'ENOENT');
  if (!isFile(path)) throw new StartError(program, 'EACCES');
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new StartError(program, 'EACCES');
  }
  return path;
}
