import { randomBytes } from 'node:crypto';
import { Failure } from '../../errors.js';
import { type RenamingStore, temporaryName } from '../../stores/store.js';
import type { Programs } from '../programs.js';
import { quoteForShell } from '../programs.js';
import { commandOutput } from './hadoop-command.js';
import { COMMAND_MISSING, HDFS_PERMISSION } from './probable-cause.js';

/** What a probe of the hadoop command and its HDFS needs. */
export interface HadoopToProbe {
  readonly store: RenamingStore;
  /** Folder for files that runs share; a marker file is written into it and removed. */
  readonly sharedFolder: string;
  /** `hdfs://host:port` as jobs name the file system; null: fs.defaultFS of the hadoop command. */
  readonly fs: string | null;
  /** The hadoop command, as a list of arguments. */
  readonly hadoop: readonly string[];
  /** Path of the streaming jar as that command sees it. */
  readonly streamingJar: string;
  readonly commandEnv: Readonly<Record<string, string>>;
  readonly programs: Programs;
}

/**
 * Writes a marker file through WebHDFS and reads it with the streaming jar at the address that jobs use. One JVM start
 * (1 s) shows that the hadoop command starts, that the jar exists, and that `fs` is the HDFS behind `webhdfs`. Cluster
 * ids cannot show the last: HttpFS and viewfs do not report them. Host names and ports cannot either: they differ from
 * host to host. Throws `hadoop-not-ready`, `hadoop-not-reachable`, and `store` for the marker file. The marker is named
 * as a temporary file of the owner, so that the next run removes it if that run was killed.
 */
export async function probeHadoop(probe: HadoopToProbe, owner?: string): Promise<void> {
  const { store, sharedFolder, fs, hadoop, streamingJar, commandEnv, programs } = probe;
  const marker = `hadoop-elt-check-${randomBytes(8).toString('hex')}`;
  const path = `${sharedFolder}/${temporaryName(owner)}`;
  await store.makeDirectory(sharedFolder);
  try {
    await store.write(path, [Buffer.from(`${marker}\n`)], undefined, owner);
    // dumptb prints a file's lines as typed bytes, which contain text unchanged (DumpTypedBytes, 3.3).
    const words = [...hadoop, 'jar', streamingJar, 'dumptb', `${fs ?? ''}${path}`];
    const { end, stdout, stderr } = await commandOutput(programs, words, commandEnv);
    if (stdout.includes(marker)) return;
    throw failureOf(probe, path, end.startError ?? '', `${stderr}\n${stdout}`, end.exitCode);
  } finally {
    await store.remove(path).catch(() => false);
  }
}

/** Output of the command → cause; the first match counts. */
const CAUSES = [
  ['jar-missing', /.*(?:JAR does not exist or is not a normal file|Not a valid JAR|Error opening job jar).*/],
  // If the jar names no main class, RunJar takes the first argument as the class name.
  ['jar-missing', /.*ClassNotFoundException: dumptb.*/],
  ['hdfs-permission', HDFS_PERMISSION],
  ['other-hdfs', /.*FileNotFoundException: File does not exist.*/],
  [
    'namenode-unreachable',
    /.*(?:ConnectException|Connection refused|UnknownHostException|NoRouteToHostException|ConnectTimeoutException|SocketTimeoutException|Couldn't create proxy provider).*/,
  ],
  ['command-missing', COMMAND_MISSING],
] as const;

function failureOf(
  { hadoop, streamingJar, fs, store }: HadoopToProbe,
  path: string,
  startError: string,
  output: string,
  exitCode: number | null,
): Failure {
  const command = quoteForShell(hadoop);
  if (startError !== '') {
    return new Failure('hadoop-not-ready', { cause: 'command-missing', said: `${command}: ${startError}` });
  }
  for (const [cause, pattern] of CAUSES) {
    const line = pattern.exec(output)?.[0].trim();
    if (line === undefined) continue;
    const said = {
      'jar-missing': `${streamingJar}: ${line}`,
      'command-missing': `${command}: ${line}`,
      'other-hdfs': `${store.uri(path)} was just written through webhdfs; the hadoop command at ${fs ?? 'its default file system'}: ${line}`,
      'hdfs-permission': line,
      'namenode-unreachable': line,
    }[cause];
    return new Failure('hadoop-not-ready', { cause, said });
  }
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !/^\s+at |\bWARN\b/.test(line));
  const cause = lines[0]?.trim() ?? (exitCode === null ? 'no answer in time' : `exit code ${exitCode}`);
  return new Failure(
    'hadoop-not-reachable',
    { what: `Hadoop by its command "${command}"`, cause },
    { hint: 'Run the command in a shell to see its error; hadoop-elt doctor checks all that it needs' },
  );
}
