/**
 * A program that looks like YARN and MapReduce over HTTP: a resourcemanager and a job history server in one process,
 * both on 127.0.0.1. It runs the jobs that test/fakes/hadoop.mjs submits, mappers and all, on the files of the fake
 * HDFS. It prints one line of JSON with its addresses when it is ready, and ends with its stdin or by SIGTERM, and its
 * mappers with it. What it does is held to Hadoop 3.3.5 by test/contracts/yarn-facts.ts, which a real cluster passes as
 * well. Read yarn/application-master.mjs first, then yarn/map-attempt.mjs.
 *
 *     node test/fakes/yarn.mjs --hdfs http://127.0.0.1:9870 [--fs hdfs://127.0.0.1:8020]
 */
import { parseArgs } from 'node:util';
import { startYarn } from './yarn/start.mjs';

const { values } = parseArgs({
  options: { hdfs: { type: 'string' }, fs: { type: 'string', default: 'hdfs://127.0.0.1:8020' } },
});
const { addresses, stop } = await startYarn(values);
process.stdout.write(`${JSON.stringify(addresses)}\n`);

const end = async () => {
  await stop();
  process.exit(0);
};
process.on('SIGTERM', end);
process.stdin.on('end', end).resume();
