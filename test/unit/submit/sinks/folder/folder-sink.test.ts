import { describe, expect, it } from 'vitest';
import { countsFrom } from '../../../../../submit/engines/counts.js';
import { isFailure } from '../../../../../submit/errors.js';
import type { Manifest } from '../../../../../submit/run/manifest.js';
import { createFolderSink } from '../../../../../submit/sinks/folder/folder-sink.js';
import type { Sink } from '../../../../../submit/sinks/sink.js';
import { localStore } from '../../../../support/local-store.js';
import { useWorkFolder } from '../../../../support/work-folder.js';

const manifest = (runId: string): Manifest => ({
  formatVersion: 1,
  runId,
  job: 'j',
  engine: 'local',
  version: '0',
  publishedAt: '2026-01-01T00:00:00.000Z',
  fingerprint: runId,
  mapperSha256: '',
  inputs: [],
  parts: [{ name: 'part-00000', sizeBytes: 3, lines: 1, sha256: '', split: '' }],
  counts: countsFrom([['records rejected', 1]]),
});

describe('a folder as the sink', () => {
  const work = useWorkFolder();
  const sinkOf = (mode: 'create' | 'replace' | 'append') =>
    createFolderSink({ store: localStore, job: 'j', output: work().at('out'), mode });

  /** What the engine leaves in the staging folder. */
  async function staged(sink: Sink, runId: string, content = 'ab\n') {
    await sink.open(runId);
    const below = `_staging.out.${runId}`;
    await work().write(`${below}/records/part-00000`, content);
    await work().write(`${below}/rejects/part-00000`, 'x\n');
    const folder = sink.stagingFor(runId);
    return { records: `${folder}/records`, rejects: `${folder}/rejects` };
  }

  it('stages beside its output, on Windows too', () => {
    const sink = createFolderSink({ store: localStore, job: 'j', output: 'C:\\out\\sales', mode: 'create' });
    expect(sink.stagingFor('r1')).toBe('C:\\out\\_staging.sales.r1');
  });

  it.each(['create', 'replace', 'append'] as const)(
    'publishes by %s only with the commit, however often each call is made',
    async (mode) => {
      const sink = sinkOf(mode);
      const folders = await staged(sink, 'r1');
      const place = mode === 'append' ? ['out', 'batch=r1'] : ['out'];
      await sink.prepare('r1', folders, manifest('r1'));
      const prepared = await sink.prepare('r1', folders, manifest('r1'));
      expect(await sink.recover('r1')).toBeNull();
      expect((await sink.published()).map(({ runId }) => runId)).toEqual([]);
      const publication = await sink.commit(prepared);
      expect(publication).toEqual({
        folder: work().at(...place),
        rejects: work().at(...place, '_rejects'),
      });
      expect(await sink.recover('r1')).toEqual(publication);
      expect(await work().names(...place)).toEqual(['_SUCCESS', '_manifest.json', '_rejects', 'part-00000']);
      expect(await sink.clear('r1')).toBe(true);
      expect(await sink.clear('r1')).toBe(false);
      expect(await work().names()).toEqual(['out']);
    },
  );

  it('keeps the old output until the new one has its place, and gives it back when that fails', async () => {
    await work().write('out/old', 'old');
    const sink = sinkOf('replace');
    const prepared = await sink.prepare('r1', await staged(sink, 'r1'), manifest('r1'));
    await localStore.remove(prepared.folder);
    await expect(sink.commit(prepared)).rejects.toThrow();
    expect(await sink.recover('r1')).toBeNull();
    await sink.clear('r1');
    expect(await work().names('out')).toEqual(['old']);
    expect(await work().names()).toEqual(['out']);
  });

  it('refuses to create where something is that no manifest names, or of which a part is gone', async () => {
    const sink = sinkOf('create');
    await sink.commit(await sink.prepare('r1', await staged(sink, 'r1'), manifest('r1')));
    expect((await sink.published()).map(({ runId }) => runId)).toEqual(['r1']);
    await localStore.remove(work().at('out/part-00000'));
    const refused = await sink.published().catch((error: unknown) => error);
    expect(isFailure(refused, 'output-exists')).toBe(true);
    for (const damaged of ['null', '{"formatVersion":1}', '']) {
      await work().write('out/_manifest.json', damaged);
      expect(isFailure(await sink.published().catch((error: unknown) => error), 'output-exists')).toBe(true);
    }
  });

  it('never publishes over what came meanwhile', async () => {
    const sink = sinkOf('create');
    const prepared = await sink.prepare('r1', await staged(sink, 'r1'), manifest('r1'));
    await work().write('out/theirs', 'theirs');
    const refused = await sink.commit(prepared).catch((error: unknown) => error);
    expect(isFailure(refused, 'output-exists')).toBe(true);
    expect(await work().names('out')).toEqual(['theirs']);
    expect(await sink.recover('r1')).toBeNull();
  });

  describe('takes the staging folder of a run away that may only sleep', () => {
    const SLEEPER = '20260101T000000000Z-00000a';

    it.each(['create', 'replace', 'append'] as const)(
      'so that %s publishes nothing when it wakes',
      async (mode) => {
        if (mode === 'replace') await work().write('out/old', 'old');
        const sink = sinkOf(mode);
        const prepared = await sink.prepare(SLEEPER, await staged(sink, SLEEPER), manifest(SLEEPER));
        expect(await sink.stagedRuns()).toEqual([SLEEPER]);
        await sink.retire(SLEEPER);
        await sink.retire(SLEEPER);
        expect(await sink.stagedRuns()).toEqual([SLEEPER]);
        await expect(sink.commit(prepared)).rejects.toThrow();
        expect(await sink.recover(SLEEPER)).toBeNull();
        expect(await sink.clearRetired(SLEEPER)).toBe(true);
        await sink.clear(SLEEPER);
        expect(await sink.stagedRuns()).toEqual([]);
        const left = mode === 'create' ? [] : ['out'];
        expect(await work().names()).toEqual(left);
        if (mode === 'replace') expect(await work().names('out')).toEqual(['old']);
      },
    );

    it('and gives the old output back that it had set aside', async () => {
      const sink = sinkOf('replace');
      await work().write(`_staging.out.${SLEEPER}/replaced/old`, 'old');
      await sink.retire(SLEEPER);
      expect(await sink.clearRetired(SLEEPER)).toBe(true);
      expect(await work().names('out')).toEqual(['old']);
      expect(await work().names()).toEqual(['out']);
    });

    it('even when it has made its folder once more', async () => {
      const sink = sinkOf('create');
      await sink.open(SLEEPER);
      await sink.retire(SLEEPER);
      await sink.open(SLEEPER);
      await sink.retire(SLEEPER);
      await sink.clearRetired(SLEEPER);
      expect(await work().names()).toEqual([]);
    });

    it('and takes no other name for that of a run', async () => {
      await work().write('_staging.out.mine/x', '');
      await work().write('_staging.out2.20260101T000000000Z-00000b/x', '');
      await work().write('_staging.out.20260101T000000000Z-00000c', '');
      expect(await sinkOf('create').stagedRuns()).toEqual([]);
    });
  });

  it('removes its own folders beside the output when they are empty, and only then', async () => {
    const sink = sinkOf('create');
    await work().write('_hadoop-elt/out/lock/lock.json', '{}');
    await sink.tidy();
    expect(await work().names('_hadoop-elt', 'out', 'lock')).toEqual(['lock.json']);
    await localStore.remove(`${sink.lockFolder}/lock.json`);
    await sink.tidy();
    expect(await work().names()).toEqual([]);
  });
});
