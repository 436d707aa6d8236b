import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 1024 * 1024;

/** The first line that differs, from both files; null if the files have the same bytes. */
export function firstDifference(path, expectedPath) {
  const files = [openSync(path, 'r'), openSync(expectedPath, 'r')];
  try {
    const chunks = files.map(() => Buffer.alloc(CHUNK_BYTES));
    for (let at = 0, lineNumber = 1; ; at += CHUNK_BYTES) {
      const [found, expected] = chunks.map((chunk, i) => chunk.subarray(0, fill(files[i], chunk, at)));
      if (!found.equals(expected)) {
        let differs = 0;
        while (found[differs] === expected[differs]) differs++;
        const lineStart = found.lastIndexOf(0x0a, differs - 1) + 1;
        for (const byte of found.subarray(0, differs)) if (byte === 0x0a) lineNumber++;
        return { lineNumber, found: lineAt(found, lineStart), expected: lineAt(expected, lineStart) };
      }
      if (found.length === 0) return null;
      for (const byte of found) if (byte === 0x0a) lineNumber++;
    }
  } finally {
    files.forEach(closeSync);
  }
}

function fill(file, chunk, position) {
  let length = 0;
  for (let count = -1; count !== 0 && length < chunk.length; length += count) {
    count = readSync(file, chunk, length, chunk.length - length, position + length);
  }
  return length;
}

function lineAt(bytes, start) {
  const end = bytes.indexOf(0x0a, start);
  return bytes.toString('utf8', start, Math.min(end < 0 ? bytes.length : end, start + 300));
}
