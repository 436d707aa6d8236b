import { afterAll, beforeAll, describe } from 'vitest';
import type { YarnUnderTest } from './streaming-run.js';
import { describeAnswers } from './yarn/answers.js';
import type { FactsContext } from './yarn/context.js';
import { describeFailedJobs } from './yarn/failed-jobs.js';
import { describeGoodJob } from './yarn/good-job.js';
import { describeGzipJob } from './yarn/gzip-job.js';
import { describeKilledJob } from './yarn/killed-job.js';
import { describeReducerJob } from './yarn/reducer-job.js';
import { describeRefusals } from './yarn/refusals.js';

/**
 * What this project assumes about YARN, MapReduce and Hadoop Streaming 3.3, one test per observable fact. A real
 * cluster and test/fakes/yarn.mjs pass the same tests. Where they differ, the fake is wrong.
 */
export function describeYarnFacts(connect: () => Promise<YarnUnderTest>): void {
  describe('YARN and Hadoop Streaming', () => {
    let yarn: YarnUnderTest;
    const folder = `/tmp/hadoop-elt-yarn-facts-${process.pid}-${Date.now()}`;
    const context: FactsContext = { yarn: () => yarn, folder };
    beforeAll(async () => {
      yarn = await connect();
      await yarn.hdfs.makeDirectory(folder);
    });
    afterAll(async () => {
      await yarn.hdfs.remove(folder);
      await yarn.close();
    });
    describeRefusals(context);
    describeGoodJob(context);
    describeGzipJob(context);
    describeReducerJob(context);
    describeFailedJobs(context);
    describeKilledJob(context);
    describeAnswers(context);
  });
}
