import { PatternError } from './glob-pattern.mjs';
import { expandGlob } from './globs.mjs';

/** An error that the hadoop command prints before it exits with 5 (StreamJob: IOException). */
export class LaunchError extends Error {}

/** Splits the text of `-input` into paths: at commas, except in braces (FileInputFormat.getPathStrings). */
export function pathsIn(text) {
  const paths = [];
  let depth = 0;
  let path = '';
  for (const char of text) {
    if (char === '{') depth += 1;
    if (char === '}') depth -= 1;
    if (char === ',' && depth <= 0) {
      paths.push(path);
      path = '';
    } else path += char;
  }
  return [...paths, path];
}

/**
 * The files of a job in the order in which FileInputFormat lists them. Names that start with a dot or an underscore are
 * skipped. Folders are listed; a subfolder is an error unless `isRecursive`.
 */
export async function filesOf(hdfs, patterns, qualify, isRecursive = false) {
  const files = [];
  const problems = [];
  for (const pattern of patterns) {
    const { matches, isPattern } = await visibleMatches(hdfs, pattern);
    if (matches.length === 0) {
      problems.push(
        isPattern
          ? `Input Pattern ${qualify(pattern)} matches 0 files`
          : `Input path does not exist: ${qualify(pattern)}`,
      );
    }
    for (const { path, status } of matches) {
      if (status.type === 'FILE') files.push(fileOf(path, status));
      else files.push(...(await childrenOf(hdfs, path, isRecursive)));
    }
  }
  if (problems.length > 0) throw new LaunchError(problems.join('\n'));
  const folder = files.find(({ type }) => type === 'DIRECTORY');
  if (folder !== undefined) throw new LaunchError(`Not a file: ${qualify(folder.path)}`);
  return files;
}

function fileOf(path, { type, length, blockSize }) {
  return { path, type, length, blockSize };
}

async function childrenOf(hdfs, folder, isRecursive) {
  const children = [];
  for (const { name } of await hdfs.list(folder)) {
    if (isHidden(name)) continue;
    const path = `${folder === '/' ? '' : folder}/${name}`;
    const status = await hdfs.status(path);
    if (status.type === 'DIRECTORY' && isRecursive) children.push(...(await childrenOf(hdfs, path, true)));
    else children.push(fileOf(path, status));
  }
  return children;
}

/** Only the last name is checked, so a file in a hidden folder can be named. */
async function visibleMatches(hdfs, pattern) {
  try {
    const { matches, isPattern } = await expandGlob(hdfs, pattern);
    return {
      matches: matches.filter(({ path }) => !isHidden(path.slice(path.lastIndexOf('/') + 1))),
      isPattern,
    };
  } catch (error) {
    throw error instanceof PatternError ? new LaunchError(error.message) : error;
  }
}

const isHidden = (name) => /^[._]/.test(name);
