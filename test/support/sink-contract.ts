import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countsFrom } from '../../submit/engines/counts.js';
import { Failure } from '../../submit/errors.js';
import type { Manifest } from '../../submit/run/manifest.js';
import { createFolderSink } from '../../submit/sinks/folder/folder-sink.js';
import type { Sink } from '../../submit/sinks/sink.js';
import type { RenamingStore } from '../../submit/stores/store.js';
import { seed } from '../crash/published.js';
import { failureOf, sha256 } from './store-contract.js';
import { isThorough } from './thoroughness.js';

/** A store to publish to, and a folder in it that does not exist yet. */
export interface StoreForSink {
  readonly store: RenamingStore;
  readonly folder: string;
  close?(): Promise<void>;
}

type Mode = 'create' | 'replace' | 'append';
const MODES = ['create', 'replace', 'append'] as const;
const never = new AbortController().signal;

/** What a folder of part files promises as a sink, on any store. */
export function describeFolderSink(name: string, connect: () => Promise<StoreForSink>): void {
  describe(name, () => {
    let store: RenamingStore;
    let root = '';
    let close: () => Promise<void> = async () => undefined;
    let base = '';
    beforeAll(async () => {
      const connected = await connect();
      ({ store, folder: root } = connected);
      close = async () => connected.close?.();
    });
    afterAll(async () => {
      await store.remove(root);
      await close();
    });

    /** A sink in a new folder for each test; `on` is a store that fails. */
    const begin = async () => {
      base = `${root}/${randomUUID()}`;
      await store.makeDirectory(base);
    };
    const sinkOf = (mode: Mode, { job = 'j', keepPrevious = 0, on = store } = {}) =>
      createFolderSink({ store: on, job, output: `${base}/out`, mode, keepPrevious });
    const write = async (path: string, text: string) => {
      await store.makeDirectory(`${base}/${path}`.replace(/\/[^/]*$/, ''));
      await store.remove(`${base}/${path}`);
      await store.write(`${base}/${path}`, [Buffer.from(text)]);
    };
    /** All files below the test's folder, with their texts; manifests by their run id. */
    async function tree(folder = base): Promise<Record<string, string>> {
      const found: Record<string, string> = {};
      if ((await store.stat(folder)) === undefined) return found;
      for (const { path, type } of await store.list(folder)) {
        if (type === 'directory') Object.assign(found, await tree(path));
        else {
          const chunks: Uint8Array[] = [];
          for await (const chunk of store.read(path)) chunks.push(chunk);
          const text = Buffer.concat(chunks).toString();
          found[path.slice(base.length + 1)] = path.endsWith('.json') ? JSON.parse(text).runId : text;
        }
      }
      return found;
    }
    const published = (runId: string, place = 'out') => ({
      [`${place}/_SUCCESS`]: '',
      [`${place}/_hadoop-elt/manifest.json`]: runId,
      [`${place}/_hadoop-elt/rejects/part-00000`]: 'x\n',
      [`${place}/part-00000`]: `${runId}\n`,
    });

    /** Does all steps of a publication. */
    async function publish(sink: Sink, runId: string, replaces: readonly string[] = [], job = 'j') {
      await sink.open(runId);
      const staging = sink.stagingFor(runId).slice(base.length + 1);
      await write(`${staging}/records/part-00000`, `${runId}\n`);
      await write(`${staging}/rejects/part-00000`, 'x\n');
      const folders = { records: `${base}/${staging}/records`, rejects: `${base}/${staging}/rejects` };
      const prepared = await sink.prepare(runId, folders, manifestOf(runId, job), replaces);
      const publication = await sink.commit(prepared);
      await sink.settle(publication);
      await sink.clear(runId);
      await sink.tidy();
      return publication;
    }
    const lookAt = (mode: Mode, check: 'quick' | 'deep' = 'quick', job = 'j') =>
      sinkOf(mode, { job }).published(check, never);

    it.each(MODES)('%s: publishes only with the commit, however often each call is made', async (mode) => {
      await begin();
      const sink = sinkOf(mode);
      await sink.open('r1');
      const staging = '_hadoop-elt/out/staging/r1';
      await write(`${staging}/records/part-00000`, 'r1\n');
      await write(`${staging}/rejects/part-00000`, 'x\n');
      const folders = { records: `${base}/${staging}/records`, rejects: `${base}/${staging}/rejects` };
      await sink.prepare('r1', folders, manifestOf('r1'), []);
      const prepared = await sink.prepare('r1', folders, manifestOf('r1'), []);
      expect(await sink.recover('r1')).toBeNull();
      expect(await lookAt(mode)).toEqual({ form: 'none', manifests: [], folders: [] });
      const publication = await sink.commit(prepared);
      const place = mode === 'append' ? 'out/batch=r1' : 'out';
      expect(publication).toEqual({
        folder: `${base}/${place}`,
        rejects: `${base}/${place}/_hadoop-elt/rejects`,
      });
      expect(await sink.recover('r1')).toEqual(publication);
      expect(await sink.clear('r1')).toBe(true);
      expect(await sink.clear('r1')).toBe(false);
      expect(await tree()).toEqual(published('r1', place));
      // Nothing of ours stays beside the output.
      await sink.tidy();
      expect((await store.list(base)).map((entry) => entry.name)).toEqual(['out']);
    });

    it('takes the rejects of the last attempt, not those that a killed one has moved already', async () => {
      await begin();
      const sink = sinkOf('create');
      await sink.open('r1');
      const staging = '_hadoop-elt/out/staging/r1';
      await write(`${staging}/records/part-00000`, 'r1\n');
      await write(`${staging}/records/_hadoop-elt/rejects/part-00000`, 'old\n');
      await write(`${staging}/rejects-2/part-00000`, 'x\n');
      const folders = { records: `${base}/${staging}/records`, rejects: `${base}/${staging}/rejects-2` };
      await sink.commit(await sink.prepare('r1', folders, manifestOf('r1'), []));
      await sink.clear('r1');
      expect(await tree()).toEqual(published('r1'));
    });

    describe('takes the staging folder of a run away that may only sleep', () => {
      it.each(MODES)('so that %s publishes nothing when it wakes', async (mode) => {
        await begin();
        if (mode === 'replace') await publish(sinkOf(mode), 'r0');
        const before = await tree();
        const sink = sinkOf(mode);
        await sink.open('r1');
        await write('_hadoop-elt/out/staging/r1/records/part-00000', 'r1\n');
        const folders = { records: `${sink.stagingFor('r1')}/records`, rejects: null };
        const prepared = await sink.prepare('r1', folders, manifestOf('r1'), []);
        expect(await sink.stagedRuns()).toEqual(['r1']);
        await sink.retire('r1');
        await sink.retire('r1');
        expect(await sink.stagedRuns()).toEqual(['r1']);
        await expect(sink.commit(prepared)).rejects.toThrow();
        expect(await sink.recover('r1')).toBeNull();
        expect(await sink.clearRetired('r1')).toBe(true);
        await sink.clear('r1');
        expect(await sink.stagedRuns()).toEqual([]);
        expect(await tree()).toEqual(before);
      });

      it('and gives the old output back that it had set aside', async () => {
        await begin();
        const sink = sinkOf('replace');
        await publish(sink, 'r0');
        const before = await tree();
        await sink.open('r1');
        await store.rename(`${base}/out`, `${sink.stagingFor('r1')}/replaced`);
        await sink.retire('r1');
        expect(await sink.mend()).toEqual(['r1']);
        expect(await sink.clearRetired('r1')).toBe(true);
        expect(await tree()).toEqual(before);
      });

      it('even when it has made its folder once more', async () => {
        await begin();
        const sink = sinkOf('create');
        await sink.open('r1');
        await sink.retire('r1');
        await sink.open('r1');
        await sink.retire('r1');
        await sink.clearRetired('r1');
        expect(await sink.stagedRuns()).toEqual([]);
      });
    });

    it('removes its own folders beside the output when they are empty, and only then', async () => {
      await begin();
      const sink = sinkOf('create');
      await write('_hadoop-elt/out/lock/lock.json', '{}');
      await sink.tidy();
      expect((await store.list(sink.lockFolder)).map(({ name }) => name)).toEqual(['lock.json']);
      await store.remove(`${sink.lockFolder}/lock.json`);
      await sink.tidy();
      expect(await store.list(base)).toEqual([]);
    });

    it('publishes no incomplete file that a killed attempt has left', async () => {
      await begin();
      const sink = sinkOf('create');
      await sink.open('r1');
      const staging = sink.stagingFor('r1').slice(base.length + 1);
      const temporary = `.hadoop-elt-r1-${randomUUID()}.tmp`;
      await write(`${staging}/records/${temporary}`, '');
      await write(`${staging}/records/_hadoop-elt/${temporary}`, '{');
      await publish(sink, 'r1');
      expect(await tree()).toEqual(published('r1'));
    });

    it('never publishes over what came meanwhile', async () => {
      await begin();
      const sink = sinkOf('create');
      const late = publish(
        {
          ...sink,
          prepare: async (...all) => [await sink.prepare(...all), await write('out/a', 'a')][0] as never,
        },
        'r1',
      );
      expect(await failureOf(late)).toMatchObject({ details: { reason: 'taken-meanwhile' } });
      await sink.clear('r1');
      expect(await tree()).toEqual({ 'out/a': 'a' });
    });

    describe('refuses an output that holds something of others, names it, and leaves it', () => {
      const STRANGERS: readonly (readonly [string, 'out' | 'out/batch=r1', string])[] = [
        ['a file', 'out', 'notes.txt'],
        ['a folder', 'out', 'sub/notes.txt'],
        ['a part that no run has published', 'out', 'part-00007'],
        ['a hidden file', 'out', '_notes'],
        ['a file in our own folder', 'out', '_hadoop-elt/notes'],
        ['a file among the rejects', 'out', '_hadoop-elt/rejects/notes'],
        ['a file beside batches', 'out/batch=r1', '../notes.txt'],
        ['a file in a batch', 'out/batch=r1', 'notes.txt'],
      ];
      it.each(STRANGERS)('%s', async (_what, place, stranger) => {
        await begin();
        await publish(sinkOf(place === 'out' ? 'create' : 'append'), 'r1');
        const path = `${place}/${stranger}`.replace('batch=r1/../', '');
        await write(path, 'theirs');
        const before = await tree();
        for (const mode of MODES) {
          const failure = await failureOf(lookAt(mode));
          expect(failure.code, mode).toBe('output-foreign');
          const { entry } = failure.details as { entry: string };
          expect(store.uri(`${base}/${path}`).startsWith(entry), entry).toBe(true);
        }
        expect(await tree()).toEqual(before);
      });

      it('a folder that no manifest names', async () => {
        await begin();
        await write('out/notes.txt', 'theirs');
        expect((await failureOf(lookAt('create'))).code).toBe('output-exists');
        for (const mode of ['replace', 'append'] as const) {
          expect((await failureOf(lookAt(mode))).code).toBe('output-foreign');
        }
      });

      it('a batch of another job, also when it is not the first', async () => {
        await begin();
        await publish(sinkOf('append'), 'r1');
        await publish(sinkOf('append', { job: 'other' }), 'r2', [], 'other');
        for (const mode of MODES) {
          expect(await failureOf(lookAt(mode))).toMatchObject({
            code: 'output-foreign',
            details: { owner: 'other', entry: store.uri(`${base}/out/batch=r2`) },
          });
        }
      });

      it('but not scratch of Hadoop’s committers', async () => {
        await begin();
        await publish(sinkOf('create'), 'r1');
        await write('out/_temporary/0/part', 'x');
        await write('out/.part-00000.crc', 'x');
        for (const mode of MODES) expect((await lookAt(mode)).form).toBe('whole');
      });
    });

    describe('tells a damaged manifest from none', () => {
      it.each([
        ['null', 'null'],
        ['nothing', ''],
        ['half of it', '{"formatVersion": 2, "runId": "r1"'],
        ['too little', '{"formatVersion":1}'],
        ['a version of later', '{"formatVersion":3}'],
        ['a part that leads elsewhere', JSON.stringify({ ...manifestOf('r1'), parts: [{ name: '../x' }] })],
      ])('%s', async (_what, text) => {
        for (const mode of ['create', 'append'] as const) {
          await begin();
          await publish(sinkOf(mode), 'r1');
          const place = mode === 'create' ? 'out' : 'out/batch=r1';
          await write(`${place}/_hadoop-elt/manifest.json`, text);
          for (const asked of MODES) {
            expect((await failureOf(lookAt(asked))).code, asked).toBe('manifest-unusable');
          }
        }
      });

      it('a batch without one is an error, never "nothing published"', async () => {
        await begin();
        await publish(sinkOf('append'), 'r1');
        await store.remove(`${base}/out/batch=r1/_hadoop-elt`);
        expect(await failureOf(lookAt('append'))).toMatchObject({
          code: 'manifest-unusable',
          details: { folder: store.uri(`${base}/out/batch=r1`) },
        });
        expect((await failureOf(lookAt('replace'))).code).toBe('output-foreign');
      });
    });

    describe.each(['create', 'append'] as const)('%s: sees that a published part', (mode) => {
      const place = mode === 'create' ? 'out' : 'out/batch=r1';
      const changed = async (check: 'quick' | 'deep' = 'quick') => {
        const failure = await failureOf(lookAt(mode, check));
        expect(failure.code).toBe('output-changed');
        return (failure.details as { what: string }).what;
      };
      const start = async () => {
        await begin();
        await publish(sinkOf(mode), 'r1');
        expect((await lookAt(mode, 'deep')).manifests.map(({ runId }) => runId)).toEqual(['r1']);
      };

      it('is gone, or its _SUCCESS', async () => {
        for (const gone of ['part-00000', '_SUCCESS']) {
          await start();
          await store.remove(`${base}/${place}/${gone}`);
          expect(await changed()).toBe('it is gone');
        }
      });

      it('has another size', async () => {
        await start();
        await write(`${place}/part-00000`, '');
        expect(await changed()).toBe('it has 0 bytes, but 3 were published');
      });

      it('has other bytes of the same size, without being told to read all', async () => {
        await start();
        await write(`${place}/part-00000`, 'r2\n');
        expect(await changed()).toBe('its bytes are not those that were published');
        // The same bytes in a new file are no change.
        await write(`${place}/part-00000`, 'r1\n');
        expect((await lookAt(mode)).manifests).toHaveLength(1);
      });

      it('has other bytes though nothing else shows it, where it is to read all', async () => {
        await start();
        await write(`${place}/part-00000`, 'r2\n');
        const { parts, ...rest } = manifestOf('r1');
        const unstamped = { ...rest, parts: parts.map(({ stamp: _, ...part }) => part) };
        await write(`${place}/_hadoop-elt/manifest.json`, JSON.stringify(unstamped));
        expect((await lookAt(mode)).manifests).toHaveLength(1);
        expect(await changed('deep')).toBe('its bytes are not those that were published');
      });
    });

    describe('keeps previous outputs', () => {
      const previous = '_hadoop-elt/out/previous';

      it('the newest, and removes older ones only if they are the job’s', async () => {
        await begin();
        await write(`${previous}/theirs/notes.txt`, 'theirs');
        for (const id of ['r1', 'r2', 'r3', 'r4']) await publish(sinkOf('replace', { keepPrevious: 2 }), id);
        expect(await tree()).toEqual({
          ...published('r4'),
          ...published('r3', `${previous}/r4.r3`),
          ...published('r2', `${previous}/r3.r2`),
          [`${previous}/theirs/notes.txt`]: 'theirs',
        });
        await store.remove(`${base}/${previous}/theirs`);
        await publish(sinkOf('replace'), 'r5');
        expect(await tree()).toEqual(published('r5'));
        expect((await store.list(base)).map((entry) => entry.name)).toEqual(['out']);
      });

      it('and puts one back; that can be undone too', async () => {
        await begin();
        const sink = sinkOf('replace', { keepPrevious: 1 });
        await publish(sink, 'r1');
        expect((await failureOf(sink.rollBack('b0', null, never))).code).toBe('no-previous');
        await publish(sink, 'r2');
        for (const [rollback, now, aside] of [
          ['b1', 'r1', 'r2'],
          ['b2', 'r2', 'r1'],
        ] as const) {
          const { restored, setAside } = await sink.rollBack(rollback, null, never);
          await sink.clear(rollback);
          expect([restored[0]?.runId, setAside]).toEqual([now, aside]);
          const place = `${previous}/${rollback}.${aside}`;
          expect(await tree()).toEqual({ ...published(now), ...published(aside, place) });
        }
        expect((await failureOf(sink.rollBack('b3', 'r9', never))).details).toMatchObject({ kept: ['r1'] });
        await write('out/notes.txt', 'theirs');
        expect((await failureOf(sink.rollBack('b3', 'r1', never))).code).toBe('output-foreign');
      });
    });

    it('puts back what was set aside last, though another was published later', async () => {
      await begin();
      const sink = sinkOf('replace', { keepPrevious: 2 });
      await publish(sink, 'r1');
      await publish(sink, 'r2');
      await sink.rollBack('r3', null, never);
      await sink.clear('r3');
      await publish(sink, 'r4');
      const { restored } = await sink.rollBack('r5', null, never);
      await sink.clear('r5');
      expect(restored.map(({ runId }) => runId)).toEqual(['r1']);
    });

    it('passes over folders of others among the previous outputs: they take no place, and are not put back', async () => {
      await begin();
      const previous = '_hadoop-elt/out/previous';
      const sink = sinkOf('replace', { keepPrevious: 2 });
      for (const id of ['r1', 'r2']) await publish(sink, id);
      for (const name of ['zz', 'r9', 'r9.r8']) await store.makeDirectory(`${base}/${previous}/${name}`);
      await publish(sink, 'r3');
      expect((await store.list(`${base}/${previous}`)).map(({ name }) => name)).toEqual([
        'r2.r1',
        'r3.r2',
        'r9',
        'r9.r8',
        'zz',
      ]);
      const { restored } = await sink.rollBack('r4', null, never);
      await sink.clear('r4');
      expect(restored.map(({ runId }) => runId)).toEqual(['r2']);
    });

    it('names the other outputs when the kept one is damaged', async () => {
      await begin();
      const sink = sinkOf('replace', { keepPrevious: 2 });
      for (const id of ['r1', 'r2', 'r3']) await publish(sink, id);
      await store.remove(`${base}/_hadoop-elt/out/previous/r3.r2/part-00000`);
      const error = await failureOf(sink.rollBack('r4', null, never));
      expect([error.code, error.hint]).toEqual([
        'output-changed',
        'The kept output of run r2 is damaged; put another one back: --to r1',
      ]);
    });

    it.each(MODES)('%s: a copy of a batch is not the job’s', async (mode) => {
      await begin();
      await publish(sinkOf('append'), 'r1');
      await write('out/batch=copy/part-00000', 'r1\n');
      await write('out/batch=copy/_SUCCESS', '');
      await write('out/batch=copy/_hadoop-elt/manifest.json', JSON.stringify(manifestOf('r1')));
      const error = await failureOf(lookAt(mode));
      expect([error.code, error.details]).toMatchObject([
        'output-foreign',
        { entry: expect.stringMatching(/batch=copy$/) },
      ]);
    });

    it('adopts a whole output as the first batch', async () => {
      await begin();
      await publish(sinkOf('create'), 'r1');
      const sink = sinkOf('append');
      await sink.open('r2');
      await sink.adopt('r2');
      await publish(sink, 'r2');
      expect(await tree()).toEqual({
        ...published('r1', 'out/batch=r1'),
        ...published('r2', 'out/batch=r2'),
      });
      expect((await lookAt('append')).form).toBe('batches');
    });

    it('replaces batches by one that holds their inputs anew', async () => {
      await begin();
      for (const id of ['r1', 'r2', 'r3']) await publish(sinkOf('append'), id);
      await publish(sinkOf('append'), 'r4', ['r1', 'r3']);
      expect(await tree()).toEqual({
        ...published('r2', 'out/batch=r2'),
        ...published('r4', 'out/batch=r4'),
      });
    });

    it('keeps what is not its own though somebody wrote it after all checks', async () => {
      await begin();
      await publish(sinkOf('create'), 'r1');
      const sink = sinkOf('replace');
      const writing = {
        ...sink,
        commit: async (...all: Parameters<Sink['commit']>) => {
          await write('out/notes.txt', 'theirs');
          return sink.commit(...all);
        },
      };
      await publish(writing, 'r2');
      const files = await tree();
      expect(files['_hadoop-elt/out/previous/r2.r1/notes.txt']).toBe('theirs');
      expect(files['out/part-00000']).toBe('r2\n');
    });

    describe('is whole after a kill before any operation, and nothing is left over', () => {
      const first = () => published('r1');
      const second = () => published('r2');
      const KEPT = '_hadoop-elt/out/previous';
      /** What is done, and the states that are right after it was interrupted and mended. */
      const CASES: readonly {
        readonly name: string;
        readonly before: readonly (readonly [Mode, string, number])[];
        readonly mode: Mode;
        readonly keepPrevious?: number;
        act(sink: Sink): Promise<unknown>;
        readonly rightStates: () => readonly Record<string, string>[];
      }[] = [
        {
          name: 'create',
          before: [],
          mode: 'create',
          act: (sink) => publish(sink, 'r2'),
          rightStates: () => [{}, second()],
        },
        {
          name: 'replace',
          before: [['create', 'r1', 0]],
          mode: 'replace',
          act: (sink) => publish(sink, 'r2'),
          rightStates: () => [first(), second()],
        },
        {
          name: 'replace that keeps the previous output',
          before: [
            ['create', 'r0', 0],
            ['replace', 'r1', 1],
          ],
          mode: 'replace',
          keepPrevious: 1,
          act: (sink) => publish(sink, 'r2'),
          rightStates: () => [
            { ...first(), ...published('r0', `${KEPT}/r1.r0`) },
            { ...second(), ...published('r1', `${KEPT}/r2.r1`) },
          ],
        },
        {
          name: 'append',
          before: [['append', 'r1', 0]],
          mode: 'append',
          act: (sink) => publish(sink, 'r2'),
          rightStates: () => [
            published('r1', 'out/batch=r1'),
            { ...published('r1', 'out/batch=r1'), ...published('r2', 'out/batch=r2') },
          ],
        },
        {
          name: 'append that makes two batches again',
          before: [
            ['append', 'r0', 0],
            ['append', 'r1', 0],
          ],
          mode: 'append',
          act: (sink) => publish(sink, 'r2', ['r0', 'r1']),
          rightStates: () => [
            { ...published('r0', 'out/batch=r0'), ...published('r1', 'out/batch=r1') },
            published('r2', 'out/batch=r2'),
          ],
        },
        {
          name: 'adopt',
          before: [['create', 'r1', 0]],
          mode: 'append',
          async act(sink) {
            await sink.open('r2');
            await sink.adopt('r2');
            await sink.clear('r2');
          },
          rightStates: () => [first(), published('r1', 'out/batch=r1')],
        },
        {
          name: 'rollback',
          before: [
            ['create', 'r1', 0],
            ['replace', 'r2', 1],
          ],
          mode: 'replace',
          keepPrevious: 1,
          async act(sink) {
            await sink.rollBack('r3', null, never);
            await sink.clear('r3');
          },
          rightStates: () => [
            { ...second(), ...published('r1', `${KEPT}/r2.r1`) },
            { ...first(), ...published('r2', `${KEPT}/r3.r2`) },
          ],
        },
      ];
      it.each(CASES)('$name', async ({ before, mode, keepPrevious = 0, act, rightStates }) => {
        for (let nth = FIRST; ; nth += STEP) {
          await begin();
          for (const [how, id, kept] of before) await publish(sinkOf(how, { keepPrevious: kept }), id);
          const { dying, killedAt } = killedStore(store, nth);
          await act(sinkOf(mode, { keepPrevious, on: dying })).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error;
          });
          // The next run, of another mode perhaps, mends what it finds; the lock may or may not know the dead one.
          const next = sinkOf(nth % 2 === 0 ? mode : 'create', { keepPrevious });
          if (nth % 3 !== 0) await next.mend();
          const place = mode === 'append' ? 'out/batch=r2' : 'out';
          const isPublished = (await next.recover('r2')) !== null;
          for (const id of ['r2', 'r3']) await next.clear(id);
          const files = await tree();
          const what = `${nth}: ${killedAt()} ${place}`;
          expect(rightStates(), what).toContainEqual(files);
          if (isPublished) expect(Object.keys(files), what).toContain(`${place}/part-00000`);
          if (killedAt() === '') {
            expect(files).toEqual(rightStates().at(-1));
            expect(nth).toBeGreaterThan(5);
            return;
          }
        }
      });
    });
  });
}

