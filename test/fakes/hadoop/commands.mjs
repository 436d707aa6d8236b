import { statSync } from 'node:fs';
import { dumpTypedBytes } from './dump-typed-bytes.mjs';
import { runStreaming } from './stream-job.mjs';
import { STREAMING_COMMANDS } from './usage.mjs';

const VERSION = `Hadoop 3.3.5
Source code repository https://github.com/apache/hadoop.git -r 706d88266abcee09ed78fbaa0ad5f74d818ab0e9
Compiled by stevel on 2023-03-15T15:56Z
Compiled with protoc 3.7.1
From source with checksum 6bbd9afcf4838a0eb12a5f189e9bd7
`;

/** Runs `hadoop WORDS`; returns the exit code. @param {{ yarn: string, hdfs: string, user: string }} cluster */
export async function runHadoop([command, ...words], cluster) {
  switch (command) {
    case 'version':
      process.stdout.write(VERSION);
      return 0;
    case 'jar':
      return runJar(words, cluster);
    default:
      process.stderr.write('Usage: hadoop jar <jar> [mainClass] args... | version\n');
      return 1;
  }
}

/** RunJar exits with -1 if no jar is given. */
function runJar([jar, ...words], cluster) {
  if (jar === undefined) return fail('RunJar jarFile [mainClass] args...', 255);
  if (statSync(jar, { throwIfNoEntry: false })?.isFile() !== true) {
    return fail(`JAR does not exist or is not a normal file: ${jar}`, 255);
  }
  if (words[0] === 'dumptb') return dumpTypedBytes(words.slice(1), cluster);
  if (words.length > 0) return runStreaming(words, cluster);
  process.stdout.write(STREAMING_COMMANDS);
  return fail('No Arguments Given!', 1);
}

function fail(text, exitCode) {
  process.stderr.write(`${text}\n`);
  return exitCode;
}
