import { defineConfig } from 'vitest/config';

/** Node reads these certificates at each start, which takes as long as a small program. No test needs them. */
export const WITHOUT_CERTIFICATES = { NODE_EXTRA_CA_CERTS: '' };

/**
 * `npm test` runs unit and program tests and samples of heavier ones, in less than four minutes on two processors. What
 * takes longer or needs more has a configuration of its own: see the list in README.md.
 */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/unit/**/*.test.ts', 'test/program/**/*.test.ts', 'test/crash/**/*.test.ts'],
    env: WITHOUT_CERTIFICATES,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Many tests wait for programs that they have started: more files at once than there are processors.
    maxWorkers: 3,
    // A file takes the modules that another has loaded: importing them is a sixth of the time.
    isolate: false,
  },
});
