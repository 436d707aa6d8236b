import { dateText } from './serial-date.js';

/** Bytes of the text of a day: `2024-02-29`. */
export const DAY_BYTES = 10;
/** Later days than these, of the year 2079, are written anew each time. */
const MAX_DAYS = 65_536;

/** The texts of the days that a sheet has had: columns of dates have few days, and to write one takes long. */
export class KnownDays {
  readonly #is1904: boolean;
  /** All texts, one after the other. */
  bytes: Uint8Array = new Uint8Array(0);

  constructor(is1904: boolean) {
    this.#is1904 = is1904;
  }

  /** Where the text of a whole number in a cell that shows a day stands in `bytes`; -1 if it is not kept there. */
  placeOf(serial: number): number {
    if (serial >= MAX_DAYS) return -1;
    if (this.bytes.length === 0) this.bytes = new Uint8Array(MAX_DAYS * DAY_BYTES);
    const place = serial * DAY_BYTES;
    if (this.bytes[place] !== 0) return place;
    const text = dateText(serial, 'date', this.#is1904);
    if (text?.length !== DAY_BYTES) return -1;
    this.bytes.set(Buffer.from(text), place);
    return place;
  }
}
