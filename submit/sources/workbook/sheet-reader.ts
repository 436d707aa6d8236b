import { cellText } from './cell-text.js';
import type { FieldWriter } from './field-writer.js';
import { GrowingBytes } from './growing-bytes.js';
import type { NumberKind } from './number-format.js';
import { decimalText, isDecimalText } from './number-text.js';
import { dateText, isoDateText } from './serial-date.js';
import type { SharedStrings } from './shared-strings.js';
import { WorkbookFlaw } from './workbook-flaw.js';
import { textOf } from './workbook-parts.js';
import type { SheetFacts } from './workbook-reading.js';
import type { XmlHandler, XmlScanner } from './xml-scanner.js';

/** What the cells of a sheet refer to, and how they are written. */
export interface SheetOptions {
  readonly part: string;
  readonly strings: SharedStrings;
  readonly kinds: readonly NumberKind[];
  readonly is1904: boolean;
  readonly fields: FieldWriter;
  /** 1-based row to begin with; null: the first that is not blank. */
  readonly firstRow: number | null;
  /** Columns that each record has at least; null: as many as the first one. */
  readonly width: number | null;
  /** The decimal signs of columns, by what the first row has in them; `.` where it is null. */
  decimalSign(name: string, index: number): string | null;
}

type CellType = 'number' | 'shared' | 'text' | 'boolean' | 'date' | 'as it is';

const LF = 0x0a;
const MAX_COLUMNS = 16_384;

/** The cells of a sheet → records of CSV. Rows without a value are left out. */
export class SheetReader implements XmlHandler {
  readonly #options: SheetOptions;
  /** What is written and not taken. */
  readonly #out = new GrowingBytes(256 * 1024);
  #width: number | null;
  #signs: (number | null)[] = [];
  #facts = { records: 0, blankRows: 0, uncomputed: 0 };
  #isInData = false;
  #hasData = false;
  #row = 0;
  /** Where the record starts in `out`, and its last column that has a value; -1: none has. */
  #rowStart = 0;
  #last = -1;
  #isSkipped = false;
  #blankBefore = 0;

  #isInCell = false;
  #column = -1;
  #style = 0;
  #type: CellType = 'number';
  #hasFormula = false;
  #isValue = false;
  #isInGuide = false;
  readonly #value = new GrowingBytes(1024);
  /** The text of a value that is written otherwise than it stands in the cell. */
  readonly #text = new GrowingBytes(1024);

  constructor(options: SheetOptions) {
    this.#options = options;
    this.#width = options.width;
  }

  open(xml: XmlScanner): void {
    const length = xml.nameLength;
    if (this.#isInCell) {
      if (length === 1) {
        if (xml.firstByte === V) this.#isValue = true;
        else if (xml.firstByte === T) this.#isValue = !this.#isInGuide;
        else if (xml.firstByte === F) this.#hasFormula = true;
      } else if (length === 3 && xml.is('rPh')) this.#isInGuide = true;
      return;
    }
    if (!this.#isInData) {
      if (xml.is('sheetData')) this.#isInData = true;
    } else if (length === 1 && xml.firstByte === C) this.#openCell(xml);
    else if (length === 3 && xml.is('row')) this.#openRow(xml);
  }

  close(xml: XmlScanner): void {
    const length = xml.nameLength;
    if (this.#isInCell) {
      if (length !== 1) {
        if (length === 3 && xml.is('rPh')) this.#isInGuide = false;
      } else if (xml.firstByte === C) this.#closeCell();
      else this.#isValue = false;
    } else if (this.#isInData) {
      if (length === 3 && xml.is('row')) this.#closeRow();
      else if (xml.is('sheetData')) {
        this.#isInData = false;
        this.#hasData = true;
      }
    }
  }

