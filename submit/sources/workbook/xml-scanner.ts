import { Utf16Decoder } from '../../../mapper/records/utf16-decoder.js';
import { WorkbookFlaw } from './workbook-flaw.js';

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const COLON = 0x3a;
const EQUALS = 0x3d;
const SPACE = 0x20;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const BRACKET = 0x5b;
const COMMENT = '<!--';
const CDATA = '<![CDATA[';

/** Longer tags and texts are no part of a workbook: a cell has 32,767 characters at most. */
const MAX_TOKEN_BYTES = 4 * 1024 ** 2;
const ENCODING = /\bencoding\s*=\s*["']([^"']*)["']/;

/** Hears of the tokens of an XML text. Names are those of the scanner, without prefix. */
export interface XmlHandler {
  open(xml: XmlScanner): void;
  close(xml: XmlScanner): void;
  /** Bytes of text between two tags, as they stand: `decodeXml` resolves references. They are valid during the call. */
  text(bytes: Buffer, start: number, end: number, isPlain: boolean): void;
  /** Takes complete elements that it knows, from a tag on: returns where it stops, which is `start` if it takes none. */
  take?(bytes: Buffer, start: number, end: number): number;
}

/**
 * Tells the tags and texts of an XML file apart, in chunks of any size, in one pass over its bytes: no trees, no objects, no
 * strings. Names of elements and attributes lose their prefix. Throws `WorkbookFlaw`, also for a DTD: no workbook has one, and
 * its entities could name other files or grow without end.
 */
export class XmlScanner {
  readonly #handler: XmlHandler;
  readonly #part: string;
  /** What was not scanned of the chunks before, with room for the next one. */
  #room: Buffer = Buffer.alloc(0);
  #restBytes = 0;
  /** What is scanned now: a part of the room. */
  #bytes: Buffer = this.#room;
  /** Null: UTF-8. Undefined: not known yet. */
  #decoder: Utf16Decoder | null | undefined;
  #nameStart = 0;
  #nameEnd = 0;
  #tagEnd = 0;

  constructor(part: string, handler: XmlHandler) {
    this.#part = part;
    this.#handler = handler;
  }

