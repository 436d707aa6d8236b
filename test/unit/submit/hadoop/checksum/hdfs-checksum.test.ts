import { describe, expect, it } from 'vitest';
import { ByteSums, hdfsChecksumOf } from '../../../../../submit/hadoop/checksum/hdfs-checksum.js';
import { inChunks, patterned, sha256 } from '../../../../support/store-contract.js';

const MIB = 1024 ** 2;

/** Answers of a Hadoop 3.3.5 cluster to GETFILECHECKSUM for `patterned(size)` in blocks of 1 MiB. */
const ANSWERS: readonly (readonly [number, string])[] = [
  [0, 'MD5-of-0MD5-of-0CRC32:70bc8f4b72a86921468bf8e8441dce51'],
  [1, 'MD5-of-0MD5-of-512CRC32C:a8eeb0252cd95af352ea259a68c414e2'],
  [511, 'MD5-of-0MD5-of-512CRC32C:ee734b657f748f096218ab1bdffb4698'],
  [512, 'MD5-of-0MD5-of-512CRC32C:6501d7e215e56d056fd6f2b91d1faa4b'],
  [513, 'MD5-of-0MD5-of-512CRC32C:0524dc97f1bd62592f2412cbc6d3471a'],
  [1000, 'MD5-of-0MD5-of-512CRC32C:7184f27f2b2b0fd2d88a410683324fdd'],
  [MIB - 1, 'MD5-of-0MD5-of-512CRC32C:f1b0a4a7da4a3aa19742239f42d1c523'],
  [MIB, 'MD5-of-0MD5-of-512CRC32C:7e3bb448903f1efaa14b1e43a8619dba'],
  [MIB + 1, 'MD5-of-2048MD5-of-512CRC32C:ae6302c105fcd857bc0de5f5399f1df7'],
  [2 * MIB, 'MD5-of-2048MD5-of-512CRC32C:966a9162b4d78602461f67f8a4962e97'],
  [2 * MIB + 7, 'MD5-of-2048MD5-of-512CRC32C:bff251c75050ee48602a486a04e79d54'],
  [4 * MIB + 3, 'MD5-of-2048MD5-of-512CRC32C:8d9399d75e013083c8acd3da3d87366f'],
  [9 * MIB + 1, 'MD5-of-2048MD5-of-512CRC32C:153c03a0dbfc4b643ecfa6d7df81d49d'],
];

describe('the checksum of a file in HDFS', () => {
  for (const [size, answer] of ANSWERS) {
    it(`is what a cluster answers for ${size} bytes`, async () => {
      const sums = new ByteSums(MIB);
      const bytes = patterned(size);
      for (const chunk of inChunks(bytes, 64 * 1024)) sums.push(chunk);
      expect(sums.end()).toEqual({ sizeBytes: size, sha256: sha256(bytes), hdfsChecksum: answer });
    });
  }

  it('does not depend on how the bytes come in, nor on other files that are summed up at the same time', async () => {
    const bytes = patterned(MIB + 1);
    const expected = ANSWERS.find(([size]) => size === MIB + 1)?.[1];
    const all = [1, 7, 511, 512, 513, 100_000, MIB + 1].map(() => new ByteSums(MIB));
    const sources = [1, 7, 511, 512, 513, 100_000, MIB + 1].map((size) => inChunks(bytes, size));
    for (let isOpen = true; isOpen; ) {
      isOpen = false;
      for (const [index, source] of sources.entries()) {
        const { value, done } = source.next();
        if (done === true) continue;
        isOpen = true;
        all[index]?.push(value);
      }
    }
    expect(all.map((sums) => sums.end().hdfsChecksum)).toEqual(all.map(() => expected));
  });

  it('is read from the answer without the zero bytes that WebHDFS adds', () => {
    const answer = {
      algorithm: 'MD5-of-2048MD5-of-512CRC32C',
      bytes: '000002000000000000000800921394575b22909a0e3f288f09fdfaf500000000',
    };
    expect(hdfsChecksumOf(answer)).toBe('MD5-of-2048MD5-of-512CRC32C:921394575b22909a0e3f288f09fdfaf5');
  });

  it('refuses a block size that HDFS could not have', () => {
    expect(() => new ByteSums(1000)).toThrow(RangeError);
  });
});
