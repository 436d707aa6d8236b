const LF = 0x0a;
const CR = 0x0d;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** The end of the line that starts at `from`, and the start of the next. Ends are LF, CRLF and lone CR (LineReader). */
function lineAt(bytes, from, nextCr) {
  const lf = bytes.indexOf(LF, from);
  if (nextCr !== -1 && (lf === -1 || nextCr < lf)) {
    return { end: nextCr, next: bytes[nextCr + 1] === LF ? nextCr + 2 : nextCr + 1 };
  }
  return lf === -1 ? { end: bytes.length, next: bytes.length } : { end: lf, next: lf + 1 };
}

/** Returns a function from an offset to the line there. It searches once per CR, not once per line. */
function lineFinder(bytes) {
  let cr = -2;
  return (from) => {
    if (cr !== -1 && cr < from) cr = bytes.indexOf(CR, from);
    return lineAt(bytes, from, cr);
  };
}

/** The lines of the bytes, without line ends. */
export function* linesOf(bytes) {
  const find = lineFinder(bytes);
  for (let position = 0; position < bytes.length; ) {
    const { end, next } = find(position);
    yield bytes.subarray(position, end);
    position = next;
  }
}

/**
 * The lines that a split of a file reads, without line ends (LineRecordReader, Hadoop 3.3). A split that does not start
 * the file skips to the next line. Each split also reads the line that starts right at its end. A byte order mark at
 * the file's start is not part of the first line.
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

/** The lines, each ended by LF, in pieces of the size of the streaming jar's buffer for the mapper (PipeMapRed). */
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
