/** An error whose text the hadoop command shows and by which it ends with 5 (StreamJob: IOException). */
export class LaunchError extends Error {}

/** Text of `-input` → its paths: commas divide, except in braces (FileInputFormat.getPathStrings). */
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
 * The files of a job in the order in which FileInputFormat lists them. Names with a dot or an underscore first are
 * left out, folders are listed, a folder in a folder is an error when it is to be read.
 */
export async function filesOf(hdfs, patterns, qualify) {
  const files = [];
  const problems = [];
  for (const pattern of patterns) {
    const { matches, isGlob } = await matchesOf(hdfs, pattern);
    if (matches.length === 0) {
      problems.push(
        isGlob
          ? `Input Pattern ${qualify(pattern)} matches 0 files`
          : `Input path does not exist: ${qualify(pattern)}`,
      );
    }
    for (const { path, status } of matches) {
      if (status.type === 'FILE') files.push(fileOf(path, status));
      else files.push(...(await childrenOf(hdfs, path)));
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

async function childrenOf(hdfs, folder) {
  const children = [];
  for (const { name } of await visible(hdfs, folder)) {
    const path = join(folder, name);
    children.push(fileOf(path, await hdfs.status(path)));
  }
  return children;
}

async function visible(hdfs, folder) {
  const entries = await hdfs.list(folder);
  return entries.filter(({ name }) => !/^[._]/.test(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

const join = (folder, name) => `${folder === '/' ? '' : folder}/${name}`;

/** What a pattern stands for, name by name from the root (Globber). */
async function matchesOf(hdfs, pattern) {
  let paths = ['/'];
  let isGlob = false;
  for (const part of pattern.split('/').filter((name) => name !== '')) {
    const glob = globOf(part);
    isGlob ||= glob.isGlob;
    const found = [];
    for (const folder of paths) {
      if (!glob.isGlob) found.push(join(folder, glob.name));
      else {
        const names = (await visible(hdfs, folder)).map(({ name }) => name);
        found.push(...names.filter((name) => glob.pattern.test(name)).map((name) => join(folder, name)));
      }
    }
    paths = found;
  }
  const matches = [];
  for (const path of paths) {
    const status = await hdfs.status(path);
    if (status !== undefined) matches.push({ path, status });
  }
  return { matches, isGlob };
}

/** A part of a path as GlobPattern reads it: `\` takes the meaning of the next character away. */
function globOf(part) {
  let source = '';
  let name = '';
  let isGlob = false;
  let depth = 0;
  for (let at = 0; at < part.length; at += 1) {
    const char = part[at];
    if (char === '\\') {
      at += 1;
      source += literal(part[at] ?? '\\');
      name += part[at] ?? '\\';
      continue;
    }
    name += char;
    isGlob ||= '*?[{'.includes(char);
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (char === '{') {
      depth += 1;
      source += '(?:';
    } else if (char === '}' && depth > 0) {
      depth -= 1;
      source += ')';
    } else if (char === ',' && depth > 0) source += '|';
    else if (char === '[' || char === ']') source += char;
    else if (char === '^' || char === '!') source += part[at - 1] === '[' ? '^' : literal(char);
    else if (char === '-') source += '-';
    else source += literal(char);
  }
  return { isGlob, name, pattern: new RegExp(`^${source}$`, 's') };
}

const literal = (char) => char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
