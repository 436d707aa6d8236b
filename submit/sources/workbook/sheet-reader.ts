import { lineEnds } from '../../../mapper/records/line-ends.js';
import { CellScanner, type CellType, typeIn } from './cell-scanner.js';
import { cellText } from './cell-text.js';
import type { FieldWriter } from './field-writer.js';
import { GrowingBytes } from './growing-bytes.js';
import { DAY_BYTES, KnownDays } from './known-days.js';
import type { NumberKind } from './number-format.js';
import { decimalText, isDecimalText } from './number-text.js';
import { dateText, isoDateText } from './serial-date.js';
import type { SharedStrings } from './shared-strings.js';
import type { SheetRowsWriter } from './sheet-rows-writer.js';
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
  /** Lines that were written before the first record. */
  readonly linesBefore: number;
  /** Hears of the row of each record. */
  readonly rows: SheetRowsWriter;
  /** The decimal signs of columns, by what the first row has in them; `.` where it is null. */
  decimalSign(name: string, index: number): string | null;
}

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
  /** The line of the text that the record starts on, and whether it may have others. */
  #line: number;
  #mayHaveBreaks = false;

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
  /** Whether a shared string needs no quotes, as far as that is known. */
  readonly #plain: Uint8Array;
  readonly #days: KnownDays;
  readonly #cell = new CellScanner();

  constructor(options: SheetOptions) {
    this.#options = options;
    this.#plain = new Uint8Array(options.strings.count);
    this.#line = options.linesBefore + 1;
    this.#days = new KnownDays(options.is1904);
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
      // Some write a number beside the text in the cell: the text is the value.
      else if (length === 2 && xml.is('is')) this.#value.length = 0;
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
  takeRecords(): Buffer {
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
    const rows = this.#options.rows.text();
    return { ...this.#facts, ...(rows !== '' && { rows }) };
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
    this.#options.rows.note(this.#line, this.#row);
    this.#line += this.#mayHaveBreaks
      ? lineEnds(this.#out.buffer.subarray(this.#rowStart, this.#out.length), false)
      : 1;
    this.#mayHaveBreaks = false;
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
    if (length > 0) this.#writeValue(this.#value.buffer, 0, length);
    else if (this.#hasFormula && this.#type !== 'text') this.#facts.uncomputed++;
  }

  /** Takes cells as nearly all programs write them, up to the first that has to be taken by its tokens. */
  take(bytes: Buffer, start: number, end: number): number {
    if (!this.#isInData || this.#isInCell || this.#isSkipped) return start;
    const cell = this.#cell;
    for (let at = start; ; ) {
      const next = cell.scan(bytes, at, end);
      const column = cell.column < 0 ? this.#column + 1 : cell.column;
      // Out of its order, or not told in capital letters.
      if (next === at || column <= this.#last || column >= MAX_COLUMNS) return at;
      this.#column = column;
      this.#style = cell.style;
      this.#type = cell.type;
      if (cell.end > cell.start) this.#writeValue(bytes, cell.start, cell.end);
      at = next;
    }
  }

  #writeValue(bytes: Buffer, start: number, end: number): void {
    const type = this.#type;
    if (type === 'shared') this.#writeShared(numberIn(bytes, start, end));
    else if (type === 'number') this.#writeNumber(bytes, start, end);
    else if (type === 'as it is' || (type === 'text' && !hasUnderscore(bytes, start, end)))
      this.#write(bytes, start, end);
    else this.#writeText(this.#textOf(bytes.toString('utf8', start, end)));
  }

  #writeShared(index: number): void {
    const { strings, fields, part } = this.#options;
    if (index < 0 || index >= strings.count) {
      throw new WorkbookFlaw('broken-workbook', `${part}: row ${this.#row} has a string that is not there`);
    }
    const start = strings.startOf(index);
    const end = strings.startOf(index + 1);
    // They come again and again.
    if (this.#plain[index] === 0) {
      this.#plain[index] = fields.isPlain(strings.bytes, start, end) ? IS_PLAIN : IS_NOT;
    }
    if (this.#plain[index] === IS_PLAIN && this.#mayBePlain) this.#writePlain(strings.bytes, start, end);
    else this.#write(strings.bytes, start, end);
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

  /** In the first column a field could look like a comment, and in the first row it is the name of a column. */
  get #mayBePlain(): boolean {
    return this.#column > 0 && this.#facts.records > 0;
  }

  #writeNumber(bytes: Buffer, start: number, end: number): void {
    const kind = this.#kind;
    const sign = this.#signs[this.#column] ?? null;
    const isPlain = this.#options.fields.digitsArePlain && this.#mayBePlain;
    if (kind === 'number' && sign === null && isDecimalText(bytes, start, end)) {
      if (isPlain) this.#writePlain(bytes, start, end);
      else this.#write(bytes, start, end);
      return;
    }
    if (kind === 'date' && isPlain) {
      const serial = numberIn(bytes, start, end);
      const day = serial < 0 ? -1 : this.#days.placeOf(serial);
      if (day >= 0) {
        this.#writePlain(this.#days.bytes, day, day + DAY_BYTES);
        return;
      }
    }
    this.#writeText(this.#numberText(bytes.toString('latin1', start, end), kind, sign));
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
    const isQuoted = this.#options.fields.write(this.#out, bytes, start, end, column === 0);
    this.#mayHaveBreaks ||= isQuoted;
    this.#last = column;
  }

  /** A field that has to be neither quoted nor looked at. */
  #writePlain(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    const column = this.#column;
    this.#delimit(column - Math.max(this.#last, 0));
    this.#out.add(bytes, start, end);
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
const IS_PLAIN = 1;
const IS_NOT = 2;

function hasUnderscore(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === 0x5f) return true;
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
