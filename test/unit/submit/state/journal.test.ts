import { appendFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { realMachine } from '../../../../submit/cli/connections.js';
import { createJournals } from '../../../../submit/state/journal.js';
import { nodeFileSystem } from '../../../../submit/stores/local/node-file-system.js';
import { watchedMachine } from '../../../support/watched-machine.js';
import { useWorkFolder } from '../../../support/work-folder.js';

const HEAD = { runId: 'r1', job: 'j', jobFile: '/j.yaml', engine: 'local', output: '/out', startedMs: 1 };

describe('a journal', () => {
  const work = useWorkFolder();
  const journals = () => createJournals(nodeFileSystem, work().at('state'));

  it('is read back as it was written', async () => {
    const journal = await journals().open(HEAD);
    const step = { step: 'scan', startedMs: 2, endedMs: 3, output: { records: 7 } };
    expect(await journal.recordStep(step)).toEqual({ records: 7 });
    await journal.end({ state: 'published', endedMs: 4 });
    expect(await journals().read('r1')).toEqual([
      { entry: 'run', ...HEAD },
      { entry: 'step', ...step },
      { entry: 'end', state: 'published', endedMs: 4 },
    ]);
  });

  it('gives a step back what can be read from it, and nothing else', async () => {
    const journal = await journals().open(HEAD);
    const output: { kept: number; dropped?: () => number } = { kept: 1, dropped: () => 2 };
    const recorded = await journal.recordStep({ step: 'scan', startedMs: 2, endedMs: 3, output });
    expect(recorded).toEqual({ kept: 1 });
    expect('dropped' in recorded).toBe(false);
  });

  it('leaves out the line that a kill has cut off, and takes an end after it', async () => {
    const journal = await journals().open(HEAD);
    await journal.recordStep({ step: 'scan', startedMs: 2, endedMs: 3, output: null });
    await appendFile(work().at('state/runs/r1/journal.jsonl'), '{"entry":"step","st');
    expect((await journals().read('r1')).map(({ entry }) => entry)).toEqual(['run', 'step']);
    await journals().close('r1', { state: 'failed', failure: 'killed', endedMs: 9 });
    expect((await journals().read('r1')).map(({ entry }) => entry)).toEqual(['run', 'step', 'end']);
  });

  it('keeps what is written after a line that a full disk cut off', async () => {
    let isFull = false;
    const files = watchedMachine(realMachine, {
      before({ name, arguments: [bytes] }) {
        if (!isFull || name !== 'file.write') return;
        appendFileSync(work().at('state/runs/r1/journal.jsonl'), (bytes as Buffer).subarray(0, 9));
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      },
    }).files;
    const journal = await createJournals(files, work().at('state')).open(HEAD);
    isFull = true;
    const step = { step: 'publish', startedMs: 2, endedMs: 3, output: null };
    await expect(journal.recordStep(step)).rejects.toThrow();
    isFull = false;
    await journal.end({ state: 'published', endedMs: 4 });
    expect((await journals().read('r1')).map(({ entry }) => entry)).toEqual(['run', 'end']);
  });

  it('is empty for a run that nobody knows', async () => {
    expect(await journals().read('nobody')).toEqual([]);
  });
});
