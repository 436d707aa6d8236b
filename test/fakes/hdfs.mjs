/**
 * A program that looks like HDFS over HTTP: one namenode and two datanodes in one process, all on 127.0.0.1. It prints
 * one line of JSON with their addresses when it is ready, and ends with its stdin or by SIGTERM. What it does is held
 * to Hadoop 3.3.5 by test/contracts/webhdfs-facts.ts, which a real cluster passes as well.
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
