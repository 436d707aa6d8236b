import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join, posix, win32 } from 'node:path';
import type { Context } from '../../context.js';
import {
  type FoundHadoop,
  type FoundValue,
  findAddresses,
  parseHadoopConfiguration,
} from './site-configuration.js';

const SITE_FILES = ['core-site.xml', 'hdfs-site.xml', 'yarn-site.xml', 'mapred-site.xml'];
/** Where distributions keep the streaming jar: relative to HADOOP_HOME, and absolute (below). */
const JAR_FOLDERS_IN_HOME = ['share/hadoop/tools/lib', '../hadoop-mapreduce', 'hadoop-mapreduce', 'lib', '.'];
const JAR_FOLDERS = [
  '/usr/lib/hadoop-mapreduce',
  '/usr/hdp/current/hadoop-mapreduce-client',
  '/opt/hadoop/share/hadoop/tools/lib',
];
const STREAMING_JAR = /^hadoop-streaming(-\d[^/]*)?\.jar$/;

/**
 * Finds cluster settings on this machine: in HADOOP_CONF_DIR, and the hadoop command, its streaming jar and the user.
 * Reports skipped files and includes to `onNote`. Throws `cluster-file-unreadable` for a site file that is not XML.
 */
export async function findHadoop(
  { env }: Pick<Context, 'env'>,
  onNote: (note: string) => void = () => undefined,
): Promise<FoundHadoop> {
  const hadoop = await findCommand(env);
  const home = env.HADOOP_HOME ?? (hadoop === undefined ? undefined : await homeOf(hadoop.value));
  const streamingJar = await findStreamingJar(home);
  return {
    ...(await configured(env, home, onNote)),
    ...(hadoop && { hadoop }),
    ...(streamingJar && { streamingJar }),
    ...userOf(env),
  };
}

async function configured(
  env: Context['env'],
  home: string | undefined,
  onNote: (note: string) => void,
): Promise<FoundHadoop> {
  const folders = [
    env.HADOOP_CONF_DIR,
    home === undefined ? undefined : join(home, 'etc/hadoop'),
    '/etc/hadoop/conf',
  ];
  for (const folder of folders) {
    if (folder === undefined || folder === '') continue;
    const texts: Record<string, string> = {};
    for (const name of SITE_FILES) {
      const path = join(folder, name);
      const text = await readIfThere(path, onNote);
      if (text !== undefined) texts[path] = text;
    }
    const { properties, notes } = parseHadoopConfiguration(texts, env);
    notes.forEach(onNote);
    const found = findAddresses(properties);
    if (found.fs !== undefined) return found;
  }
  return {};
}

/** Skips an unreadable file with a note: it may belong to another user, and a cluster file may replace it. */
async function readIfThere(path: string, onNote: (note: string) => void): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') onNote(`${path} is not read: ${message}`);
    return undefined;
  }
}

async function findCommand(env: Context['env']): Promise<FoundValue | undefined> {
  for (const candidate of commandCandidates(env, process.platform)) {
    const isFile = await stat(candidate.value).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isFile) return candidate;
  }
  return undefined;
}

/**
 * Paths where the hadoop command may be, in order of precedence. Windows runs `hadoop.cmd` and other PATHEXT endings,
 * not the shell script `hadoop` beside it. Its PATH quotes folders with a semicolon in their name. Pure.
 */
export function commandCandidates(env: Context['env'], platform: NodeJS.Platform): readonly FoundValue[] {
  const isWindows = platform === 'win32';
  const paths = isWindows ? win32 : posix;
  const names = isWindows ? endingsOf(env).map((ending) => `hadoop${ending}`) : ['hadoop'];
  const folders = (env.PATH ?? (isWindows ? env.Path : undefined) ?? '').match(
    isWindows ? /(?:"[^"]*"|[^;"])+/g : /[^:]+/g,
  );
  const candidatesIn = (folder: string, source: string): readonly FoundValue[] =>
    names.map((name) => ({ value: paths.join(folder, name), source }));
  return [
    ...(env.HADOOP_HOME ? candidatesIn(paths.join(env.HADOOP_HOME, 'bin'), 'HADOOP_HOME') : []),
    ...(folders ?? []).flatMap((folder) =>
      candidatesIn(isWindows ? folder.replaceAll('"', '') : folder, 'PATH'),
    ),
  ];
}

/** The endings of executables on Windows: `.exe`, `.cmd`. */
function endingsOf({ PATHEXT }: Context['env']): readonly string[] {
  const endings = (PATHEXT ?? '')
    .toLowerCase()
    .split(';')
    .filter((ending) => ending.startsWith('.'));
  return endings.length > 0 ? endings : ['.com', '.exe', '.bat', '.cmd'];
}

/** `/opt/hadoop/bin/hadoop` → `/opt/hadoop`; follows symbolic links. */
async function homeOf(command: string): Promise<string> {
  return dirname(dirname(await realpath(command).catch(() => command)));
}

async function findStreamingJar(home: string | undefined): Promise<FoundValue | undefined> {
  const folders = [
    ...(home === undefined ? [] : JAR_FOLDERS_IN_HOME.map((folder) => join(home, folder))),
    ...JAR_FOLDERS,
  ];
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    const jar = names
      .filter((name) => STREAMING_JAR.test(name) && !/sources|tests/.test(name))
      .sort()
      .at(-1);
    if (jar !== undefined) return { value: join(folder, jar), source: 'found' };
  }
  return undefined;
}

/** The user by environment variable, or else by the system: schedulers and containers may set no variables. */
function userOf(env: Context['env']): FoundHadoop {
  for (const name of ['HADOOP_USER_NAME', 'USER', 'LOGNAME', 'USERNAME']) {
    const value = env[name];
    if (value !== undefined && value !== '') return { user: { value, source: `environment ${name}` } };
  }
  try {
    return { user: { value: userInfo().username, source: 'user of this process' } };
  } catch {
    return {};
  }
}
