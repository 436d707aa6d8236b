import { readableText } from '../../mapper/records/byte-string.js';
import { LineTooLong, SeparatorDiffers } from '../../mapper/records/scanner.js';
import { InvalidUtf16, isUtf16, type Utf16Label } from '../../mapper/records/utf16-decoder.js';
import { Failure, type InputFlaw } from '../errors.js';
import type { Compression, Store } from '../stores/store.js';

/** Bytes that `kindOf` looks at. */
const HEAD_BYTES = 4096;

/** What the first bytes of a file say of it. */
export type ContentKind = 'empty' | 'text' | Compression | InputFlaw;

/** Formats by their first bytes. `at` is where the bytes are. */
const SIGNATURES: readonly {
  readonly kind: InputFlaw | Compression;
  readonly at?: number;
  readonly bytes: string;
}[] = [
  // "BZh1" to "BZh9" may start a text; the magic number of the first block, or of the end, may not.
  { kind: 'bzip2', at: 4, bytes: '314159265359' },
  { kind: 'bzip2', at: 4, bytes: '177245385090' },
  { kind: 'xz', bytes: 'fd377a585a00' },
  { kind: 'zstd', bytes: '28b52ffd' },
  { kind: 'zip', bytes: '504b0304' },
  { kind: 'zip', bytes: '504b0506' },
  { kind: 'lz4', bytes: '04224d18' },
  { kind: 'lzop', bytes: '894c5a4f000d0a1a0a' },
  { kind: 'snappy', bytes: 'ff060000734e61507059' },
  { kind: 'compress', bytes: '1f9d' },
  { kind: '7z', bytes: '377abcaf271c' },
  { kind: 'rar', bytes: '526172211a07' },
  { kind: 'excel', bytes: 'd0cf11e0a1b11ae1' },
  { kind: 'parquet', bytes: '5041523115' },
  { kind: 'orc', bytes: '4f524308' },
  { kind: 'avro', bytes: '4f626a01' },
  { kind: 'sequence-file', bytes: '53455106' },
  { kind: 'utf-32', bytes: 'fffe0000' },
  { kind: 'utf-32', bytes: '0000feff' },
  { kind: 'utf-16le', bytes: 'fffe' },
  { kind: 'utf-16be', bytes: 'feff' },
];
const BZIP2 = 'BZh';
const MAGIC = SIGNATURES.map(({ kind, at = 0, bytes: hex }) => {
  const bytes = Buffer.from(hex, 'hex');
  return { kind, at, bytes, first: at === 0 ? bytes[0] : BZIP2.charCodeAt(0) };
});

/** Few texts start like one of the formats. */
const FIRST_BYTES = new Set(MAGIC.map(({ first }) => first));

/** What a file holds, by its first bytes: all of a short file, or at least the first few hundred. */
export function kindOf(head: Uint8Array): ContentKind {
  if (head.length === 0) return 'empty';
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, HEAD_BYTES));
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  const known = FIRST_BYTES.has(bytes[0])
    ? MAGIC.find(
        ({ at, bytes: magic, first }) =>
          bytes[0] === first && bytes.subarray(at, at + magic.length).equals(magic),
      )
    : undefined;
  if (known !== undefined && (known.kind !== 'bzip2' || bytes.subarray(0, 3).toString() === BZIP2)) {
    return known.kind;
  }
  return utf16LikelyIn(bytes) ?? 'text';
}

/**
 * UTF-16 without a byte order mark: one byte in ten or more is NUL, for delimiters and line ends are ASCII, and all of
 * them are at even places, or all at odd ones.
 */
function utf16LikelyIn(bytes: Buffer): Utf16Label | null {
  let even = 0;
  let odd = 0;
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1)) {
    if (at % 2 === 0) even++;
    else odd++;
  }
  if (Math.min(even, odd) > 0 || Math.max(even, odd) < Math.max(2, bytes.length / 10)) return null;
  return odd > 0 ? 'utf-16le' : 'utf-16be';
}

/** What a file of a store holds. Reads its first bytes only. */
export async function lookAtContent(store: Pick<Store, 'read'>, path: string): Promise<ContentKind> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(path, { end: HEAD_BYTES })) chunks.push(chunk);
  return kindOf(Buffer.concat(chunks));
}

/** What reading a file threw: for a line that is too long the failure of the file, otherwise the error itself. */
export function scanFailure(path: string, error: unknown, scheme = 'file'): unknown {
  if (error instanceof InvalidUtf16) {
    const { byteOffset } = error;
    return new Failure('input-unreadable', { path, scheme, flaw: 'invalid-utf-16', byteOffset });
  }
  if (error instanceof SeparatorDiffers) {
    const { separator, delimiter } = error;
    return new Failure('separator-differs', {
      path,
      separator: readableText(separator),
      delimiter: readableText(delimiter),
    });
  }
  if (!(error instanceof LineTooLong)) return error;
  const { lineNumber, maxBytes } = error;
  return new Failure('line-too-long', { path, lineNumber, maxBytes });
}

/** The failure for an input that can't be read. */
export function unreadable(path: string, scheme: string, flaw: InputFlaw): Failure<'input-unreadable'> {
  return new Failure('input-unreadable', { path, scheme, flaw });
}

/** Like `requireText`, but UTF-16 is text too. */
export function requireAnyText(kind: ContentKind, path: string, scheme: string): 'text' | Compression {
  return isUtf16(kind) ? 'text' : requireText(kind, path, scheme);
}

/** Whether the content is text that keeps ASCII; throws `input-unreadable` for anything but text, gzip and bzip2. */
export function requireText(kind: ContentKind, path: string, scheme: string): 'text' | Compression {
  if (kind === 'empty' || kind === 'text') return 'text';
  if (kind === 'gzip' || kind === 'bzip2') return kind;
  throw unreadable(path, scheme, kind);
}
