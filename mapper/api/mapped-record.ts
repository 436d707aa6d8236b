import { readableText } from '../records/byte-string.js';

/** The record that a user's function is called for: always its original fields, whatever other rules made of them. */
export class MappedRecord {
  /** The original fields. Byte strings. */
  readonly bytes: readonly string[];
  readonly #names: readonly string[] | null;
  #fields: readonly string[] | undefined;
  /** 1-based physical line on which the record starts, in what stdin gave. */
  readonly lineNumber: number;

  constructor(bytes: readonly string[], names: readonly string[] | null, lineNumber: number) {
    this.bytes = bytes;
    this.#names = names;
    this.lineNumber = lineNumber;
  }

  /** The original texts of all fields; a field that is not valid UTF-8 is read as Latin-1. */
  get fields(): readonly string[] {
    this.#fields ??= this.bytes.map(readableText);
    return this.#fields;
  }

  /**
   * The original text of a column, by name or 0-based index. Throws a RangeError where there is no such column.
   *
   * @example record.get('Country')
   */
  get(column: string | number): string {
    const index = typeof column === 'number' ? column : (this.#names?.indexOf(column) ?? -1);
    const bytes = this.bytes[index];
    if (bytes !== undefined) return readableText(bytes);
    const known =
      this.#names === null ? `${this.bytes.length} columns without names` : this.#names.join(', ');
    throw new RangeError(`There is no column ${JSON.stringify(column)} in this record; it has ${known}`);
  }
}
