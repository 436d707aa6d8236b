import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidUtf16, Utf16Decoder, type Utf16Label } from '../../../../mapper/records/utf16-decoder.js';

/** Decodes the bytes in chunks that end at the cuts. */
function decode(label: Utf16Label, bytes: Uint8Array, cuts: readonly number[]): string {
  const decoder = new Utf16Decoder(label);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort(
    (one, other) => one - other,
  );
  let from = 0;
  const decoded = ends.map((end) => {
    const chunk = Uint8Array.from(bytes.subarray(from, end));
    from = end;
    const text = Uint8Array.from(decoder.push(chunk));
    // The chunk may be reused.
    chunk.fill(0xff);
    return text;
  });
  return Buffer.concat([...decoded, decoder.end()]).toString('utf8');
}

/** What Node's own decoder says; null if the bytes are not valid. */
function witness(label: Utf16Label, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Bytes in which surrogates are frequent. */
const bytesOf = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0xd7fe, max: 0xe001 }),
      fc.constantFrom(0xd83d, 0xde00, 0x0a, 0xfeff),
      fc.integer({ min: 0, max: 0xffff }),
    ),
    { maxLength: 12 },
  )
  .chain((units) => fc.boolean().map((isOdd) => ({ units, isOdd })));

describe('the decoder of UTF-16', () => {
  it.each<Utf16Label>(['utf-16le', 'utf-16be'])('gives what TextDecoder gives, at any cut: %s', (label) => {
    let invalid = 0;
    fc.assert(
      fc.property(bytesOf, fc.array(fc.nat(), { maxLength: 6 }), ({ units, isOdd }, cuts) => {
        const whole = Buffer.from(Uint16Array.from(units).buffer);
        if (label === 'utf-16be') whole.swap16();
        const bytes = isOdd ? whole.subarray(0, -1) : whole;
        const expected = witness(label, bytes);
        if (expected !== null) {
          expect(decode(label, bytes, cuts)).toBe(expected);
          return;
        }
        invalid += 1;
        const error = errorOf(() => decode(label, bytes, cuts));
        expect(error).toBeInstanceOf(InvalidUtf16);
        const { byteOffset } = error as InvalidUtf16;
        // All before it is valid, and the character there is not.
        expect(witness(label, bytes.subarray(0, byteOffset))).not.toBe(null);
        expect(byteOffset % 2).toBe(0);
        expect(witness(label, bytes.subarray(0, byteOffset + 4))).toBe(null);
      }),
      { numRuns: 3000 },
    );
    expect(invalid).toBeGreaterThan(300);
  });
});

function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return null;
}
