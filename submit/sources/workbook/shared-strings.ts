import { cellText } from './cell-text.js';
import { GrowingBytes } from './growing-bytes.js';
import { WorkbookFlaw } from './workbook-flaw.js';
import { scanPart, textOf } from './workbook-parts.js';
import type { XmlHandler, XmlScanner } from './xml-scanner.js';
import type { ZipArchive } from './zip-archive.js';

/** Texts that the cells of a workbook share, by their number: in one buffer, which takes less room than strings. */
export interface SharedStrings {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** Where a text starts; it ends where the next one starts. */
  startOf(index: number): number;
}

/** A workbook with more text than this in different cells is none that people made. */
const MAX_BYTES = 1024 ** 3;

export const NO_STRINGS: SharedStrings = { bytes: Buffer.alloc(0), count: 0, startOf: () => 0 };

/** Reads the shared strings of a workbook. Throws `WorkbookFlaw`. */
export async function readSharedStrings(zip: ZipArchive, part: string | null): Promise<SharedStrings> {
  if (part === null) return NO_STRINGS;
  const reader = new StringReader(part);
  await scanPart(zip, part, reader);
  return reader.strings();
}

class StringReader implements XmlHandler {
  readonly #part: string;
  readonly #bytes = new GrowingBytes(64 * 1024);
  #starts = new Uint32Array(1024);
  #count = 0;
  /** The text of the string so far, if it has several pieces. */
  #text = '';
  #isInText = false;
  /** Within a guide to pronunciation, which is no part of the text. */
  #isInGuide = false;

  constructor(part: string) {
    this.#part = part;
  }

  open(xml: XmlScanner): void {
    if (xml.is('t')) this.#isInText = !this.#isInGuide;
    else if (xml.is('rPh')) this.#isInGuide = true;
    else if (xml.is('si')) this.#text = '';
  }

  close(xml: XmlScanner): void {
    if (xml.is('t')) this.#isInText = false;
    else if (xml.is('rPh')) this.#isInGuide = false;
    else if (xml.is('si')) this.#add();
  }

  text(bytes: Buffer, start: number, end: number, isPlain: boolean): void {
    if (this.#isInText) this.#text += textOf(bytes, start, end, isPlain);
  }

  #add(): void {
    if (this.#count === this.#starts.length) {
      const grown = new Uint32Array(2 * this.#count);
      grown.set(this.#starts);
      this.#starts = grown;
    }
    this.#starts[this.#count++] = this.#bytes.length;
    this.#bytes.addText(cellText(this.#text));
    if (this.#bytes.length > MAX_BYTES) throw new WorkbookFlaw('workbook-bomb', this.#part);
  }

  strings(): SharedStrings {
    const { length } = this.#bytes;
    // Not larger than it has to be: it stays until the sheet is read.
    const bytes = Uint8Array.from(this.#bytes.buffer.subarray(0, length));
    const starts = this.#starts.slice(0, this.#count);
    const count = this.#count;
    return { bytes, count, startOf: (index) => starts[index] ?? length };
  }
}
