import { maskValues } from '../config/secrets.js';
import type { Context } from '../context.js';
import { type FailureFacts, isAnyFailure, type LeftInput } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import type { JobPlan } from '../job/plan.js';
import type { MessageEvent } from '../job/sections/scheduled.js';
import { decideMessages, type Outcome, untold, withPublished } from '../messages/decide.js';
import type { Message, MessageWay } from '../messages/message.js';
import { readTold, writeTold } from '../messages/told-file.js';
import { commandWay, mailWay, post, webhookWay } from '../messages/ways.js';
import { type MessageFacts, messageLine, messageOf } from '../report/words/message-text.js';
import type { RunSummary } from '../run/events.js';
import { readHistory } from '../state/history.js';
import type { RunLog } from '../state/run-log.js';
import { isWithoutInput } from '../without-input.js';
import { readSecrets } from './read-secrets.js';
import { systemFailureOf } from './system-failure.js';

const DEFAULT_SENDMAIL = '/usr/sbin/sendmail';
const REFERENCE = /^(env|file|command):/;

/** How a start ended, for messages. */
export interface EndedStart {
  readonly exitCode: number;
  readonly runId: string | null;
  readonly failure: FailureFacts | null;
  readonly published: RunSummary | null;
  /** Inputs that were left out. */
  readonly left: readonly LeftInput[];
  /** Inputs that could not be fetched, and of which an earlier copy was read. */
  readonly lastCopies: readonly LeftInput[];
  /** Since when input is waited for, where nothing was ever published; by default from now on. */
  readonly waitedSinceMs?: number;
}

/** Tells those who asked for it how a scheduled job fares. Never throws, and changes no exit code. */
export interface Messenger {
  started(): Promise<void>;
  ended(end: EndedStart): Promise<void>;
}

/** What is known of the start when it begins. */
export interface StartedJob {
  readonly job: string;
  readonly stateDir: string;
  readonly log: RunLog;
}

