/** Section `scheduled.metrics` of a job file: where the figures of scheduled runs go. */
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import type { Setting } from '../../config/setting.js';
import type { Choose } from './choose.js';

const DEFAULT_PREFIX = 'hadoop_elt';

export const metricsSchema = () =>
  z.strictObject({
    textfile: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Folder of the node exporter's textfile collector, relative to the job file; hadoop-elt-<job>.prom is written there",
      ),
    statsd: z
      .string()
      .regex(/^(\[[0-9A-Fa-f:.]+\]|[^\s:[\]/]+):\d{1,5}$/, {
        error: 'host and port of a StatsD server: localhost:8125',
      })
      .optional()
      .describe('Host and port of a StatsD server, which gets the figures by UDP'),
    prefix: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_.-]*$/, {
        error: 'a letter, then letters, digits, dot, dash and underscore',
      })
      .optional()
      .describe(`First part of the names that StatsD gets; by default ${DEFAULT_PREFIX}`),
  });

export interface MetricsSettings {
  /** Absolute folder; null: none is written. */
  readonly 'scheduled.metrics.textfile': Setting<string | null>;
  /** `host:port`; null: none is told. */
  readonly 'scheduled.metrics.statsd': Setting<string | null>;
  readonly 'scheduled.metrics.prefix': Setting<string>;
}

export function metricsSettings(
  { textfile, statsd, prefix }: z.infer<ReturnType<typeof metricsSchema>>,
  { fromFile }: Choose,
  jobFile: string,
): MetricsSettings {
  const at = (key: string) => ['scheduled', 'metrics', key];
  const folder = textfile === undefined ? undefined : resolve(dirname(jobFile), textfile);
  return {
    'scheduled.metrics.textfile': fromFile<string | null>(at('textfile'), folder, null),
    'scheduled.metrics.statsd': fromFile<string | null>(at('statsd'), statsd, null),
    'scheduled.metrics.prefix': fromFile(at('prefix'), prefix, DEFAULT_PREFIX),
  };
}