  push(chunk: Uint8Array): void {
    if (this.#decoder === undefined) this.#decoder = decoderOf(chunk);
    const text = this.#decoder === null ? chunk : this.#decoder.push(chunk);
    const length = this.#restBytes + text.length;
    if (length > this.#room.length) this.#grow(length);
    this.#room.set(text, this.#restBytes);
    this.#bytes = this.#room.subarray(0, length);
    const done = this.#scan();
    this.#restBytes = length - done;
    if (this.#restBytes > MAX_TOKEN_BYTES) throw this.#flaw('a tag or text without end');
    this.#room.copyWithin(0, done, length);
    this.#bytes = this.#room.subarray(0, this.#restBytes);
  }

  #grow(length: number): void {
    const room = Buffer.allocUnsafe(Math.max(length, 2 * this.#room.length));
    this.#room.copy(room, 0, 0, this.#restBytes);
    this.#room = room;
  }

  end(): void {
    if (this.#decoder) this.push(this.#decoder.end());
    if (this.#bytes.toString('latin1').trim() !== '') throw this.#flaw('it ends within a tag');
  }

  /** Whether this is the name of the element. */
  is(name: string): boolean {
    const start = this.#nameStart;
    if (this.#nameEnd - start !== name.length) return false;
    for (let at = 0; at < name.length; at++) {
      if (this.#bytes[start + at] !== name.charCodeAt(at)) return false;
    }
    return true;
  }

  /** The name of the element. */
  get name(): string {
    return this.#bytes.toString('latin1', this.#nameStart, this.#nameEnd);
  }

  /** Length of the name, and its first byte. */
  get nameLength(): number {
    return this.#nameEnd - this.#nameStart;
  }

  get firstByte(): number {
    return this.#bytes[this.#nameStart] ?? 0;
  }

  /**
   * Calls back with each attribute: where its name, without prefix, and its value stand in `bytes`. Only while `open` runs.
   */
  attributes(
    take: (bytes: Buffer, nameStart: number, nameEnd: number, start: number, end: number) => void,
  ): void {
    const bytes = this.#bytes;
    const end = this.#tagEnd;
    let at = this.#nameEnd;
    for (;;) {
      while (at < end && (bytes[at] as number) <= SPACE) at++;
      if (at >= end) return;
      let nameStart = at;
      let byte = bytes[at] as number;
      while (at < end && byte !== EQUALS && byte > SPACE) {
        if (byte === COLON) nameStart = at + 1;
        byte = bytes[++at] as number;
      }
      const nameEnd = at;
      while (at < end && (bytes[at] as number) !== EQUALS) at++;
      at++;
      while (at < end && (bytes[at] as number) <= SPACE) at++;
      const quote = bytes[at];
      if (quote !== DOUBLE_QUOTE && quote !== SINGLE_QUOTE) return;
      const start = ++at;
      while (at < end && bytes[at] !== quote) at++;
      take(bytes, nameStart, nameEnd, start, at);
      at++;
    }
  }

  /** The value of an attribute, decoded; undefined if the element has none of that name. */
  attribute(name: string): string | undefined {
    let found: string | undefined;
    this.attributes((bytes, nameStart, nameEnd, start, end) => {
      if (bytes.toString('latin1', nameStart, nameEnd) === name)
        found = decodeXml(bytes.toString('utf8', start, end));
    });
    return found;
  }

  /** Returns how many bytes were taken. */
  #scan(): number {
    const bytes = this.#bytes;
    const length = bytes.length;
    let at = 0;
    const handler = this.#handler;
    for (;;) {
      if (bytes[at] === LT && handler.take !== undefined) at = handler.take(bytes, at, length);
      let isPlain = true;
      let open = at;
      for (; open < length; open++) {
        const byte = bytes[open] as number;
        if (byte === LT) break;
        if (byte === 0x26 || byte === 0x0d) isPlain = false;
      }
      if (open >= length) return at;
      const next = bytes[open + 1];
      const end =
        next === BANG
          ? this.#endOfDeclaration(open)
          : next === QUESTION
            ? bytes.indexOf('?>', open) + 1
            : next === SLASH
              ? endOfClosingTag(bytes, open + 2)
              : endOfOpenTag(bytes, open + 1);
      if (end <= 0) return at;
      if (open > at) this.#handler.text(bytes, at, open, isPlain);
      if (next === BANG) this.#takeDeclaration(open, end);
      else if (next === QUESTION) this.#takeInstruction(open, end);
      else this.#takeTag(open, end, next === SLASH);
      at = end + 1;
    }
  }

  #takeTag(open: number, end: number, isClosing: boolean): void {
    this.#findName(isClosing ? open + 2 : open + 1, end);
    const isEmpty = this.#bytes[end - 1] === SLASH;
    this.#tagEnd = isEmpty ? end - 1 : end;
    if (!isClosing) this.#handler.open(this);
    if (isClosing || isEmpty) this.#handler.close(this);
  }

  #findName(start: number, end: number): void {
    const bytes = this.#bytes;
    let at = start;
    let nameStart = start;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte <= SPACE || (byte === SLASH && at === end - 1)) break;
      if (byte === COLON) nameStart = at + 1;
    }
    this.#nameStart = nameStart;
    this.#nameEnd = at;
    if (at === nameStart) throw this.#flaw('a tag without a name');
  }

  /** Where a comment or a text in CDATA ends; -1 if that has not come yet. */
  #endOfDeclaration(open: number): number {
    const start = this.#bytes.toString('latin1', open, open + CDATA.length);
    if (start.startsWith(COMMENT)) return ending(this.#bytes.indexOf('-->', open + COMMENT.length), 2);
    if (start === CDATA) return ending(this.#bytes.indexOf(']]>', open + CDATA.length), 2);
    if (COMMENT.startsWith(start) || CDATA.startsWith(start)) return -1;
    throw new WorkbookFlaw('workbook-dtd', this.#part);
  }

  #takeDeclaration(open: number, end: number): void {
    const start = open + CDATA.length;
    if (this.#bytes[open + 2] === BRACKET) this.#handler.text(this.#bytes, start, end - 2, true);
  }

  #takeInstruction(open: number, end: number): void {
    const [, encoding = 'utf-8'] = ENCODING.exec(this.#bytes.toString('latin1', open, end)) ?? [];
    if (this.#decoder !== null || /^(?:utf-?8|us-ascii)$/i.test(encoding)) return;
    throw this.#flaw(`its encoding is ${encoding}`);
  }

  #flaw(what: string): WorkbookFlaw {
    return new WorkbookFlaw('broken-workbook', `${this.#part}: ${what}`);
  }
}

/** Adds to a place that was found. */
function ending(at: number, more: number): number {
  return at < 0 ? -1 : at + more;
}

/** Where the > of a tag is; values in quotes may have one too. */
function endOfOpenTag(bytes: Buffer, start: number): number {
  let quote = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (quote !== 0) {
      if (byte === quote) quote = 0;
    } else if (byte === GT) return at;
    else if (byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE) quote = byte;
  }
  return -1;
}

/** They are short: a loop ends before a call would begin. */
function endOfClosingTag(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length; at++) if (bytes[at] === GT) return at;
  return -1;
}

/** UTF-16, by its byte order mark or its first character; null for UTF-8. */
function decoderOf([first, second]: Uint8Array): Utf16Decoder | null {
  const isLittle = (first === 0xff && second === 0xfe) || (first === LT && second === 0);
  if (isLittle) return new Utf16Decoder('utf-16le');
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second === LT);
  return isBig ? new Utf16Decoder('utf-16be') : null;
}

const REFERENCE = /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));|\r\n?/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Resolves the references of an XML text; its line ends become LF, as XML has it. */
export function decodeXml(text: string): string {
  if (!/[&\r]/.test(text)) return text;
  return text.replaceAll(REFERENCE, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    if (hex === undefined && decimal === undefined) return '\n';
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0x10ffff ? whole : String.fromCodePoint(code);
  });
}