/** The manifest of a run with one part, whose text is the run id. */
function manifestOf(runId: string, job = 'j'): Manifest {
  const part = Buffer.from(`${runId}\n`);
  return {
    formatVersion: 2,
    runId,
    job,
    engine: 'local',
    version: '0',
    publishedAt: '2026-01-01T00:00:00.000Z',
    fingerprint: runId,
    mapperSha256: '',
    inputs: [],
    parts: [{ name: 'part-00000', sizeBytes: part.length, lines: 1, sha256: sha256(part), split: '' }],
    counts: countsFrom([['records rejected', 1]]),
  };
}

/** Every operation is tried in the heavy suite; otherwise every fifth, each day with another one as the first. */
const STEP = isThorough ? 1 : 5;
const FIRST = 1 + (seed() % STEP);

class Killed extends Failure<'interrupted'> {
  constructor() {
    super('interrupted', { signal: 'SIGTERM' });
  }
}

/** Operations that change something; all others are reads, before which a kill is the same as before the next change. */
const CHANGES: ReadonlySet<PropertyKey> = new Set([
  'write',
  'makeDirectory',
  'remove',
  'removeEmpty',
  'rename',
]);

/** A store on which, from the nth change on, nothing works any more. A folder is removed one entry at a time. */
function killedStore(store: RenamingStore, nth: number) {
  let count = 0;
  let killed = '';
  const change = (what: string) => {
    count += 1;
    if (count < nth) return;
    killed ||= what;
    throw new Killed();
  };
  const removeSlowly = async (path: string): Promise<boolean> => {
    const found = await store.stat(path);
    if (found?.type === 'directory') {
      for (const entry of await store.list(path)) await removeSlowly(entry.path);
    }
    change(`remove ${path}`);
    return store.remove(path);
  };
  const dying = new Proxy(store, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (key === 'remove') return removeSlowly(String(args[0]));
        if (killed !== '') throw new Killed();
        return CHANGES.has(key)
          ? (async () => {
              change(`${String(key)} ${String(args[0])}`);
              return member.apply(target, args);
            })()
          : member.apply(target, args);
      };
    },
  });
  return { dying, killedAt: () => killed };
}
