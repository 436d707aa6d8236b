import type { Programs } from '../engines/programs.js';
import { type Http, HttpError } from '../hadoop/http.js';
import { formatMail } from './mail.js';
import type { Message, MessageWay } from './message.js';
import { fillTemplate } from './template.js';

/** The longest time that a message may take: the run has ended, and its scheduler waits. */
const LIMIT_MS = 30_000;

/** A command gets a message as JSON on stdin, and in its environment. A text is a line for sh. */
export function commandWay(programs: Programs, command: string | readonly string[]): MessageWay {
  const words = typeof command === 'string' ? shellOf(command) : command;
  return {
    name: 'command',
    send: (message) => runProgram(programs, words, `${JSON.stringify(message)}\n`, environmentOf(message)),
  };
}

function shellOf(line: string): readonly string[] {
  return process.platform === 'win32' ? ['cmd', '/d', '/s', '/c', line] : ['sh', '-c', line];
}

function environmentOf({ event, job, runId, exitCode, subject, log }: Message): Record<string, string> {
  return {
    HADOOP_ELT_EVENT: event,
    HADOOP_ELT_JOB: job,
    HADOOP_ELT_RUN_ID: runId ?? '',
    HADOOP_ELT_EXIT_CODE: String(exitCode),
    HADOOP_ELT_SUBJECT: subject,
    HADOOP_ELT_LOG: log,
  };
}

export interface Mailing {
  readonly to: readonly string[];
  readonly from: string | null;
  readonly sendmail: string;
}

/** A mail, given to a local sendmail. */
export function mailWay(programs: Programs, { to, from, sendmail }: Mailing): MessageWay {
  const words = [sendmail, '-i', ...(from === null ? [] : ['-f', from]), '--', ...to];
  return { name: 'email', send: (message) => runProgram(programs, words, formatMail(message, to, from), {}) };
}

async function runProgram(
  programs: Programs,
  words: readonly string[],
  input: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const program = programs.start(words, {
    env,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    timeoutMs: LIMIT_MS,
  });
  // What it says is of no use, but it must not wait for a reader.
  program.stdout?.resume();
  program.stderr?.resume();
  // It may end without having read.
  program.stdin?.on('error', () => undefined);
  program.stdin?.end(input);
  const { exitCode, signal, startError } = await program.ended;
  if (startError !== null) throw new Error(`${words[0]} could not be started: ${startError}`);
  if (exitCode !== 0)
    throw new Error(`${words[0]} ended with ${exitCode === null ? signal : `exit code ${exitCode}`}`);
}

export interface Webhook {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON with placeholders; undefined: the message itself. */
  readonly body: unknown;
}

/** A POST of JSON. */
export function webhookWay(http: Http, { url, headers, body }: Webhook): MessageWay {
  return {
    name: 'webhook',
    send: (message) =>
      post(http, url, JSON.stringify(body === undefined ? message : fillTemplate(body, message)), {
        'content-type': 'application/json',
        ...headers,
      }),
  };
}

/** Sends a POST; throws an `Error` without the address, unless the answer is 2xx. */
export async function post(
  http: Http,
  url: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  if (!URL.canParse(url)) throw new Error('its address is no URL');
  const bytes = Buffer.from(text);
  try {
    const answer = await http.send({
      method: 'POST',
      url: new URL(url),
      headers: { 'content-length': String(bytes.length), ...headers },
      body: [bytes],
      keepAlive: false,
      silenceTimeoutMs: LIMIT_MS,
      answerTimeoutMs: LIMIT_MS,
    });
    await answer.text();
    if (answer.status < 200 || answer.status > 299) throw new Error(`the server answered ${answer.status}`);
  } catch (error) {
    // Node's messages name hosts, and paths of some addresses are secrets.
    if (error instanceof HttpError) throw new Error(`no answer (${error.code === '' ? 'lost' : error.code})`);
    throw error;
  }
}
