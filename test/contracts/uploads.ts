import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isFailure } from '../../submit/errors.js';
import type { MapperBundle } from '../../submit/job/bundle.js';
import { parseJobFile } from '../../submit/job/job-file.js';
import { planJob } from '../../submit/job/plan.js';
import { emptyRecord } from '../../submit/run/run-record.js';
import { performStep, type Run as RunUnderWay } from '../../submit/run/step.js';
import { mapperStep } from '../../submit/run/steps/place-mapper.js';
import {
  checkStillStaged,
  type StagedInput,
  stageStep,
  stageUnreadStep,
} from '../../submit/run/steps/stage.js';
import { createFolderSink } from '../../submit/sinks/folder/folder-sink.js';
import type { ScannedItem, Source } from '../../submit/sources/source.js';
import type { WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { freshFolder, type HdfsUnderTest } from '../support/hdfs-under-test.js';
import { idleEngine, unusedPorts } from '../support/idle-ports.js';
import { localStore } from '../support/local-store.js';
import { patterned, readAll, sha256 } from '../support/store-contract.js';

/** One run: its folder in HDFS, and its messages. */
interface Run {
  readonly state: RunUnderWay;
  readonly folder: string;
  readonly progress: { done: number; total: number }[];
  readonly results: unknown[];
}

/** A scanned input, with the digest that its source will give. */
interface ScannedInput extends ScannedItem {
  readonly sha256: Promise<string>;
}

const uploadData = ({ state }: Run, inputs: readonly ScannedInput[]) => performStep(state, stageStep, inputs);
const checkInputsInPlace = ({ state }: Run, staged: readonly StagedInput[]) =>
  checkStillStaged(state.ports.engine.store, staged);
const uploadMapper = async ({ state }: Run, bundle: MapperBundle) =>
  (await performStep(state, mapperStep, bundle)).path;

/** A plan that uploads its raw data to a folder. */
const planOf = (folder: string) =>
  planJob(
    parseJobFile(
      'job.yaml',
      `name: job\ninput: { files: x.csv, upload: ${folder} }\noutput: { path: out }\n`,
    ),
    {},
    { jobFile: '/job.yaml', cwd: '/', cpuCount: 1, hdfsHome: '/' },
  );

/** A source of inputs that are already scanned. */
const SCANNED: Source = {
  name: 'scanned',
  takes: () => false,
  schemeOf: () => 'file',
  find: async () => ({ items: [], folders: [], passedOver: [] }),
  concurrency: 1,
  scan: async () => {
    throw new Error('It was scanned before');
  },
  digest: async (item) => (item as ScannedInput).sha256,
  open: ({ path }) => localStore.read(path),
  openText: ({ path }) => localStore.read(path),
  addressFor: ({ path, source }) => (source === 'hdfs' ? path : null),
  close: async () => undefined,
};

/** Tests of uploading a run's inputs and mapper to HDFS. */
export function describeUploads(name: string, connect: () => Promise<HdfsUnderTest>): void {
  describe(name, () => {
    let hdfs: HdfsUnderTest;
    let store: WebHdfsStore;
    let above = '';
    let local = '';
    let count = 0;
    beforeAll(async () => {
      hdfs = await connect();
      store = hdfs.open();
      above = await freshFolder(store, 'upload');
      local = await mkdtemp(join(tmpdir(), 'hadoop-elt-upload-'));
    });
    afterAll(async () => {
      await store.remove(above);
      await rm(local, { recursive: true });
    });

    let run: Run;
    beforeEach(() => {
      run = newRun(`${above}/${++count}/raw`);
    });

    function newRun(folder: string, signal: AbortSignal = new AbortController().signal): Run {
      const progress: Run['progress'] = [];
      const results: unknown[] = [];
      const state: RunUnderWay = {
        runId: 'run',
        plan: planOf(folder),
        version: '0',
        signal,
        record: emptyRecord(),
        journal: {
          folder: '',
          logFolder: '',
          recordStep: async ({ output }) => output,
          note: async () => undefined,
          end: async () => undefined,
        },
        lock: { confirm: async () => undefined },
        ports: {
          ...unusedPorts,
          source: SCANNED,
          engine: idleEngine(store, folder),
          sink: createFolderSink({ store, job: 'job', output: `${folder}/out`, mode: 'create' }),
        },
        tell: (news) => {
          if (news.event === 'step-progress') progress.push({ done: news.done, total: news.total });
          if (news.event === 'step-done') results.push(news.result);
        },
      };
      return { state, folder, progress, results };
    }

    /** Writes a local file; returns the result of its scan. */
    async function scanned(name: string, content: Buffer): Promise<ScannedInput> {
      const path = join(local, String(count), name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      const { mtimeMs } = await stat(path);
      return {
        path,
        sizeBytes: content.length,
        modifiedMs: mtimeMs,
        sha256: Promise.resolve(sha256(content)),
        lines: 1,
        records: 1,
        headers: 0,
        linesDigest: null,
        header: null,
        startsWithBom: false,
        splittable: true,
        malformed: null,
        name,
        type: 'file',
        identity: null,
        source: 'files',
        isScanned: true,
      };
    }

    const names = async (folder: string) => (await store.list(folder)).map(({ name }) => name);

    describe('uploading inputs', () => {
      it('sends several files, tells how far it is, and leaves nothing but them', async () => {
        const contents = [0, 1, 1024 ** 2, 3_000_000, 77, 5_000_001].map(patterned);
        const inputs = await Promise.all(contents.map((content, index) => scanned(`f${index}.csv`, content)));
        const uploaded = await uploadData(run, inputs);
        expect(uploaded.map(({ path }) => path)).toEqual(
          inputs.map((_, index) => `${run.folder}/f${index}.csv`),
        );
        for (const [index, { path }] of uploaded.entries()) {
          expect(sha256(await readAll(store, path))).toBe(await inputs[index]?.sha256);
        }
        const total = contents.reduce((sum, { length }) => sum + length, 0);
        expect(run.progress.at(-1)).toEqual({ done: total, total });
        expect(run.results).toEqual([
          { step: 'upload', files: 6, inPlace: 0, sizeBytes: total, replaced: 0 },
        ]);
        expect(await names(run.folder)).toHaveLength(6);
        await checkInputsInPlace(run, uploaded);
      });

      it('does not send again what is there with the same bytes, whoever put it there', async () => {
        const content = patterned(3_000_000);
        const input = await scanned('same.csv', content);
        await store.makeDirectory(run.folder);
        // With another block size than this run would use: the comparison uses the block size of the existing file.
        await hdfs.open({ blockSizeBytes: 2 * 1024 ** 2 }).write(`${run.folder}/same.csv`, [content]);
        const before = await store.stat(`${run.folder}/same.csv`);
        await uploadData(run, [input]);
        expect(run.results).toEqual([{ step: 'upload', files: 1, inPlace: 1, sizeBytes: 0, replaced: 0 }]);
        expect((await store.stat(`${run.folder}/same.csv`))?.identity).toBe(before?.identity);
      });

      it('replaces what has other bytes, of the same length too', async () => {
        const old = patterned(3_000_000);
        const fresh = Buffer.from(old);
        fresh[2_999_999] = (fresh[2_999_999] as number) ^ 1;
        const first = await uploadData(run, [await scanned('x.csv', old)]);
        await uploadData(run, [await scanned('x.csv', fresh)]);
        expect(sha256(await readAll(store, `${run.folder}/x.csv`))).toBe(sha256(fresh));
        expect(await names(run.folder)).toEqual(['x.csv']);
        const failure = await checkInputsInPlace(run, first).catch((error: unknown) => error);
        expect(isFailure(failure, 'input-changed')).toBe(true);
      });

      it('knows what it has sent where no task will read it too, and when that is replaced', async () => {
        const inputs = await Promise.all(
          Array.from({ length: 10 }, (_, index) => scanned(`u${index}.csv`, Buffer.from(`text ${index}`))),
        );
        const uploaded = await performStep(run.state, stageUnreadStep, inputs);
        const there = await Promise.all(uploaded.map(({ path }) => store.stat(path)));
        expect(uploaded.map(({ identity }) => identity)).toEqual(there.map((one) => one?.identity));
        await checkInputsInPlace(run, uploaded);
        await (await store.stage(`${run.folder}/u7.csv`, [Buffer.from('text 8')])).commit('replace');
        const failure = await checkInputsInPlace(run, uploaded).catch((error: unknown) => error);
        expect(isFailure(failure, 'input-changed')).toBe(true);
      });

      it('does not mind another run that has sent the same bytes', async () => {
        const input = await scanned('x.csv', patterned(2_000_000));
        const other = newRun(run.folder);
        const [mine, theirs] = await Promise.all([uploadData(run, [input]), uploadData(other, [input])]);
        await checkInputsInPlace(run, mine);
        await checkInputsInPlace(other, theirs);
        expect(await names(run.folder)).toEqual(['x.csv']);
        const again = await store.stage(`${run.folder}/x.csv`, [patterned(2_000_000)]);
        await again.commit('replace');
        await checkInputsInPlace(run, mine);
      });

      it('stops at a file that is not what was scanned, and leaves what was there', async () => {
        const input = await scanned('x.csv', Buffer.from('old\n'));
        await uploadData(run, [input]);
        for (const content of ['new\n', 'longer\n', '']) {
          await writeFile(input.path, content);
          const failure = await uploadData(run, [input]).catch((error: unknown) => error);
          expect(isFailure(failure, 'input-changed')).toBe(true);
        }
        const other = { ...input, path: join(dirname(input.path), 'fresh.csv') };
        await writeFile(other.path, 'new\n');
        const failure = await uploadData(run, [other]).catch((error: unknown) => error);
        expect(isFailure(failure, 'input-changed')).toBe(true);
        expect(await names(run.folder)).toEqual(['x.csv']);
        expect((await readAll(store, `${run.folder}/x.csv`)).toString()).toBe('old\n');
      });

      it('keeps files of the same name apart', async () => {
        const inputs = [
          await scanned('2024/x.csv', Buffer.from('2024')),
          await scanned('2025/x.csv', Buffer.from('2025')),
        ];
        const uploaded = await uploadData(run, inputs);
        const texts = await Promise.all(
          uploaded.map(async ({ path }) => (await readAll(store, path)).toString()),
        );
        expect(texts).toEqual(['2024', '2025']);
      });

      it('leaves in place what is in HDFS already, and knows when that changes', async () => {
        await store.makeDirectory(run.folder);
        const path = `${run.folder}/there.csv`;
        await store.write(path, [Buffer.from('there')]);
        const status = await store.stat(path);
        const input: ScannedInput = {
          ...(await scanned('local.csv', Buffer.from('local'))),
          path,
          sizeBytes: 5,
          modifiedMs: status?.modifiedMs as number,
          sha256: store.checksum(path),
          source: 'hdfs',
          isScanned: false,
        };
        const uploaded = await uploadData(run, [input, await scanned('local.csv', Buffer.from('local'))]);
        expect(uploaded.map((each) => each.path)).toEqual([path, `${run.folder}/local.csv`]);
        await checkInputsInPlace(run, uploaded);
        await (await store.stage(path, [Buffer.from('other')])).commit('replace');
        for (const attempt of [() => checkInputsInPlace(run, uploaded), () => uploadData(run, [input])]) {
          expect(isFailure(await attempt().catch((error: unknown) => error), 'input-changed')).toBe(true);
        }
      });

      it('takes all its temporary files away when it is interrupted, and when one file fails', async () => {
        const inputs = await Promise.all(
          [0, 1, 2, 3, 4, 5].map((index) => scanned(`f${index}.csv`, patterned(8_000_000))),
        );
        const stop = new AbortController();
        const interrupted = newRun(run.folder, stop.signal);
        const ending = uploadData(interrupted, inputs).catch((error: unknown) => error);
        await expect.poll(() => interrupted.progress.length, { interval: 1 }).toBeGreaterThan(3);
        stop.abort(new Error('Ctrl-C'));
        expect(await ending).toEqual(new Error('Ctrl-C'));
        await new Promise((resolve) => setTimeout(resolve, 700));
        expect((await names(run.folder)).filter((name) => name.startsWith('.'))).toEqual([]);

        await rm((inputs[5] as ScannedInput).path);
        const failure = await uploadData(run, inputs).catch((error: unknown) => error);
        expect(isFailure(failure, 'store')).toBe(true);
        expect((await names(run.folder)).filter((name) => name.startsWith('.'))).toEqual([]);
      });
    });

    describe('uploading the mapper', () => {
      it('writes it once, to a path that its content names', async () => {
        const bundle = { text: 'console.log(1);\n', sha256: sha256(Buffer.from('console.log(1);\n')) };
        const paths = await Promise.all([uploadMapper(run, bundle), uploadMapper(run, bundle)]);
        expect(new Set(paths).size).toBe(1);
        expect(paths[0]).toContain(bundle.sha256.slice(0, 16));
        expect((await readAll(store, paths[0])).toString()).toBe(bundle.text);
        await uploadMapper(run, bundle);
        expect(run.results.at(-1)).toMatchObject({ step: 'mapper', sent: false });
      });

      it('leaves one alone that another run writes at the same time', async () => {
        const text = 'console.log(2);\n';
        const bundle = { text, sha256: sha256(Buffer.from(text)) };
        vi.spyOn(store, 'stat').mockImplementationOnce(async (path) => {
          await store.makeDirectory(path.slice(0, path.lastIndexOf('/')));
          await store.write(path, [Buffer.from(text)]);
          return undefined;
        });
        const remove = vi.spyOn(store, 'remove');
        const path = await uploadMapper(run, bundle);
        const removed = remove.mock.calls.flat();
        vi.restoreAllMocks();
        expect(removed).not.toContain(path);
        expect((await readAll(store, path)).toString()).toBe(text);
        expect(run.results.at(-1)).toMatchObject({ step: 'mapper', sent: false });
      });
    });
  });
}
