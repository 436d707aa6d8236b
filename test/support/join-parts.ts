const LF = 0x0a;

/**
 * The bytes of parts, joined as one file: where each part starts with the same line, the header, it stays only in the first.
 * That line must have no line break in quotes.
 */
export function joinParts(parts: readonly Buffer[]): Buffer {
  const [first, ...others] = parts;
  const header = first?.subarray(0, first.indexOf(LF) + 1);
  if (first === undefined || header === undefined || header.length === 0) return Buffer.concat(parts);
  const haveHeader = others.every((part) => part.subarray(0, header.length).equals(header));
  return Buffer.concat([first, ...others.map((part) => (haveHeader ? part.subarray(header.length) : part))]);
}
