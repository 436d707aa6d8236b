import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countsFrom } from '../../../../submit/engines/counts.js';
import { digestsFrom } from '../../../../submit/engines/digests.js';
import type { Engine, JobResult } from '../../../../submit/engines/engine.js';
import type { RenamingStore } from '../../../../submit/stores/store.js';

/** An engine that exists in this test alone: it runs the mapper once over each input of a store in memory. */
export function createOneByOneEngine(store: RenamingStore, folder: string): Engine {
  return {
    name: 'one-by-one',
    store,
    sharedFolder: '/shared',
    check: async () => undefined,
    describe: ({ mapperPath }) => ['one-by-one', mapperPath],
    countTasks: ({ inputs }) => inputs.length,
    start: async ({ runId, emit }) => ({ runId, emit, applicationId: null }),
    find: async () => null,
    async follow(_handle, job): Promise<JobResult> {
      const mapper = join(folder, 'mapper.mjs');
      writeFileSync(mapper, await bytesOf(store, job.mapperPath));
      const counters: [string, number][] = [];
      const tasks: JobResult['tasks'][number][] = [];
      for (const [index, { path, sizeBytes }] of job.inputs.entries()) {
        const { stdout, stderr } = spawnSync(process.execPath, [mapper, '--emit', job.emit], {
          input: await bytesOf(store, path),
          env: {
            mapreduce_task_attempt_id: `attempt_test_m_${index}_0`,
            mapreduce_map_input_file: path,
            mapreduce_map_input_start: '0',
            mapreduce_map_input_length: String(sizeBytes),
          },
        });
        for (const [, name = '', amount] of stderr
          .toString()
          .matchAll(/reporter:counter:[^,]*,([^,]*),(\d+)/g))
          counters.push([name, Number(amount)]);
        const part = `part-${String(index).padStart(5, '0')}`;
        await store.write(`${job.outputPath}/${part}`, [stdout]);
        tasks.push({ part, split: `${path}:0+${sizeBytes}`, taskNumber: index });
      }
      return { tasks, counts: countsFrom(counters), digests: digestsFrom(counters) };
    },
    countDuplicates: async () => {
      throw new Error('This engine finds no duplicates');
    },
    stop: async () => undefined,
  };
}

async function bytesOf(store: RenamingStore, path: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(path)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
