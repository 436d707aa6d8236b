import type { MessageEvent } from '../job/sections/scheduled.js';

/** What somebody is told. No secret is in it. */
export interface Message {
  readonly event: MessageEvent;
  readonly job: string;
  /** Null where no run came to be. */
  readonly runId: string | null;
  readonly exitCode: number;
  readonly subject: string;
  /** Several lines. */
  readonly text: string;
  /** Empty for a recovery. */
  readonly cause: string;
  readonly remedy: string;
  /** Path of the log; empty if there is none. */
  readonly log: string;
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/** Sends messages in one way. Throws an `Error` that says why a message was not sent, without addresses. */
export interface MessageWay {
  /** `command`, `webhook`, `email`. */
  readonly name: string;
  send(message: Message): Promise<void>;
}
