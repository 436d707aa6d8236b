/**
 * Stands in for the REST of YARN and MapReduce: a resourcemanager and a job history server in one process, both on
 * 127.0.0.1. Runs the jobs that test/fakes/hadoop.mjs submits, with their mappers, on the files of the fake HDFS.
 * Prints its addresses as one line of JSON when it is ready. Ends, and kills its mappers, at the end of its stdin or on
 * SIGTERM. test/contracts/yarn-facts.ts tests it and a real cluster of Hadoop 3.3.5 alike. Read
 * yarn/application-master.mjs first, then yarn/map-attempt.mjs.
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