/** The messenger of a job, by its settings. What goes wrong with messages is told in the log. */
export async function messengerOf(context: Context, plan: JobPlan, start: StartedJob): Promise<Messenger> {
  const { machine } = context;
  const { log, stateDir, job } = start;
  const { settings } = plan;
  const notify = settings['scheduled.notify'].value;
  const ping = settings['scheduled.ping'].value;
  const secrets = new Map<string, string>();
  /** A value of the job file, or what its reference stands for; null if that can't be read. */
  const resolved = async (text: string): Promise<string | null> => {
    if (!REFERENCE.test(text)) return text;
    try {
      const value = (await readSecrets(context, [text]))[text] ?? '';
      secrets.set(text, value);
      return value;
    } catch {
      return null;
    }
  };
  const tellLog = (event: MessageEvent | 'ping', way: string, problem: string | null) =>
    log.write(messageLine(event, way, problem === null ? null : maskValues(problem, [...secrets.values()])));
  const attemptTo = async (event: MessageEvent | 'ping', way: string, send: () => Promise<void>) => {
    try {
      await send();
      tellLog(event, way, null);
      return true;
    } catch (error) {
      tellLog(event, way, problemOf(error));
      return false;
    }
  };
  const sendPing = async (suffix: string, text: string) => {
    if (ping === null) return;
    await attemptTo('ping', 'ping', async () => {
      const address = await resolved(ping);
      if (address === null) throw new Error(`its address, ${ping}, can't be read`);
      await post(machine.http, withSuffix(address, suffix), text);
    });
  };

  return {
    started: () => sendPing('/start', ''),
    async ended(end) {
      if (notify === null && ping === null) return;
      const values = await readSecrets(context, plan.secrets).catch((): Record<string, string> => ({}));
      const hidden = () => [...secrets.values(), ...Object.values(values)];
      const facts = factsOf(end);
      if (end.exitCode === EXIT.done) await sendPing('', '');
      else if (end.exitCode !== EXIT.locked) {
        await sendPing('/fail', maskValues(messageOf('failure', facts).text, hidden()));
      }
      const expectEveryMs = settings['scheduled.expectEvery'].value;
      if (notify === null) return;
      const files = machine.files;
      const read = await readTold(files, stateDir, job);
      const known = withPublished(read, await lastPublishedMs());
      const before = known.publishedMs === null ? withPublished(known, end.waitedSinceMs ?? null) : known;
      const rules = { expectEveryMs, repeatAfterMs: settings['scheduled.notify.repeatAfter'].value };
      const decided = decideMessages(before, outcomeOf(end), rules);
      const asked = decided.events.filter((event) => notify.on?.includes(event) ?? true);
      let { told } = decided;
      // Remembered first: whatever ends this process, no event is told twice.
      if (!(await remember())) return;
      const ways = asked.length === 0 ? [] : await waysOf();
      for (const event of asked) {
        const failingSinceMs = before.failing?.sinceMs ?? null;
        const message = masked(
          messageOf(event, { ...facts, failingSinceMs, publishedMs: told.publishedMs }),
          hidden(),
        );
        let isSent = ways.length === 0;
        for (const way of ways) {
          if (await attemptTo(event, way.name, () => way.send(message))) isSent = true;
        }
        if (!isSent) told = untold(told, event);
      }
      if (told !== decided.told) await remember();

      async function remember(): Promise<boolean> {
        try {
          await writeTold(files, stateDir, job, told);
          return true;
        } catch (error) {
          if (!isAnyFailure(error)) throw error;
          for (const event of asked)
            tellLog(event, 'all ways', `${stateDir} can't be written, so it might be told twice`);
          return false;
        }
      }
    },
  };

  function factsOf({ exitCode, runId, failure, published, left, lastCopies }: EndedStart): MessageFacts {
    return {
      job,
      runId,
      exitCode,
      failure,
      hasPublished: published !== null,
      left,
      lastCopies,
      output: settings['output.path'].value || published?.output || null,
      log: log.path,
      host: context.processes.self.host,
      nowMs: machine.clock.now(),
      failingSinceMs: null,
      publishedMs: null,
    };
  }

  function outcomeOf({ exitCode, failure, published }: EndedStart): Outcome {
    // With onMissing: continue, that nothing is there is told as inputs that were left out.
    const hasNone = failure?.code === 'all-left-out' && isWithoutInput(failure);
    const code =
      (hasNone ? 'no-input' : failure?.code) ??
      (exitCode === EXIT.inputLeft ? 'input-left' : exitCode === EXIT.done ? null : 'bug');
    return { nowMs: machine.clock.now(), exitCode, code, hasPublished: published !== null };
  }

  async function lastPublishedMs(): Promise<number | null> {
    const view = { files: machine.files, processes: context.processes };
    const isPublished = (run: { readonly job: string; readonly state: string }) =>
      run.job === job && run.state === 'published';
    const history = await readHistory(view, stateDir, { limit: 1, wanted: isPublished }).catch(() => null);
    return history?.runs[0]?.endedMs ?? null;
  }

  async function waysOf(): Promise<MessageWay[]> {
    const ways: MessageWay[] = [];
    if (notify?.command !== undefined) ways.push(commandWay(machine.programs, notify.command));
    if (notify?.webhook !== undefined) {
      const { url, headers = {}, body } = notify.webhook;
      const address = await resolved(url);
      const sent: Record<string, string> = {};
      for (const [name, value] of Object.entries(headers)) sent[name] = (await resolved(value)) ?? '';
      ways.push(
        address === null
          ? unusable('webhook', `its address, ${url}, can't be read`)
          : webhookWay(machine.http, { url: address, headers: sent, body }),
      );
    }
    if (notify?.email !== undefined) {
      const { to, from = null, sendmail = DEFAULT_SENDMAIL } = notify.email;
      ways.push(mailWay(machine.programs, { to: [to].flat(), from, sendmail }));
    }
    return ways;
  }
}

function unusable(name: string, why: string): MessageWay {
  return {
    name,
    send: async () => {
      throw new Error(why);
    },
  };
}

/** `https://hc-ping.com/<uuid>` and `/fail` → `https://hc-ping.com/<uuid>/fail`; a query stays behind it. */
function withSuffix(address: string, suffix: string): string {
  if (suffix === '' || !URL.canParse(address)) return address;
  const url = new URL(address);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${suffix}`;
  return url.href;
}

function masked(message: Message, secrets: readonly string[]): Message {
  const { subject, text, cause, remedy } = message;
  const mask = (part: string) => maskValues(part, secrets);
  return { ...message, subject: mask(subject), text: mask(text), cause: mask(cause), remedy: mask(remedy) };
}

function problemOf(error: unknown): string {
  const failure = systemFailureOf(error);
  if (failure !== null) return failure.code;
  return error instanceof Error ? error.message : String(error);
}
