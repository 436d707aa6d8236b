import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../../submit/run/ports.js';
import { detailsOfRun } from '../../../../submit/state/run-details.js';
import { countsOf } from '../../../../submit/state/run-facts.js';

const step = (name: string, output: unknown): JournalEntry => ({
  ...{ entry: 'step', step: name, startedMs: 1, endedMs: 2 },
  output,
});
const item = (path: string) => ({ path, sizeBytes: 4, lines: 2, records: 1 });
const SCAN = step('scan', { items: ['/1', '/2', '/3', '/4'].map(item), left: [] });
const UPLOAD = step('upload', []);
const REFUSED = {
  code: 'database',
  details: { problem: 'refused', uri: 'postgresql://h/d#t', cause: 'no', hint: null },
} as unknown as Extract<JournalEntry, { entry: 'input'; state: 'failed' }>['failure'];
const INPUTS: JournalEntry = { entry: 'inputs', paths: ['/2', '/3', '/4'], commitsEach: true };
const COMPLETED: JournalEntry = { entry: 'input', path: '/2', state: 'completed' };
const FAILED: JournalEntry = { entry: 'input', path: '/3', state: 'failed', failure: REFUSED };
const statesOf = (...entries: JournalEntry[]) =>
  detailsOfRun(entries).inputs.map(({ path, state }) => `${path} ${state}`);

describe('the inputs of a run', () => {
  it('are as far as the run came with them', () => {
    expect(statesOf(SCAN)[0]).toBe('/1 scanned');
    expect(statesOf(SCAN, UPLOAD)[0]).toBe('/1 uploaded');
    const published = step('publish', { folder: '/out', manifest: { inputs: [item('/1')] } });
    expect(statesOf(SCAN, UPLOAD, published)).toEqual(['/1 published']);
  });

  it('are completed, failed or pending where they are brought into a table, without those that it has', () => {
    expect(statesOf(SCAN, INPUTS, UPLOAD)).toEqual(['/2 pending', '/3 pending', '/4 pending']);
    const entries = [SCAN, INPUTS, UPLOAD, COMPLETED, FAILED];
    expect(statesOf(...entries)).toEqual(['/2 completed', '/3 failed', '/4 pending']);
    expect(detailsOfRun(entries).inputs.map(({ failure }) => failure?.code ?? null)).toEqual([
      null,
      'database',
      null,
    ]);
  });

  it('are completed at once where one transaction has all of them', () => {
    const manifest = { inputs: ['/2', '/3', '/4'].map(item) };
    const published = step('publish', { folder: '/staging/records', load: {}, manifest });
    expect(statesOf(SCAN, INPUTS, published)).toEqual(['/2 completed', '/3 completed', '/4 completed']);
  });
});

describe('a run that commits one input after the other', () => {
  const ran = (part: string, recordsRead: number) => [
    step('run', {
      records: {
        job: {
          tasks: [{ part, split: '/in:0+1', times: { startedMs: 1, endedMs: 2 } }],
          counts: { recordsRead, invalid: {} },
        },
      },
    }),
    step('verify', { parts: [{ name: part, sizeBytes: 1, lines: 1, sha256: 'f' }] }),
  ];

  it('has the tasks, parts and records of all of them', () => {
    const counts = { recordsRead: 7, invalid: {} };
    const published = step('publish', { folder: '/s', load: {}, manifest: { inputs: [], counts } });
    const entries = [INPUTS, ...ran('a', 3), COMPLETED, ...ran('b', 4), FAILED, published];
    const { tasks, partFiles } = detailsOfRun(entries);
    expect(tasks.map(({ part }) => part)).toEqual(['a', 'b']);
    expect(partFiles.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(countsOf(entries)?.recordsRead).toBe(7);
    // Of other runs the last try counts.
    expect(detailsOfRun([...ran('a', 3), ...ran('b', 4)]).tasks).toHaveLength(1);
  });
});
