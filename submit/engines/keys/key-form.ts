/**
 * The form of a key: its fields with backslash, tab and line ends escaped, joined by `\;`. Different keys have different
 * forms. It is one line without a tab, as Hadoop Streaming wants keys.
 */
import type { Duplicates } from '../../check-finding.js';
import { MAX_EXAMPLES } from '../engine.js';

export const BACKSLASH = 0x5c;
export const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;

/** What is written after a backslash for a byte that can't stand in a key; undefined for other bytes. */
export function escapeOf(byte: number): number | undefined {
  switch (byte) {
    case BACKSLASH:
      return BACKSLASH;
    case TAB:
      return 0x74;
    case LF:
      return 0x6e;
    case CR:
      return 0x72;
    default:
      return undefined;
  }
}

/** What is written after a backslash between two fields. */
export const SEPARATOR = 0x3b;

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\', t: '\t', n: '\n', r: '\r' };

/** A key's form → its fields, decoded as UTF-8 where that is valid, otherwise as Latin-1. */
export function fieldsOfKey(form: Uint8Array): string[] {
  const text = Buffer.from(form).toString('latin1');
  const fields = [''];
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (char === '\\') at += 1;
    if (char === '\\' && next === ';') fields.push('');
    else fields[fields.length - 1] += char === '\\' ? (ESCAPED[next] ?? next) : char;
  }
  return fields.map(readable);
}

function readable(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : latin1;
}

/** A key in its form, as Latin-1 text, and the number of its records. */
export interface CountedKey {
  readonly form: string;
  readonly count: number;
}

/** What a part of the keys adds up to. JSON. */
export interface KeyTally {
  readonly records: number;
  readonly keys: number;
  readonly duplicateKeys: number;
  /** The most frequent of the duplicate keys, at most `MAX_EXAMPLES`. */
  readonly examples: readonly CountedKey[];
}

/** Adds up tallies of different keys. The result does not depend on how the keys were divided. */
export function joinTallies(tallies: readonly KeyTally[]): KeyTally {
  const sum = (count: (tally: KeyTally) => number) =>
    tallies.reduce((total, tally) => total + count(tally), 0);
  return {
    records: sum(({ records }) => records),
    keys: sum(({ keys }) => keys),
    duplicateKeys: sum(({ duplicateKeys }) => duplicateKeys),
    examples: mostFrequent(tallies.flatMap(({ examples }) => examples)),
  };
}

/** Adds up keys one by one, in little memory. */
export class KeyTallier {
  #records = 0;
  #keys = 0;
  #duplicateKeys = 0;
  #frequent: CountedKey[] = [];

  /** Takes a key and the number of its records. `form` is called only if the key may be an example. */
  add(count: number, form: () => string): void {
    this.#records += count;
    this.#keys += 1;
    if (count < 2) return;
    this.#duplicateKeys += 1;
    this.#frequent.push({ form: form(), count });
    if (this.#frequent.length >= MANY_EXAMPLES) this.#frequent = mostFrequent(this.#frequent);
  }

  tally(): KeyTally {
    return {
      records: this.#records,
      keys: this.#keys,
      duplicateKeys: this.#duplicateKeys,
      examples: mostFrequent(this.#frequent),
    };
  }
}

const MANY_EXAMPLES = 100;

/** The most frequent keys, at most `MAX_EXAMPLES`; of equally frequent ones the first in byte order. */
function mostFrequent(keys: readonly CountedKey[]): CountedKey[] {
  const inOrder = [...keys].sort((a, b) => b.count - a.count || (a.form < b.form ? -1 : 1));
  return inOrder.slice(0, MAX_EXAMPLES);
}

/** A tally, with its keys readable. */
export function duplicatesOf({ examples, ...counts }: KeyTally): Duplicates {
  const named = examples.map(({ form, count }) => ({
    key: fieldsOfKey(Buffer.from(form, 'latin1')),
    count,
  }));
  return { ...counts, examples: named };
}
