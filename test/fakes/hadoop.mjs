/**
 * Stands in for the command `hadoop` 3.3.5, with what streaming jobs need: `version` and `jar`. Jobs run in the fake
 * YARN. In a cluster file: `hadoop: [node, hadoop.mjs, --yarn, URL, --hdfs, URL]`.
 *
 *     node test/fakes/hadoop.mjs --yarn http://127.0.0.1:8088 --hdfs http://127.0.0.1:9870 jar …
 */
import { runHadoop } from './hadoop/commands.mjs';

const [yarnFlag, yarn, hdfsFlag, hdfs, ...words] = process.argv.slice(2);
if (yarnFlag !== '--yarn' || hdfsFlag !== '--hdfs') {
  process.stderr.write('Usage: hadoop.mjs --yarn URL --hdfs URL jar|version …\n');
  process.exit(64);
}
const user = process.env.HADOOP_USER_NAME ?? process.env.USER ?? 'hadoop';
process.exitCode = await runHadoop(words, { yarn, hdfs, user });
