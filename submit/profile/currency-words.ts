import { readableText } from '../../mapper/records/byte-string.js';
import { isCurrency } from '../../mapper/rules/catalogue.js';
import { SYMBOL } from './value-shape.js';

/** Words that are told of one pattern. */
const MAX_WORDS = 8;

/** The signs and codes of currencies in the values of one pattern: € and £ have the same pattern. Memory is bounded. */
export class CurrencyWords {
  readonly #words = new Set<string>();
  #last = 0;

  /** The words seen, as they are written. */
  get words(): readonly string[] {
    return [...this.#words];
  }

  /** Takes the value from `start` to `end`. */
  add(bytes: Uint8Array, start: number, end: number): void {
    let hash = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if (isOfWord(byte)) hash = Math.imul(hash ^ byte, 0x01000193);
    }
    if (hash === this.#last) return;
    this.#last = hash;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    for (const [word] of text.replaceAll(SPACES, ' ').matchAll(/[A-Za-z$\x80-\xff]+/g)) {
      const sign = readableText(word);
      if (this.#words.size < MAX_WORDS && isCurrency(sign)) this.#words.add(sign);
    }
  }
}

/** Spaces beyond ASCII, and the minus, as UTF-8. */
const SPACES = /\xc2\xa0|\xe2\x80[\x80-\x8a\xaf]|\xe2\x81\x9f|\xe3\x80\x80|\xe2\x88\x92/g;

function isOfWord(byte: number): boolean {
  return byte > 0x7f || byte === 0x24 || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);
}

/** For a pattern of numbers with one sign or code of a currency; null for any other. */
export function currencyWordsOf(symbols: Uint8Array): CurrencyWords | null {
  const signs = symbols.filter((symbol) => SIGNS.includes(symbol)).length;
  const hasDigits = symbols.some((symbol) => symbol === SYMBOL.digit || symbol === SYMBOL.digits);
  const isAmount = symbols.every((symbol) => AMOUNT.includes(symbol) || SIGNS.includes(symbol));
  return hasDigits && isAmount && signs > 0 && signs <= 2 ? new CurrencyWords() : null;
}

const SIGNS: readonly number[] = [SYMBOL.currency, SYMBOL.capitals, 0x24];
const AMOUNT: readonly number[] = [
  ...[SYMBOL.digit, SYMBOL.digits, SYMBOL.space, SYMBOL.minus],
  ...Buffer.from(" \t.,'()+-"),
];
