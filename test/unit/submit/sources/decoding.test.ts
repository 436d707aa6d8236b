import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { firstLinesOf } from '../../../../submit/sources/first-lines.js';
import { readHeader } from '../../../../submit/sources/read-header.js';
import type { Store } from '../../../../submit/stores/store.js';

const CUT_OFF = gzipSync(Buffer.from('a,b\n1,2\n')).subarray(0, 15);

describe('a gzip file that is cut off', () => {
  const store = {
    scheme: 'hdfs',
    async *read() {
      yield CUT_OFF;
    },
  } as unknown as Store;
  const options = { delimiter: ',', quotedLineBreaks: 'auto', maxRecordBytes: 1024 } as const;

  it.each([
    ['header', () => readHeader(store, '/in/a.csv.gz', options)],
    ['first lines', () => firstLinesOf(store, '/in/a.csv.gz', 5)],
  ])('is a failure of the store that it lies in: %s', async (_, read) => {
    await expect(read()).rejects.toMatchObject({
      code: 'store',
      details: { scheme: 'hdfs', problem: 'corrupt', path: '/in/a.csv.gz' },
    });
  });
});
