/** The labels of UTF-16, little-endian and big-endian. */
export const UTF_16 = ['utf-16le', 'utf-16be'] as const;
export type Utf16Label = (typeof UTF_16)[number];

/** A character is not complete: half of a surrogate pair, or half of a code unit at the end. */
export class InvalidUtf16 extends Error {
  override readonly name = 'InvalidUtf16';
  /** Where it starts, 0-based. */
  readonly byteOffset: number;
  readonly label: Utf16Label;

  constructor(byteOffset: number, label: Utf16Label) {
    super(`No character of ${label} at byte ${byteOffset}`);
    this.byteOffset = byteOffset;
    this.label = label;
  }
}

/** Whether the label of an encoding is one of UTF-16. */
export function isUtf16(label: string | undefined): label is Utf16Label {
  return label === 'utf-16le' || label === 'utf-16be';
}

/** Matches a surrogate without its other half: those of a pair are one character. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * UTF-16 → UTF-8, in chunks of any size. Throws `InvalidUtf16` where `TextDecoder` would write U+FFFD. A byte order mark
 * stays.
 */
export class Utf16Decoder {
  readonly #label: Utf16Label;
  /** The bytes that are decoded; a chunk's are copied here, because they may have to be swapped. */
  #bytes = Buffer.alloc(0);
  /** How many bytes of a character that is not complete they start with: at most 3. */
  #kept = 0;
  /** Of the first of these bytes. */
  #byteOffset = 0;

  constructor(label: Utf16Label) {
    this.#label = label;
  }

  push(chunk: Uint8Array): Uint8Array {
    const bytes = this.#withKept(chunk);
    const end = this.#wholeCharacters(bytes);
    const units = bytes.subarray(0, end);
    if (this.#label === 'utf-16be') units.swap16();
    const text = units.toString('utf16le');
    const lone = text.search(LONE_SURROGATE);
    if (lone >= 0) throw new InvalidUtf16(this.#byteOffset + 2 * lone, this.#label);
    bytes.copyWithin(0, end);
    this.#kept = bytes.length - end;
    this.#byteOffset += end;
    return Buffer.from(text);
  }

  end(): Uint8Array {
    if (this.#kept > 0) throw new InvalidUtf16(this.#byteOffset, this.#label);
    return new Uint8Array();
  }

  /** The bytes that are kept, and those of a chunk after them. */
  #withKept(chunk: Uint8Array): Buffer {
    const length = this.#kept + chunk.length;
    if (length > this.#bytes.length) {
      const larger = Buffer.alloc(length + 4);
      larger.set(this.#bytes.subarray(0, this.#kept));
      this.#bytes = larger;
    }
    this.#bytes.set(chunk, this.#kept);
    return this.#bytes.subarray(0, length);
  }

  /** Where the first half of a surrogate pair, or of a code unit, ends the bytes: the offset of it. */
  #wholeCharacters(bytes: Buffer): number {
    const end = bytes.length - (bytes.length % 2);
    if (end === 0) return 0;
    const highByte = bytes[this.#label === 'utf-16be' ? end - 2 : end - 1] as number;
    return highByte >= 0xd8 && highByte <= 0xdb ? end - 2 : end;
  }
}
