import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { WITHOUT_CERTIFICATES } from '../vitest.config.js';

/**
 * `npm run test:airflow`: DAGs in a real Airflow 3.3, on the local engine and on the fakes. HADOOP_ELT_TEST_AIRFLOW is its
 * program, such as `venv/bin/airflow`; by default the one on the PATH. With HADOOP_ELT_TEST_CLUSTER, a cluster file, DAGs run there too.
 */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/airflow/**/*.test.ts'],
    env: WITHOUT_CERTIFICATES,
    maxWorkers: 1,
    testTimeout: 900_000,
    hookTimeout: 300_000,
  },
});
