/** Section `scheduled` of a job file: what `hadoop-elt scheduled` adds to a run: limits, logs and messages. */
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import { DURATION_FORM, parseDuration } from '../../config/durations.js';
import type { Setting } from '../../config/setting.js';
import { bytesOf, sizeSchema } from '../../config/sizes-schema.js';
import type { Choose } from './choose.js';
import { type MetricsSettings, metricsSchema, metricsSettings } from './metrics.js';

/** What a message can tell. */
export const MESSAGE_EVENTS = ['failure', 'recovery', 'noInput'] as const;
export type MessageEvent = (typeof MESSAGE_EVENTS)[number];

const DEFAULT_KEPT_LOGS = 30;
const DEFAULT_LOG_BYTES = 100 * 1024 ** 2;
/** Half a day: a nightly job that fails again is told of each night, one of every minute twice a day. */
const DEFAULT_REPEAT_MS = 12 * 3_600_000;

const durationSchema = () =>
  z.string().refine((text) => (parseDuration(text) ?? 0) > 0, { error: DURATION_FORM });
const addressSchema = () =>
  z.string().refine((text) => /^(https?:\/\/.|env:.|file:.|command:.)/.test(text), {
    error: 'an http:// or https:// address, or where it is: env:NAME, file:PATH or command:…',
  });
const mailAddressSchema = () =>
  z.string().regex(/^[^\s<>,;:"]+@[^\s<>,;:"]+$|^[A-Za-z0-9._-]+$/, {
    error: 'a mail address, or the name of a local user',
  });

const notifySchema = () =>
  z.strictObject({
    on: z.array(z.enum(MESSAGE_EVENTS)).min(1).optional().describe('What is told; by default all of them'),
    command: z
      .union([z.string().min(1), z.array(z.string()).min(1)])
      .optional()
      .describe(
        'A command: words, or a line for sh. It gets the message as JSON on stdin, and as HADOOP_ELT_… variables',
      ),
    webhook: z
      .strictObject({
        url: addressSchema().describe('Where the message is sent by POST'),
        headers: z
          .record(z.string(), z.string())
          .optional()
          .describe('Headers; values may be env:NAME, file:PATH, command:…'),
        body: z
          .unknown()
          .optional()
          .describe(
            'JSON whose texts may have {subject}, {text}, {event}, {job}, {runId}, {exitCode}, {cause}, {remedy}, {log}, {host}, {time}',
          ),
      })
      .optional(),
    email: z
      .strictObject({
        to: z.union([mailAddressSchema(), z.array(mailAddressSchema()).min(1)]),
        from: mailAddressSchema().optional().describe('Sender; by default the user of the process'),
        sendmail: z.string().min(1).optional().describe('Path of sendmail; by default /usr/sbin/sendmail'),
      })
      .optional(),
    repeatAfter: durationSchema()
      .optional()
      .describe('A failure for the same cause is told again after so long; by default 12h'),
  });

export const scheduledSchema = () =>
  z.strictObject({
    timeLimit: durationSchema().optional().describe('A run that takes longer is ended; by default none is'),
    keepLogs: z.int().positive().max(100_000).optional().describe('How many logs stay; by default 30'),
    maxLogBytes: sizeSchema()
      .optional()
      .describe('How big the logs that stay may be, all together; by default 100 MiB'),
    expectEvery: durationSchema()
      .optional()
      .describe(
        'A message tells when nothing was published for so long; a single run without input is then no failure to tell of',
      ),
    notify: notifySchema().optional().describe('Who is told, and how'),
    ping: addressSchema()
      .optional()
      .describe(
        'Address that is told of each start (…/start), success (…) and failure (…/fail), as healthchecks.io has them',
      ),
    report: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Folder, relative to the job file, of the pages that each run leaves: <job>.html over time, <job>-last.html of the run',
      ),
    metrics: metricsSchema()
      .optional()
      .describe('Where the figures of each run go, for Prometheus and StatsD'),
  });

/** Who is told, and how. Secrets are references. */
export type NotifySettings = z.infer<ReturnType<typeof notifySchema>>;

export interface ScheduledSettings extends MetricsSettings {
  /** Milliseconds; null: none. */
  readonly 'scheduled.timeLimit': Setting<number | null>;
  readonly 'scheduled.keepLogs': Setting<number>;
  readonly 'scheduled.maxLogBytes': Setting<number>;
  /** Milliseconds; null: nothing is expected. */
  readonly 'scheduled.expectEvery': Setting<number | null>;
  readonly 'scheduled.notify': Setting<NotifySettings | null>;
  /** Milliseconds. */
  readonly 'scheduled.notify.repeatAfter': Setting<number>;
  /** Absolute folder; null: no pages are made. */
  readonly 'scheduled.report': Setting<string | null>;
  /** An address, or a reference to one. */
  readonly 'scheduled.ping': Setting<string | null>;
}

/** Settings of this section decide nothing of what a run does. */
export function isScheduledSetting(key: string): boolean {
  return key.startsWith('scheduled.');
}

export function scheduledSettings(
  {
    timeLimit,
    keepLogs,
    maxLogBytes,
    expectEvery,
    notify,
    ping,
    report,
    metrics = {},
  }: z.infer<ReturnType<typeof scheduledSchema>>,
  choose: Choose,
  jobFile: string,
): ScheduledSettings {
  const { fromFile } = choose;
  const msOf = (text: string | undefined) => (text === undefined ? undefined : parseDuration(text));
  const at = (...path: string[]) => ['scheduled', ...path];
  return {
    'scheduled.timeLimit': fromFile<number | null>(at('timeLimit'), msOf(timeLimit), null),
    'scheduled.keepLogs': fromFile(at('keepLogs'), keepLogs, DEFAULT_KEPT_LOGS),
    'scheduled.maxLogBytes': fromFile(at('maxLogBytes'), bytesOf(maxLogBytes), DEFAULT_LOG_BYTES),
    'scheduled.expectEvery': fromFile<number | null>(at('expectEvery'), msOf(expectEvery), null),
    'scheduled.notify': fromFile<NotifySettings | null>(at('notify'), notify, null),
    'scheduled.notify.repeatAfter': fromFile(
      at('notify', 'repeatAfter'),
      msOf(notify?.repeatAfter),
      DEFAULT_REPEAT_MS,
    ),
    'scheduled.ping': fromFile<string | null>(at('ping'), ping, null),
    'scheduled.report': fromFile<string | null>(
      at('report'),
      report === undefined ? undefined : resolve(dirname(jobFile), report),
      null,
    ),
    ...metricsSettings(metrics, choose, jobFile),
  };
}
