import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atPlace, fromHalves, halvesOf, NO_DIGEST, sumOfDigests } from '../../../../mapper/digest/digest.js';
import { bufferForDigests, countLineEnds, openDigests } from '../../../../mapper/digest/digests.js';
import { COPY_BYTES, instantiateKernel } from '../../../../mapper/kernel/instantiate.js';
import { countLineFeeds } from '../../../../mapper/records/framer.js';

const plainly = () => openDigests(null);
const lineDigest = (lines: Uint8Array, digests = openDigests()) => {
  digests.lines.add(lines);
  return digests.lines.value;
};
const byteDigest = (pieces: readonly Uint8Array[], digests = openDigests()) => {
  for (const piece of pieces) digests.bytes.add(piece);
  return digests.bytes.end();
};
const text = (content: string) => Buffer.from(content, 'latin1');

/** Lengths around stripes, around the bytes that share keys, and around the bytes that are copied at once. */
const lengths = fc.oneof(
  fc.nat(200),
  ...[32, 1024, 2048, COPY_BYTES, 2 * COPY_BYTES].map((size) =>
    fc.integer({ min: size - 34, max: size + 34 }),
  ),
);
const bytesOf = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, at) => ((at * 167 + seed * 31) ^ (at >> 3)) & 0xff);
const withoutLineEnds = (bytes: Uint8Array) => bytes.map((byte) => (byte === 0x0a ? 0x0b : byte));

describe('the digest of lines', () => {
  it('is that of the definition, for lines of any length', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(lengths, fc.nat(255)), { maxLength: 6 }), (lines) => {
        const all = Buffer.concat(
          lines.flatMap(([length, seed]) => [withoutLineEnds(bytesOf(length, seed)), text('\n')]),
        );
        expect(lineDigest(all)).toBe(lineDigest(all, plainly()));
      }),
      { numRuns: 60 },
    );
  });

  it('is that of the definition for all short lines, whatever follows them', () => {
    for (let length = 0; length < 70; length++) {
      const line = Buffer.concat([withoutLineEnds(bytesOf(length, 7)), text('\n')]);
      const digests = openDigests();
      // What was copied before lies behind the line in the memory.
      digests.lines.add(Buffer.concat([Buffer.alloc(200, 0xff), text('\n')]));
      const before = digests.lines.value;
      digests.lines.add(line);
      expect(digests.lines.value, String(length)).toBe(sumOfDigests([before, lineDigest(line, plainly())]));
    }
  });

  it('does not depend on the order of lines, nor on where they are cut', () => {
    const [one, two, three] = [text('a,1\n'), text('\n'), text(`${'x'.repeat(1500)}\n`)];
    const all = lineDigest(Buffer.concat([one, two, three]));
    expect(lineDigest(Buffer.concat([three, one, two]))).toBe(all);
    expect(sumOfDigests([lineDigest(Buffer.concat([one, two])), lineDigest(three)])).toBe(all);
  });

  it('changes with every byte, with each line lost or doubled, and with where a line ends', () => {
    const lines = Buffer.from('oslo,1.25\n\nrome,1.50\nbonn,1.25\n');
    const variants = [
      lines,
      ...[...lines.keys()].map((at) => {
        const changed = Buffer.from(lines);
        changed[at] = changed[at] === 0x0a ? 0x2c : 0x30;
        return changed.at(-1) === 0x0a ? changed : Buffer.concat([changed, text('\n')]);
      }),
      lines.subarray(10),
      Buffer.concat([lines, text('\n')]),
      Buffer.concat([lines, lines.subarray(0, 10)]),
      Buffer.from('oslo,1.25\n\nrome,1.2\n5bonn,1.50\n'),
      Buffer.from('oslo,1.50\n\nrome,1.25\nbonn,1.25\n').fill('olso', 0, 4),
    ];
    const distinct = new Set(variants.map((variant) => variant.toString('latin1')));
    expect(new Set(variants.map((variant) => lineDigest(variant))).size).toBe(distinct.size);
  });

  it('starts anew once it is taken', () => {
    const lines = [text('1\n'), text('2\n'.repeat(COPY_BYTES)), text('1\n'), text('')];
    for (const { lines: digest } of [openDigests(), plainly()]) {
      const other = openDigests().lines;
      const taken = lines.map((one) => {
        digest.add(one);
        other.add(text('x\n'));
        return digest.take();
      });
      expect(taken).toEqual(lines.map((one) => lineDigest(one)));
      expect(digest.value).toBe(NO_DIGEST);
      expect(other.value).toBe(lineDigest(text('x\n'.repeat(lines.length))));
    }
  });

  it('of no line is zero, and an empty line counts', () => {
    expect(lineDigest(text(''))).toBe(NO_DIGEST);
    expect(lineDigest(text('\n'))).not.toBe(NO_DIGEST);
    expect(lineDigest(text('\n\n'))).not.toBe(lineDigest(text('\n')));
  });
});

