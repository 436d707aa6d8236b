/**
 * The schema of the cluster file: where a Hadoop cluster is and how jobs run there. Validation, types and the JSON
 * Schema derive from it. The keys that a job file may set too, in its section `hadoop`, are in hadoop-keys.ts.
 */
import * as z from 'zod';
import { sizeSchema } from '../../config/sizes-schema.js';
import { hadoopKeys } from './hadoop-keys.js';
import { HTTP_ADDRESS } from './http-address.js';

const httpAddress = (example: string) =>
  z.string().regex(HTTP_ADDRESS, { error: `an address such as ${example}` });
/** One address, or a list for high availability. */
const httpAddresses = (example: string) => {
  const accepted = `an address such as ${example}, or a list of addresses`;
  const one = z.string().regex(HTTP_ADDRESS, { error: accepted });
  return z.union([one, z.array(one).min(1)], { error: accepted });
};
const hostAndPort = z.string().regex(/^[^\s/:]+:\d{1,5}$/, { error: 'host:port' });

/** The whole cluster file; every key is optional. */
export const clusterFileSchema = z.strictObject({
  webhdfs: httpAddresses('http://namenode:9870')
    .optional()
    .describe(
      'Where WebHDFS or HttpFS answers: http://namenode:9870. With high availability a list of all namenodes, the active one first or not',
    ),
  user: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9._-]*[$]?$/, { error: 'a user name as HDFS knows them' })
    .optional()
    .describe('Who uploads, submits, owns and publishes'),
  fs: z
    .string()
    .regex(/^(hdfs|viewfs|webhdfs):\/\/[^/\s]+\/?$/, { error: 'hdfs://host:port or hdfs://nameservice' })
    .optional()
    .describe('The same HDFS as jobs name it (fs.defaultFS)'),
  resourceManager: httpAddresses('http://host:8088')
    .optional()
    .describe('REST of the resourcemanager: http://host:8088. With high availability a list of all of them'),
  historyServer: httpAddress('http://host:19888')
    .optional()
    .describe('REST of the job history server: http://host:19888'),
  hadoop: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe(
      "Hadoop's command, or its words: [docker, exec, -i, client, hadoop]; ./x is relative to this file",
    ),
  streamingJar: z
    .string()
    .min(1)
    .optional()
    .describe('Path of hadoop-streaming-3.x.jar where the hadoop command runs'),
  datanodes: z
    .record(hostAndPort, hostAndPort)
    .optional()
    .describe('Datanodes by the host:port they advertise, and the host:port that reaches them from here'),
  blockSize: sizeSchema().optional().describe("Block size of uploaded files; HDFS's own default otherwise"),
  replication: z
    .int()
    .min(1)
    .max(512)
    .optional()
    .describe("Copies of uploaded files; HDFS's own default otherwise"),
  ...hadoopKeys(),
});

/** A cluster file that passed validation. */
export type ClusterFile = z.infer<typeof clusterFileSchema>;

/** JSON Schema (draft 2020-12) of the cluster file, for editors. */
export function clusterFileJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(clusterFileSchema, { io: 'input', unrepresentable: 'any' }),
    title: 'hadoop-elt cluster file',
  };
}
