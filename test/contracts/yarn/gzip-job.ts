import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readAll } from '../../support/store-contract.js';
import { type FactsContext, runJob, writeInput } from './context.js';

/** Facts about compressed input and output, special characters in names, and output of keys and values. */
export function describeGzipJob(context: FactsContext): void {
  describe('a job of one gzip file whose mapper stops early', () => {
    const at = (name: string) => `${context.folder}/gzip/${name}`;

    it('succeeds while its input is small; lines without a tab get one, and gzip comes out on request', async () => {
      await writeInput(context, 'gzip/in, [1].csv.gz', gzipSync('a,b\nc\td\nleft alone\n'));
      const run = await runJob(
        context,
        {
          'mapreduce.output.fileoutputformat.compress': 'true',
          'mapreduce.output.fileoutputformat.compress.codec': 'org.apache.hadoop.io.compress.GzipCodec',
        },
        ['-mapper', 'head -n2', '-input', at('in{\\,} \\[1\\].csv.gz'), '-output', at('out')],
      );
      expect(run.exitCode).toBe(0);
      const names = (await context.yarn().hdfs.list(at('out'))).map(({ name }) => name);
      expect(names).toEqual(['_SUCCESS', 'part-00000.gz']);
      const part = await readAll(context.yarn().hdfs, at('out/part-00000.gz'));
      expect(gunzipSync(part).toString()).toBe('a,b\t\nc\td\n');
    });
  });
}
