const LF = 0x0a;
const CR = 0x0d;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Where a line that starts at `from` ends, and where the next starts: LF, CRLF and a lone CR end one (LineReader). */
function lineAt(bytes, from, nextCr) {
  const lf = bytes.indexOf(LF, from);
  if (nextCr !== -1 && (lf === -1 || nextCr < lf)) {
    return { end: nextCr, next: bytes[nextCr + 1] === LF ? nextCr + 2 : nextCr + 1 };
  }
  return lf === -1 ? { end: bytes.length, next: bytes.length } : { end: lf, next: lf + 1 };
}

/** From an offset to the line there; searches once for each CR, not for each line. */
function lineFinder(bytes) {
  let cr = -2;
  return (from) => {
    if (cr !== -1 && cr < from) cr = bytes.indexOf(CR, from);
    return lineAt(bytes, from, cr);
  };
}

/** The lines of some bytes, without their ends. */
export function* linesOf(bytes) {
  const find = lineFinder(bytes);
  for (let position = 0; position < bytes.length; ) {
    const { end, next } = find(position);
    yield bytes.subarray(position, end);
    position = next;
  }
}

/**
 * The lines of a file that a split of it reads, without their ends (LineRecordReader, Hadoop 3.3): a split that does
 * not start the file skips to the next line, and each reads the line that starts right at its end. A byte order mark
 * at the file's start is no part of the first line.
 */
export function* linesOfSplit(bytes, start = 0, length = bytes.length) {
  const find = lineFinder(bytes);
  let position = start === 0 ? 0 : find(start).next;
  while (position <= start + length && position < bytes.length) {
    const { end, next } = find(position);
    const text = bytes.subarray(position, end);
    yield position === 0 && text.subarray(0, 3).equals(BOM) ? text.subarray(3) : text;
    position = next;
  }
}

const END = Buffer.from('\n');

/** Lines, each ended by LF, in pieces of the size that the streaming jar buffers for the mapper (PipeMapRed). */
export function* piecesOf(lines, onLine, pieceBytes = 128 * 1024) {
  let parts = [];
  let size = 0;
  for (const line of lines) {
    onLine();
    parts.push(line, END);
    size += line.length + 1;
    if (size < pieceBytes) continue;
    yield { bytes: Buffer.concat(parts), isLast: false };
    parts = [];
    size = 0;
  }
  yield { bytes: Buffer.concat(parts), isLast: true };
}
