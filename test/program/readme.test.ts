import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clone, expectAsShown, NOT_RUN, needsCluster, readTranscripts } from '../support/readme.js';
import { WorkFolder } from '../support/work-folder.js';

describe('the commands of the README, in order', () => {
  let folder: WorkFolder;
  let clone: Clone;
  beforeAll(() => {
    folder = new WorkFolder();
    clone = new Clone(folder);
  });
  afterAll(() => rmSync(folder.path, { recursive: true }));

  for (const transcript of readTranscripts().filter((one) => !needsCluster(one))) {
    it(`print what it shows: line ${transcript.lineNumber}`, async () => {
      await expectAsShown(clone, transcript, true);
    });
  }
});

describe('the commands of the README that no test runs', () => {
  const commands = readTranscripts()
    .map((one) => one.commands)
    .join('\n');
  for (const [words, why] of Object.entries(NOT_RUN)) {
    it(`npm ${words}: ${why}`, () => expect(commands).toContain(`npm ${words}`));
  }
});
