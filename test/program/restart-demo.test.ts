import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { expect, it } from 'vitest';
import { readRecording } from '../demo/recording-svg.mjs';
import { findShown, RECORDING, RESTART_DEMO, shownLines } from '../support/restart-demo.js';
import { useWorkFolder } from '../support/work-folder.js';

const work = useWorkFolder();

it('needs the Docker cluster, and says how to start it', async () => {
  await work().write('bin/docker', '#!/bin/sh\necho "Cannot connect to the Docker daemon" >&2\nexit 1\n');
  const { exitCode, stdout, stderr } = await work().bash(
    `chmod +x bin/docker; PATH="$PWD/bin${delimiter}$PATH" node '${RESTART_DEMO}'`,
  );
  expect([exitCode, stdout]).toEqual([5, '']);
  expect(stderr).toMatch(
    /^The demo needs the Docker cluster, which is not ready\n.*Cannot connect.*\nStart it: npm run cluster:up\n$/s,
  );
});

it('is shown in the README by lines of its recording', () => {
  const shown = shownLines();
  expect(shown.length).toBeGreaterThan(20);
  expect(findShown(shown, readRecording(readFileSync(RECORDING, 'utf8')))).toHaveProperty('found');
});
