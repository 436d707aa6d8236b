/**
 * Stands in for WebHDFS: one namenode and two datanodes in one process, all on 127.0.0.1. Prints their addresses as one
 * line of JSON when it is ready, and ends at the end of its stdin or on SIGTERM. test/contracts/webhdfs-facts.ts tests
 * it and a real cluster of Hadoop 3.3.5 alike.
 *
 *     node test/fakes/hdfs.mjs [--port 0]
 */
import { parseArgs } from 'node:util';
import { startHdfs } from './hdfs/start.mjs';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const addresses = await startHdfs(Number(values.port));
process.stdout.write(`${JSON.stringify(addresses)}\n`);

process.on('SIGTERM', () => process.exit(0));
process.stdin.on('end', () => process.exit(0)).resume();
