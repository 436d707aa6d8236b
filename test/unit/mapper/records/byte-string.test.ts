import { describe, expect, it } from 'vitest';
import { byteStringOfText, readableText, textOfByteString } from '../../../../mapper/records/byte-string.js';

describe('textOfByteString', () => {
  it('is the same for ASCII', () => {
    expect(textOfByteString('a\0~')).toBe('a\0~');
  });
  it('decodes UTF-8, and keeps a byte order mark', () => {
    expect(textOfByteString('\xc3\xa9\xef\xbb\xbf')).toBe('é\ufeff');
  });
  it('is null for Latin-1, cut sequences, overlong forms and surrogates', () => {
    for (const bytes of ['\xe9', 'a\xc3', '\xc0\x80', '\xed\xa0\x80', '\xf8\x88\x80\x80\x80']) {
      expect(textOfByteString(bytes)).toBe(null);
    }
  });
});

describe('byteStringOfText', () => {
  it('encodes as UTF-8, a lone surrogate as U+FFFD', () => {
    expect(byteStringOfText('aé')).toBe('a\xc3\xa9');
    expect(byteStringOfText('\ud800')).toBe('\xef\xbf\xbd');
  });
});

describe('readableText', () => {
  it('reads as Latin-1 what is not UTF-8', () => {
    expect(readableText('caf\xe9')).toBe('café');
    expect(readableText('caf\xc3\xa9')).toBe('café');
  });
});
