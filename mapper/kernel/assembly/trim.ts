import { copyBytes, isSpace } from './bytes';

/**
 * `trim`: removes ASCII white space. Returns 0 if the first or last character left is not ASCII, because it may be a
 * Unicode space.
 */
export function trim(from: usize, end: usize, out: usize): usize {
  let first = from;
  let last = end;
  while (first < last && isWhiteSpace(load<u8>(first))) first++;
  while (last > first && isWhiteSpace(load<u8>(last - 1))) last--;
  if (first < last && (load<u8>(first) > 0x7f || load<u8>(last - 1) > 0x7f)) return 0;
  return copyBytes(first, last, out);
}

/** Space, tab, vertical tab, form feed. The fields here contain no line ends. */
function isWhiteSpace(byte: u32): bool {
  return isSpace(byte) || byte === 0x0b || byte === 0x0c;
}
