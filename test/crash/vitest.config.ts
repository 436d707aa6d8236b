import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { WITHOUT_CERTIFICATES } from '../vitest.config.js';

/** `npm run test:crash`: every crash point, or `CRASH_POINTS` of each mode and fault. `npm test` tries a sample. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/crash/**/*.test.ts'],
    env: { ...WITHOUT_CERTIFICATES, CRASH_POINTS: process.env.CRASH_POINTS ?? 'all' },
    maxWorkers: 2,
    testTimeout: 7_200_000,
    hookTimeout: 120_000,
  },
});
