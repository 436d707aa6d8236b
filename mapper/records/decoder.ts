import type { EncodingPlan } from '../contract.js';
import { isUtf16, Utf16Decoder } from './utf16-decoder.js';

/** Makes UTF-8 of bytes in another encoding, in chunks of any size. Throws `InvalidUtf16`. */
export interface Decoder {
  /** The next bytes as UTF-8; those of a character that is not complete are kept. */
  push(chunk: Uint8Array): Uint8Array;
  /** What is left at the end of the input. */
  end(): Uint8Array;
}

/**
 * The decoder of an encoding. A byte order mark at the start beats it; it is left there. `mayHaveMark`: whether the input
 * starts at the start of a file that may have one.
 */
export function openDecoder(encoding: EncodingPlan, mayHaveMark: boolean): Decoder {
  return mayHaveMark ? new MarkDecoder(encoding) : decoderOf(encoding);
}

/** U+FFFD in UTF-8, which a decoder writes for bytes that mean nothing in the encoding. */
const REPLACEMENT = Buffer.from('\ufffd');

/** How many characters of decoded text are U+FFFD. */
export function countReplacements(decoded: Uint8Array): number {
  const text = Buffer.from(decoded.buffer, decoded.byteOffset, decoded.length);
  let count = 0;
  for (let at = text.indexOf(REPLACEMENT); at >= 0; at = text.indexOf(REPLACEMENT, at + 3)) count += 1;
  return count;
}

function decoderOf(encoding: EncodingPlan): Decoder {
  const { label, upperHalf } = encoding;
  if (upperHalf !== undefined) return new SingleBytes(upperHalf);
  return isUtf16(label) ? new Utf16Decoder(label) : new TextOfEncoding(label);
}

/** A byte order mark → the encoding that it tells of; null: UTF-8. */
const MARKS = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: null },
  { bytes: [0xff, 0xfe], encoding: { label: 'utf-16le' } },
  { bytes: [0xfe, 0xff], encoding: { label: 'utf-16be' } },
] as const;
const LONGEST_MARK = 3;

/** Looks for a byte order mark first. */
class MarkDecoder implements Decoder {
  readonly #given: EncodingPlan;
  #start: Uint8Array = new Uint8Array();
  #decoder: Decoder | undefined;

  constructor(given: EncodingPlan) {
    this.#given = given;
  }

  push(chunk: Uint8Array): Uint8Array {
    if (this.#decoder !== undefined) return this.#decoder.push(chunk);
    this.#start = Buffer.concat([this.#start, chunk]);
    return this.#start.length < LONGEST_MARK ? new Uint8Array() : this.#open();
  }

  end(): Uint8Array {
    const first = this.#decoder === undefined ? this.#open() : new Uint8Array();
    return Buffer.concat([first, this.#decoder?.end() ?? new Uint8Array()]);
  }

  #open(): Uint8Array {
    const mark = MARKS.find(({ bytes }) => bytes.every((byte, index) => this.#start[index] === byte));
    const encoding = mark === undefined ? this.#given : mark.encoding;
    const isUtf8 = encoding === null && this.#given.label !== 'utf-8';
    this.#decoder = isUtf8 ? PASS : decoderOf(encoding ?? this.#given);
    return this.#decoder.push(this.#start);
  }
}

const PASS: Decoder = { push: (chunk) => chunk, end: () => new Uint8Array() };

/** An encoding of one byte a character, by its table: Node need not know it. */
class SingleBytes implements Decoder {
  readonly #utf8: readonly Buffer[];

  constructor(upperHalf: string) {
    this.#utf8 = Array.from({ length: 128 }, (_, index) => Buffer.from(upperHalf.charAt(index)));
  }

  push(chunk: Uint8Array): Uint8Array {
    let at = 0;
    while (at < chunk.length && (chunk[at] as number) < 0x80) at++;
    if (at === chunk.length) return chunk;
    const decoded = Buffer.allocUnsafe(at + 3 * (chunk.length - at));
    decoded.set(chunk.subarray(0, at));
    let end = at;
    for (; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte < 0x80) decoded[end++] = byte;
      else for (const part of this.#utf8[byte - 0x80] as Buffer) decoded[end++] = part;
    }
    return decoded.subarray(0, end);
  }

  end(): Uint8Array {
    return new Uint8Array();
  }
}

/** An encoding of several bytes a character, as Node knows it. */
class TextOfEncoding implements Decoder {
  readonly #decoder: InstanceType<typeof TextDecoder>;

  constructor(label: string) {
    this.#decoder = new TextDecoder(label, { ignoreBOM: true });
  }

  push(chunk: Uint8Array): Uint8Array {
    return Buffer.from(this.#decoder.decode(chunk, { stream: true }));
  }

  end(): Uint8Array {
    return Buffer.from(this.#decoder.decode());
  }
}
