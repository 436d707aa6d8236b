import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { WITHOUT_CERTIFICATES } from '../vitest.config.js';

/**
 * `npm run test:heavy`: the tests of which `npm test` takes a part, with every case and full sizes. A test that asks
 * `isThorough` belongs into this list. Needs Python 3, with its own modules alone.
 */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: [
      'test/program/bounded-memory.test.ts',
      'test/program/commit-point.test.ts',
      'test/program/content-proof.test.ts',
      'test/program/csv-jobs-on-fakes.test.ts',
      'test/program/lease.test.ts',
      'test/program/lease-on-fakes.test.ts',
      'test/program/map-and-build.test.ts',
      'test/program/readers.test.ts',
      'test/program/resume.test.ts',
      'test/program/submit-on-fakes.test.ts',
      'test/unit/mapper/any-cut.test.ts',
      'test/unit/mapper/records/dialects-by-python.test.ts',
      'test/unit/submit/sinks/folder/folder-sink.test.ts',
    ],
    env: { ...WITHOUT_CERTIFICATES, HADOOP_ELT_TEST_ALL: '1', HADOOP_ELT_REQUIRE_PYTHON: '1' },
    maxWorkers: 2,
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
  },
});
