import { describe, expect, it } from 'vitest';
import { openDecoder } from '../../../../mapper/records/decoder.js';
import { encodingOf } from '../../../../submit/job/encodings.js';

function decode(label: string, bytes: readonly number[], chunkBytes: number, mayHaveMark = false): string {
  const encoding = encodingOf(label);
  if (encoding === null) throw new Error(`${label} is no encoding`);
  const decoder = openDecoder(encoding, mayHaveMark);
  const decoded: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    decoded.push(Uint8Array.from(decoder.push(Uint8Array.from(bytes.slice(at, at + chunkBytes)))));
  }
  decoded.push(decoder.end());
  return Buffer.concat(decoded).toString('utf8');
}

describe('a decoder', () => {
  for (const chunkBytes of [1, 2, 3, 100]) {
    it(`makes UTF-8 of bytes in chunks of ${chunkBytes}`, () => {
      expect(decode('windows-1252', [0x61, 0x80, 0xe9, 0x0a, 0x62], chunkBytes)).toBe('a€é\nb');
      expect(decode('iso-8859-15', [0xa4, 0x61], chunkBytes)).toBe('€a');
      expect(decode('ibm866', [0x80, 0x9f], chunkBytes)).toBe('АЯ');
      expect(decode('shift_jis', [0x83, 0x5c, 0x2c, 0x93, 0xfa], chunkBytes)).toBe('ソ,日');
      expect(decode('gb18030', [0xc4, 0xe3, 0x0a, 0x81, 0x30, 0x81, 0x30], chunkBytes)).toBe('你\n\u0080');
      expect(decode('utf-16le', [0x61, 0, 0x0a, 0, 0xac, 0x20], chunkBytes)).toBe('a\n€');
    });
    it(`gives way to a byte order mark in chunks of ${chunkBytes}`, () => {
      const marked = [0xef, 0xbb, 0xbf, 0xc3, 0xa9];
      expect(decode('windows-1252', marked, chunkBytes, true)).toBe('\ufeffé');
      expect(decode('windows-1252', marked, chunkBytes, false)).toBe('ï»¿Ã©');
      expect(decode('windows-1252', [0xff, 0xfe, 0x61, 0], chunkBytes, true)).toBe('\ufeffa');
      expect(decode('utf-16le', [0xfe, 0xff, 0, 0x61], chunkBytes, true)).toBe('\ufeffa');
      expect(decode('windows-1252', [0xe9], chunkBytes, true)).toBe('é');
      expect(decode('windows-1252', [], chunkBytes, true)).toBe('');
    });
  }
});
