import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../../submit/run/ports.js';
import type { ProcessState } from '../../../../submit/state/processes.js';
import { factsOfRun } from '../../../../submit/state/run-facts.js';

const PROCESS = { host: 'h', pid: 7, bootId: 'b', pidNamespace: 'n', startTime: '1' };
const HEAD: JournalEntry = {
  entry: 'run',
  runId: 'r1',
  job: 'j',
  jobFile: '/j.yaml',
  engine: 'local',
  output: '/out',
  startedMs: 1000,
  process: PROCESS,
};
const ATTEMPT: JournalEntry = {
  entry: 'attempt',
  attempt: 2,
  startedMs: 5000,
  process: { ...PROCESS, pid: 8 },
};
const PUBLISH: JournalEntry = {
  entry: 'step',
  step: 'publish',
  startedMs: 6000,
  endedMs: 6001,
  output: { folder: '/out/batch=r1', rejects: null },
};
const stateOf = (entries: readonly JournalEntry[], seen: ProcessState = 'gone') =>
  factsOfRun(entries, { stateOf: () => seen })?.state;

describe('the facts of a run', () => {
  it.each(['running', 'unknown'] as const)(
    'say that a run without an end is %s as its process is',
    (seen) => {
      expect(stateOf([HEAD], seen)).toBe(seen);
    },
  );

  it('say that a run whose process is gone was killed, also when the next run wrote its end', () => {
    expect(stateOf([HEAD])).toBe('killed');
    expect(stateOf([HEAD, { entry: 'end', state: 'failed', failure: 'killed', endedMs: 9 }])).toBe('killed');
  });

  it('ask for the process of the last attempt', () => {
    const asked: number[] = [];
    const stateOfProcess = ({ pid }: { readonly pid: number }): ProcessState => {
      asked.push(pid);
      return 'running';
    };
    factsOfRun([HEAD, ATTEMPT], { stateOf: stateOfProcess });
    expect(asked).toEqual([8]);
  });

  it('know nothing of a process in a journal of 0.1', () => {
    const { process: _process, ...old } = HEAD as Extract<JournalEntry, { entry: 'run' }>;
    expect(stateOf([old], 'running')).toBe('unknown');
  });

  it('count a run as published from its commit point, whatever came then', () => {
    expect(stateOf([HEAD, PUBLISH])).toBe('published');
    expect(stateOf([HEAD, PUBLISH], 'running')).toBe('running');
  });

  it('leave out an end that a further attempt follows, and measure that attempt', () => {
    const failed: JournalEntry = {
      entry: 'end',
      state: 'failed',
      failure: 'store',
      endedMs: 3000,
      isKept: true,
    };
    expect(stateOf([HEAD, failed, ATTEMPT], 'running')).toBe('running');
    const end: JournalEntry = { entry: 'end', state: 'published', endedMs: 7000 };
    expect(factsOfRun([HEAD, failed, ATTEMPT, PUBLISH, end], { stateOf: () => 'gone' })).toMatchObject({
      state: 'published',
      durationMs: 2000,
      attempts: 2,
      isKept: false,
      batch: 'batch=r1',
    });
  });

  it('are none without a first entry', () => {
    expect(factsOfRun([PUBLISH], { stateOf: () => 'gone' })).toBeNull();
  });
});