  text(bytes: Buffer, start: number, end: number, isPlain: boolean): void {
    if (!this.#isValue) return;
    if (isPlain) this.#value.add(bytes, start, end);
    else this.#value.addText(textOf(bytes, start, end, false));
  }

  /** Bytes of complete records that were not taken yet. */
  get size(): number {
    return this.#rowStart;
  }

  /** The records that are complete and were not taken yet. */
  take(): Buffer {
    const out = this.#out;
    const taken = Buffer.from(out.buffer.subarray(0, this.#rowStart));
    out.buffer.copyWithin(0, this.#rowStart, out.length);
    out.length -= this.#rowStart;
    this.#rowStart = 0;
    return taken;
  }

  end(): SheetFacts {
    if (!this.#hasData)
      throw new WorkbookFlaw('broken-workbook', `${this.#options.part}: it has no sheetData`);
    return this.#facts;
  }

  #openRow(xml: XmlScanner): void {
    this.#row++;
    xml.attributes(this.#takeRowAttribute);
    const { firstRow } = this.#options;
    this.#isSkipped = firstRow !== null && this.#row < firstRow;
    this.#rowStart = this.#out.length;
    this.#last = -1;
    this.#column = -1;
  }

  readonly #takeRowAttribute = (
    bytes: Buffer,
    nameStart: number,
    nameEnd: number,
    start: number,
    end: number,
  ) => {
    if (nameEnd - nameStart !== 1 || bytes[nameStart] !== R) return;
    const row = numberIn(bytes, start, end);
    if (row > 0) this.#row = row;
  };

  #closeRow(): void {
    if (this.#isSkipped) return;
    if (this.#last < 0) {
      this.#blankBefore++;
      return;
    }
    if (this.#facts.records > 0) this.#facts.blankRows += this.#blankBefore;
    this.#blankBefore = 0;
    if (this.#facts.records === 0) this.#takeFirstRow();
    this.#delimit((this.#width ?? 0) - 1 - this.#last);
    this.#out.addByte(LF);
    this.#facts.records++;
    this.#rowStart = this.#out.length;
    this.#last = -1;
  }

  /** The first record tells how wide the others are, and what their columns are called. */
  #takeFirstRow(): void {
    this.#width ??= this.#last + 1;
    this.#signs = this.#names.map((name, index) => {
      const sign = this.#options.decimalSign(name ?? '', index);
      return sign === null || sign === '.' ? null : sign.charCodeAt(0);
    });
  }

  #names: (string | undefined)[] = [];

  #openCell(xml: XmlScanner): void {
    this.#isInCell = true;
    this.#column++;
    this.#style = 0;
    this.#type = 'number';
    this.#hasFormula = false;
    this.#isValue = false;
    this.#isInGuide = false;
    this.#value.length = 0;
    xml.attributes(this.#takeCellAttribute);
  }

  readonly #takeCellAttribute = (
    bytes: Buffer,
    nameStart: number,
    nameEnd: number,
    start: number,
    end: number,
  ) => {
    if (nameEnd - nameStart !== 1) return;
    const name = bytes[nameStart];
    if (name === R) this.#column = this.#columnIn(bytes, start, end);
    else if (name === S) this.#style = numberIn(bytes, start, end);
    else if (name === T) this.#type = typeIn(bytes, start, end);
  };

  #columnIn(bytes: Buffer, start: number, end: number): number {
    let column = 0;
    for (let at = start; at < end; at++) {
      const letter = (bytes[at] as number) & ~0x20;
      if (letter < 0x41 || letter > 0x5a) break;
      column = 26 * column + letter - 0x40;
    }
    if (column === 0) return this.#column;
    if (column <= this.#last + 1 || column > MAX_COLUMNS) {
      const reference = bytes.toString('latin1', start, end);
      throw new WorkbookFlaw(
        'broken-workbook',
        `${this.#options.part}: the cell ${reference} is out of its order`,
      );
    }
    return column - 1;
  }

  #closeCell(): void {
    this.#isInCell = false;
    if (this.#isSkipped) return;
    const { length } = this.#value;
    if (length === 0) {
      if (this.#hasFormula && this.#type !== 'text') this.#facts.uncomputed++;
      return;
    }
    const { strings } = this.#options;
    if (this.#type === 'shared') {
      const index = numberIn(this.#value.buffer, 0, length);
      if (index < 0 || index >= strings.count) {
        throw new WorkbookFlaw(
          'broken-workbook',
          `${this.#options.part}: row ${this.#row} has a string that is not there`,
        );
      }
      this.#write(strings.bytes, strings.startOf(index), strings.startOf(index + 1));
    } else if (this.#type === 'number') this.#writeNumber(length);
    else if (
      this.#type === 'as it is' ||
      (this.#type === 'text' && !hasUnderscore(this.#value.buffer, length))
    )
      this.#write(this.#value.buffer, 0, length);
    else this.#writeText(this.#textOf(this.#value.buffer.toString('utf8', 0, length)));
  }

  #textOf(value: string): string {
    switch (this.#type) {
      case 'boolean':
        return value.trim() === '1' || value.trim() === 'true' ? 'TRUE' : 'FALSE';
      case 'date':
        return isoDateText(value.trim(), this.#kind);
      default:
        return cellText(value);
    }
  }

  get #kind(): NumberKind {
    return this.#options.kinds[this.#style] ?? 'number';
  }

  #writeNumber(length: number): void {
    const { buffer } = this.#value;
    const kind = this.#kind;
    const sign = this.#signs[this.#column] ?? null;
    const isPlain = kind === 'number' && sign === null && isDecimalText(buffer, length);
    if (isPlain) this.#write(buffer, 0, length);
    else this.#writeText(this.#numberText(buffer.toString('latin1', 0, length), kind, sign));
  }

  #numberText(text: string, kind: NumberKind, sign: number | null): string {
    const date = kind === 'number' ? null : dateText(Number(text), kind, this.#options.is1904);
    const number = date ?? decimalText(text) ?? text;
    return sign === null || date !== null ? number : number.replace('.', String.fromCharCode(sign));
  }

  #writeText(text: string): void {
    const written = this.#text;
    written.length = 0;
    written.addText(text);
    this.#write(written.buffer, 0, written.length);
  }

  #write(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    const column = this.#column;
    this.#delimit(column - Math.max(this.#last, 0));
    if (this.#facts.records === 0) this.#names[column] = Buffer.from(bytes.subarray(start, end)).toString();
    this.#options.fields.write(this.#out, bytes, start, end, column === 0);
    this.#last = column;
  }

  #delimit(count: number): void {
    const { delimiter } = this.#options.fields;
    for (let nth = 0; nth < count; nth++) this.#out.add(delimiter, 0, delimiter.length);
  }
}

const C = 0x63;
const F = 0x66;
const R = 0x72;
const S = 0x73;
const T = 0x74;
const V = 0x76;

function typeIn(bytes: Buffer, start: number, end: number): CellType {
  const first = bytes[start];
  if (end - start === 1) {
    if (first === S) return 'shared';
    if (first === 0x62) return 'boolean';
    if (first === 0x64) return 'date';
    if (first === 0x65) return 'as it is';
    return 'number';
  }
  return 'text';
}

function hasUnderscore(bytes: Uint8Array, length: number): boolean {
  for (let at = 0; at < length; at++) if (bytes[at] === 0x5f) return true;
  return false;
}

/** The whole number that the bytes write; -1 if they write none. */
function numberIn(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = 10 * value + digit;
  }
  return end > start ? value : -1;
}
