import * as z from 'zod';
import { sizeSchema } from '../../config/sizes-schema.js';

/** Keys of both cluster file and job file: how jobs run on Hadoop. The cluster file wins. */
export const hadoopKeys = () =>
  ({
    queue: z.string().min(1).optional().describe('Queue of YARN'),
    tags: z
      .array(
        z.string().regex(/^[\x21-\x2b\x2d-\x7e]{1,100}$/, { error: 'ASCII text without spaces and commas' }),
      )
      .optional()
      .describe('Tags of the YARN application'),
    properties: z
      .record(
        z.string().regex(/^[^\s=]+$/, { error: 'a name such as mapreduce.task.timeout' }),
        z.union([z.string(), z.number(), z.boolean()]),
      )
      .optional()
      .describe('Properties of Hadoop, given to the job by -D'),
    taskMemory: sizeSchema()
      .optional()
      .describe('Memory of a task: a JVM and Node together (mapreduce.map.memory.mb)'),
    nodeMemory: sizeSchema().optional().describe("Node's part of it (--max-old-space-size)"),
    attempts: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('Times a task is tried (mapreduce.map.maxattempts)'),
    node: z
      .string()
      .regex(/^[^\s'"]+$/, { error: 'a command or path without spaces and quotes' })
      .optional()
      .describe('Node on the nodemanagers: a command on their PATH, or an absolute path'),
    shipNode: z
      .union([z.boolean(), z.string().min(1)])
      .optional()
      .describe(
        'Send a Node runtime along: true for the one that runs here, or the path of a Node executable',
      ),
  }) as const;

/** The section `hadoop` of a job file. */
export type HadoopSection = z.infer<z.ZodObject<ReturnType<typeof hadoopKeys>>>;
