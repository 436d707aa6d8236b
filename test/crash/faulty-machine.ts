import type { Machine } from '../../submit/context.js';
import { type HttpAnswer, HttpError, type HttpRequest } from '../../submit/hadoop/http.js';

/** How a machine fails at an operation. */
export const FAULTS = ['dies', 'fails', 'fails for a while', 'loses the answer'] as const;
/**
 * `dies`: from this operation on, every one fails for ever, also those that clean up. `fails`: this one alone did not
 * happen. `fails for a while`: neither did some after it. `loses the answer`: this one alone happened, but it is told to
 * have failed.
 */
export type Fault = (typeof FAULTS)[number];
/** How many operations fail. Those of a while are more than the attempts at one operation. */
const LENGTHS: Readonly<Record<Fault, number>> = {
  dies: Number.POSITIVE_INFINITY,
  fails: 1,
  'fails for a while': 12,
  'loses the answer': 1,
};

/** A machine that fails at one operation, and what has been seen of it. */
export interface FaultyMachine {
  readonly machine: Machine;
  /** The operation that failed: `12 files.rename /a`; empty while none has. */
  struck(): string;
  /** Operations so far. */
  count(): number;
  /** Fulfilled once the machine has died. */
  readonly died: Promise<void>;
}

/** How one operation goes. */
type Outcome = 'happens' | 'fails' | 'loses the answer';

/**
 * Wraps a machine: its `at`th operation (from 1) has the fault. `look` is called after each operation before the fault, as
 * a reader of the output would look at any time. Pauses take no time.
 */
export function faultyMachine(
  machine: Machine,
  fault: Fault,
  at: number,
  look: () => void = () => undefined,
): FaultyMachine {
  let count = 0;
  let struck = '';
  let tellDeath: () => void = () => undefined;
  const died = new Promise<void>((resolve) => {
    tellDeath = resolve;
  });
  const decide = (name: string, first: unknown): Outcome => {
    count += 1;
    if (count < at || count >= at + LENGTHS[fault]) return 'happens';
    if (count === at) struck = `${at} ${name} ${describe(first)}`;
    if (fault === 'dies') tellDeath();
    return fault === 'loses the answer' ? fault : 'fails';
  };
  const perform = async <T>(
    name: string,
    first: unknown,
    action: () => Promise<T>,
    errorOf: () => Error,
    drop: (result: T) => Promise<unknown> = async () => undefined,
  ): Promise<T> => {
    const outcome = decide(name, first);
    if (outcome === 'fails') throw errorOf();
    const result = await action();
    look();
    if (outcome === 'happens') return result;
    await drop(result);
    throw errorOf();
  };
  const portOf = <Port extends object>(portName: string, port: Port): Port =>
    new Proxy(port, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== 'function') return member;
        const name = `${portName}.${String(key)}`;
        return async (...args: unknown[]) => {
          // A file that is not closed would stay open in this process: closing fails after it is done.
          if (name === 'file.close') await member.apply(target, args);
          const result: unknown = await perform(
            name,
            args[0],
            async () => (name === 'file.close' ? undefined : member.apply(target, args)),
            () => inputOutputError(name),
            async (opened) => (isFile(name, opened) ? opened.close() : undefined),
          );
          return isFile(name, result) ? portOf('file', result) : result;
        };
      },
    });
  return {
    struck: () => struck,
    count: () => count,
    died,
    machine: {
      clock: { monotonicMs: () => performance.now(), now: machine.clock.now, wait: async () => undefined },
      files: portOf('files', machine.files),
      http: {
        send: (request: HttpRequest) =>
          perform(
            'http.send',
            request,
            () => machine.http.send(request),
            () => new HttpError('injected', { code: 'ECONNRESET', wasConnected: true }),
            (answer: HttpAnswer) => answer.text(),
          ),
      },
      programs: {
        start(words, options) {
          // A program that has started can't be told to have failed.
          if (decide('programs.start', words.join(' ')) === 'fails') throw inputOutputError('programs.start');
          return machine.programs.start(words, options);
        },
      },
    },
  };
}

/** Operations that return an open file. */
const OPENING: ReadonlySet<string> = new Set(['files.open', 'files.create', 'files.append']);

function isFile(name: string, result: unknown): result is { close(): Promise<void> } {
  return OPENING.has(name) && typeof result === 'object' && result !== null;
}

function inputOutputError(name: string): Error {
  const syscall = name.replace(/.*[.]/, '');
  return Object.assign(new Error(`EIO: i/o error, ${syscall}`), { code: 'EIO', errno: -5, syscall });
}

function describe(first: unknown): string {
  if (typeof first === 'string') return first;
  if (typeof first === 'object' && first !== null && 'url' in first && 'method' in first) {
    return `${String(first.method)} ${String(first.url)}`;
  }
  return '';
}
