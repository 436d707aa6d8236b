import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../support/in-process.js';
import { quickMachine } from '../support/quick-machine.js';
import { type Watcher, watchedMachine } from '../support/watched-machine.js';
import { useWorkFolder } from '../support/work-folder.js';

const JOB = `name: unended
input: { files: in/*.csv }
columns: { Name: upper }
output: { path: out }
`;

describe('a run that published, and then could not write its journal', () => {
  const work = useWorkFolder();
  const machine = quickMachine();
  const run = (mode: string, watcher: Watcher = {}) =>
    runInProcess(['run', 'job.yaml', '--mode', mode], {
      cwd: work().path,
      env: { HADOOP_ELT_LEASE: '1h' },
      machine: watchedMachine(machine, watcher),
    });
  const journalOf = (runId: string) =>
    work()
      .read('.hadoop-elt/runs', runId, 'journal.jsonl')
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { entry: string; step?: string; state?: string });
  const runs = () => work().names('.hadoop-elt/runs');

  /** Fails each write of these lines of the journal. */
  const refusing = (lines: RegExp): Watcher => ({
    before({ name, arguments: [bytes] }) {
      if (name === 'file.write' && lines.test(String(bytes))) {
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      }
    },
  });

  for (const mode of ['create', 'replace', 'append']) {
    for (const [what, lines] of [
      ['its end', /^\s*{"entry":"end"/],
      ['step and end', /^\s*{"entry":"(end"|step","step":"publish")/],
    ] as const) {
      it(`is known as published by the next run, which ends its journal: ${mode}, ${what}`, async () => {
        await work().write('job.yaml', JOB);
        await work().write('in/a.csv', 'Name\noslo\n');
        const first = await run(mode, refusing(lines));
        expect([first.exitCode, first.stderr]).toEqual([
          0,
          expect.stringContaining(
            'the journal could not be written; the next run of this output completes it',
          ),
        ]);
        const [firstId = ''] = await runs();
        expect(journalOf(firstId).at(-1)).toMatchObject({ entry: 'step' });

        if (mode === 'append') await work().write('in/b.csv', 'Name\nrome\n');
        const second = await run(mode);
        expect(second.exitCode).toBe(0);
        expect(second.stderr).not.toMatch(/continued|kept from/);
        expect(journalOf(firstId).filter(({ entry }) => entry === 'attempt')).toEqual([]);
        expect(journalOf(firstId).at(-1)).toMatchObject({ entry: 'end', state: 'published' });
        const secondId = (await runs()).find((id) => id !== firstId) ?? '';
        expect(journalOf(secondId).at(-1)).toMatchObject({
          state: mode === 'create' ? 'nothing-to-do' : 'published',
        });
        if (mode === 'append') {
          const batch = `out/batch=${firstId}`;
          expect(work().read(batch, 'part-00000').toString()).toBe('Name\nOSLO\n');
          expect(await work().names('out')).toEqual([`batch=${firstId}`, `batch=${secondId}`]);
        }
        if (mode === 'create') expect(work().read('out/part-00000').toString()).toBe('Name\nOSLO\n');
        // Nothing is left over: a third run finds a free lock.
        expect(existsSync(work().at('_hadoop-elt'))).toBe(false);
      });
    }
  }
});
