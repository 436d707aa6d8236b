/**
 * The rows of a sheet, by the lines of the CSV text that its cells were written to. Blank rows are no lines, and a record
 * with line breaks has several: only where the two drift apart is anything kept. As text it is base64 of pairs of numbers
 * (LEB128): how many lines come after the last such place, and by how much more, or less, a row is ahead of its line from
 * there on (zigzag).
 */
export class SheetRows {
  readonly #lines: number[] = [];
  /** How far rows are ahead of their lines, from the line at the same index on. */
  readonly #ahead: number[] = [];

  constructor(text: string) {
    const bytes = Buffer.from(text, 'base64');
    let at = 0;
    const next = (): number => {
      let value = 0;
      for (let unit = 1; ; unit *= 128) {
        const byte = bytes[at++] ?? 0;
        value += (byte & 127) * unit;
        if (byte < 128) return value;
      }
    };
    for (let line = 0, ahead = 0; at < bytes.length; ) {
      line += next();
      const change = next();
      ahead += change % 2 === 0 ? change / 2 : -(change + 1) / 2;
      this.#lines.push(line);
      this.#ahead.push(ahead);
    }
  }

  /** The row, from 1, of the record that starts on a line, from 1. */
  rowOf(line: number): number {
    let low = 0;
    let high = this.#lines.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#lines[middle] as number) <= line) low = middle + 1;
      else high = middle;
    }
    return line + (this.#ahead[low - 1] ?? 0);
  }
}
