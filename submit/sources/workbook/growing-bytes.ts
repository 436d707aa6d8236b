/** Bytes that are added at the end of a buffer, which grows as it must. */
export class GrowingBytes {
  buffer: Buffer;
  length = 0;

  constructor(sizeBytes: number) {
    this.buffer = Buffer.allocUnsafe(sizeBytes);
  }

  /** Makes room for this many more bytes. */
  reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.buffer.length));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }

  addByte(byte: number): void {
    if (this.length === this.buffer.length) this.reserve(1);
    this.buffer[this.length++] = byte;
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    const count = end - start;
    this.reserve(count);
    if (count > 48) this.buffer.set(bytes.subarray(start, end), this.length);
    // Most fields are short: a call would take longer than the bytes.
    else for (let at = 0; at < count; at++) this.buffer[this.length + at] = bytes[start + at] as number;
    this.length += count;
  }

  addText(text: string): void {
    this.reserve(3 * text.length);
    if (text.length <= 48) {
      // Short ones are ASCII, as a rule: a call would take longer.
      const { buffer, length } = this;
      let at = 0;
      for (; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (code > 0x7f) break;
        buffer[length + at] = code;
      }
      if (at === text.length) {
        this.length += at;
        return;
      }
    }
    this.length += this.buffer.write(text, this.length, 'utf8');
  }
}