describe('the digest of bytes', () => {
  it('is that of the definition, in pieces of any size', () => {
    fc.assert(
      fc.property(lengths, fc.array(fc.nat(COPY_BYTES * 2), { maxLength: 8 }), (length, cuts) => {
        const bytes = bytesOf(length, 3);
        const places = [0, ...cuts.filter((cut) => cut < length).sort((a, b) => a - b), length];
        const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(byteDigest(pieces)).toBe(byteDigest([bytes], plainly()));
        expect(byteDigest(pieces, plainly())).toBe(byteDigest([bytes], plainly()));
      }),
      { numRuns: 60 },
    );
  });

  it('is the same at every cut', () => {
    const bytes = bytesOf(140, 5);
    const whole = byteDigest([bytes], plainly());
    for (let cut = 0; cut <= bytes.length; cut++) {
      for (const second of [cut, Math.min(cut + 1, 140), Math.min(cut + 33, 140)]) {
        const pieces = [bytes.subarray(0, cut), bytes.subarray(cut, second), bytes.subarray(second)];
        expect(byteDigest(pieces), `${cut}, ${second}`).toBe(whole);
      }
    }
  });

  it('reads bytes in the memory of the kernel in place', () => {
    const kernel = instantiateKernel();
    if (kernel === null) throw new Error('This machine has no kernel');
    const start = kernel.memory.buffer.byteLength;
    kernel.memory.grow(2);
    const bytes = Buffer.from(kernel.memory.buffer, start, 70_000);
    bytes.set(bytesOf(bytes.length, 9));
    expect(byteDigest([bytes.subarray(5, 3000), bytes.subarray(3000)], openDigests(kernel))).toBe(
      byteDigest([Uint8Array.from(bytes.subarray(5))], plainly()),
    );
  });

  it('changes when bytes are swapped, wherever they are', () => {
    const rows = Array.from({ length: 400 }, (_, row) => `row ${String(row).padStart(6, '0')}\n`);
    const digest = (all: readonly string[]) => byteDigest([Buffer.from(all.join(''))]);
    const swapped = (one: number, other: number) =>
      rows.map((row, index) => rows[index === one ? other : index === other ? one : index] ?? row);
    const seen = new Set([digest(rows)]);
    for (const distance of [1, 2, 32, 64, 93, 128, 256, 384]) seen.add(digest(swapped(3, 3 + distance)));
    expect(seen.size).toBe(9);
  });

  it('is taken of several at the same time, in one memory', () => {
    const [one, two] = [openDigests(), openDigests()];
    const [first, second] = [bytesOf(5000, 1), bytesOf(5000, 2)];
    for (let at = 0; at < 5000; at += 777) {
      one.bytes.add(first.subarray(at, at + 777));
      two.bytes.add(second.subarray(at, at + 777));
      one.lines.add(text(`${at}\n`));
      openDigests().bytes.add(first.subarray(0, at));
    }
    const plain = plainly();
    for (let at = 0; at < 5000; at += 777) plain.lines.add(text(`${at}\n`));
    expect([one.bytes.end(), two.bytes.end(), one.lines.value, two.lines.value]).toEqual([
      byteDigest([first], plainly()),
      byteDigest([second], plainly()),
      plain.lines.value,
      NO_DIGEST,
    ]);
  });

  it('changes when zeros are added', () => {
    const digests = [0, 1, 31, 32, 33, 1024].map((zeros) => byteDigest([text('a'), Buffer.alloc(zeros)]));
    expect(new Set(digests).size).toBe(6);
  });
});

describe('digests', () => {
  it('are added by halves as they are added whole', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 50 }), (values) => {
        const digests = values.map((value) => value.toString(16).padStart(16, '0'));
        const halves = digests.map(halvesOf);
        const sum = (all: readonly number[]) => all.reduce((total, half) => total + half, 0);
        expect(
          fromHalves({ high: sum(halves.map(({ high }) => high)), low: sum(halves.map(({ low }) => low)) }),
        ).toBe(sumOfDigests(digests));
      }),
    );
  });

  it('differ when two parts change places, or an empty one is lost', () => {
    const [one, two, empty] = [byteDigest([text('a\n')]), byteDigest([text('b\n')]), byteDigest([])];
    const all = sumOfDigests([atPlace(one, 0), atPlace(two, 1), atPlace(empty, 2)]);
    expect(sumOfDigests([atPlace(two, 0), atPlace(one, 1), atPlace(empty, 2)])).not.toBe(all);
    expect(sumOfDigests([atPlace(one, 0), atPlace(two, 1)])).not.toBe(all);
  });
});

describe('line ends', () => {
  it('are counted the same where digests read in place and elsewhere, at each place and length', () => {
    const room = bufferForDigests(200);
    room.set(bytesOf(200, 3).map((byte) => (byte % 3 === 0 ? 0x0a : byte)));
    for (let from = 0; from < 64; from++) {
      for (let to = from; to <= 200; to++) {
        const bytes = room.subarray(from, to);
        expect(countLineEnds(bytes)).toBe(countLineFeeds(bytes));
      }
    }
    expect(countLineEnds(Buffer.from('a\n\nb\n'))).toBe(3);
    expect(countLineFeeds(room)).toBeGreaterThan(20);
  });
});
