import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realMachine } from '../../submit/cli/connections.js';
import { Failure } from '../../submit/errors.js';
import { type Http, type HttpAnswer, HttpError, type HttpRequest } from '../../submit/hadoop/http.js';
import { seed } from '../crash/published.js';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import { type Ended, runInProcess } from '../support/in-process.js';
import { quickMachine } from '../support/quick-machine.js';
import { isThorough } from '../support/thoroughness.js';
import { type Operation, type Watcher, watchedMachine } from '../support/watched-machine.js';
import { WorkFolder } from '../support/work-folder.js';

/** So long a lease that no renewal comes between the operations that are counted. */
const ENV = { HADOOP_ELT_LEASE: '1h' };
/** Three records, one of which is rejected: both jobs run, and all kinds of files are published. */
const JOB = `name: commit
input: { files: in/*.csv }
columns:
  Name: upper
  Amount: { round: { places: 1, onInvalid: reject } }
output: { path: out }
`;
const HEADER = 'Name,Amount\n';
/** Every operation is tried in the heavy suite; otherwise every fourth, each day with another one as the first. */
const STEP = isThorough ? 1 : 4;
const FIRST = 1 + (seed() % STEP);
const MODES = ['create', 'replace', 'append'] as const;
type Mode = (typeof MODES)[number];
/** Without the heavy suite the modes take turns by day where all operations are tried. */
const MODES_TRIED = isThorough ? MODES : MODES.filter((_, nth) => nth === seed() % MODES.length);

describe('on this machine', () => {
  const machine = quickMachine();
  /** The state before each run. Each run works on a copy in the same place. */
  const seeds = new Map<Mode, string>();
  const root = mkdtempSync(join(tmpdir(), 'hadoop-elt-commit-'));
  const folder = join(root, 'work');
  const run = (mode: Mode, watcher: Watcher = {}, signal = new AbortController().signal) =>
    runInProcess(['run', 'job.yaml', '--mode', mode], {
      cwd: folder,
      env: ENV,
      machine: watchedMachine(machine, watcher),
      signal,
    });

  beforeAll(async () => {
    for (const mode of MODES) {
      const work = new WorkFolder();
      await work.write('job.yaml', JOB);
      await work.write('in/a.csv', `${HEADER}oslo,1.25\nrome,x\n`);
      if (mode !== 'create') {
        cpSync(work.path, folder, { recursive: true });
        expect((await run(mode)).exitCode).toBe(0);
        rmSync(work.path, { recursive: true });
        cpSync(folder, work.path, { recursive: true });
        rmSync(folder, { recursive: true });
        if (mode === 'append') await work.write('in/b.csv', `${HEADER}bonn,x\nbern,2\n`);
      }
      seeds.set(mode, work.path);
    }
  });
  afterAll(() => {
    for (const path of [root, ...seeds.values()]) rmSync(path, { recursive: true });
  });

  /** Runs from the seed. `at` gets each operation and its distance from the commit (0: the commit; null: before it). */
  async function runFromSeed(mode: Mode, at: Sabotage, signal?: AbortSignal): Promise<Ended> {
    rmSync(folder, { recursive: true, force: true });
    cpSync(seeds.get(mode) ?? '', folder, { recursive: true });
    let behindCommit: number | null = null;
    const place = (operation: Operation) => {
      if (behindCommit === null && isCommit(operation)) behindCommit = 0;
      else if (behindCommit !== null) behindCommit += 1;
      return behindCommit;
    };
    // Closing a file fails after it is done; otherwise the file would stay open.
    const places = new Map<Operation, number | null>();
    return run(
      mode,
      {
        before(operation) {
          places.set(operation, place(operation));
          if (operation.name !== 'file.close') at(operation, places.get(operation) ?? null);
        },
        after(operation) {
          if (operation.name === 'file.close') at(operation, places.get(operation) ?? null);
        },
      },
      signal,
    );
  }

  async function countBeforeCommit(mode: Mode): Promise<number> {
    let count = 0;
    await runFromSeed(mode, (_operation, behind) => {
      if (behind === null) count += 1;
    });
    return count;
  }

  const outputFolders = (mode: Mode) =>
    mode === 'append' ? readdirSync(join(folder, 'out')).map((name) => join('out', name)) : ['out'];
  const publishedNames = ['_SUCCESS', '_hadoop-elt', 'part-00000'];

  function expectPublished(mode: Mode, ended: Ended, what: string): void {
    expect([ended.exitCode, ended.stdout], what + ended.stderr).toEqual([
      0,
      expect.stringContaining(`Published ${folder}`),
    ]);
    expect(ended.stderr, what).not.toMatch(/nothing was published|bug|Error:/);
    for (const output of outputFolders(mode)) {
      expect(readdirSync(join(folder, output)).sort(), what).toEqual(publishedNames);
    }
    expect(outputFolders(mode).length, what).toBe(mode === 'append' ? 2 : 1);
    expect(endsIn(journals(folder)), what).not.toContain('failed');
  }

  /** Expects that the next run finds no leftovers, or removes them. */
  async function expectNextRunWell(mode: Mode, what: string): Promise<void> {
    const next = await run(mode);
    expect([next.exitCode, readdirSync(folder).sort()], what + next.stderr).toEqual([
      0,
      ['.hadoop-elt', 'in', 'job.yaml', 'out'],
    ]);
    expect(next.stderr, what).not.toContain('killed');
  }

  describe.each(MODES_TRIED)('%s', (mode) => {
    it('is published whatever operation fails after the commit', async () => {
      for (let nth = FIRST; ; nth += STEP) {
        let failed = '';
        const ended = await runFromSeed(mode, (operation, behind) => {
          if (behind !== nth) return;
          failed = `${nth} ${textOf(operation)}\n`;
          throw inputOutputError(operation);
        });
        if (failed === '') {
          expect(nth).toBeGreaterThan(10);
          return;
        }
        expectPublished(mode, ended, failed);
        expect(ended.stderr, failed).toMatch(/Warning: published, but .*EIO/);
        await expectNextRunWell(mode, failed);
      }
    });

    it('is published whenever a signal comes after the commit', async () => {
      for (let nth = FIRST - 1; ; nth += STEP) {
        let struck = '';
        const { interrupt, signal } = interruption();
        const ended = await runFromSeed(
          mode,
          (operation, behind) => {
            if (behind !== nth) return;
            struck = `${nth} ${textOf(operation)}\n`;
            interrupt();
          },
          signal,
        );
        if (struck === '') {
          expect(nth).toBeGreaterThan(10);
          return;
        }
        expectPublished(mode, ended, struck);
        expect(ended.stderr, struck).toMatch(/Warning: published, but the run was interrupted/);
        expect(endsIn(journals(folder)).at(-1), struck).toBe('published');
      }
    });

    it('is not published when a signal comes before the commit, and nothing is left of it', async () => {
      const before = namesBelow(seeds.get(mode) ?? '');
      /** Operations of the commit itself: checks and a rename, which a signal does not interrupt. */
      const committing: string[] = [];
      // Up to the mapper all modes do the same, so one mode tests it.
      const total = await countBeforeCommit(mode);
      const first = mode === 'create' ? FIRST : total - LAST_OPERATIONS;
      for (let nth = first; ; nth += nth < total - COMMITTING ? STEP : 1) {
        let count = 0;
        let struck = '';
        const { interrupt, signal } = interruption();
        const ended = await runFromSeed(
          mode,
          (operation, behind) => {
            count += 1;
            if (behind !== null || count !== nth) return;
            struck = `${nth} ${textOf(operation)}\n`;
            interrupt();
          },
          signal,
        );
        if (struck === '') break;
        if (ended.exitCode === 0) {
          committing.push(struck.split(' ')[1] ?? '');
          expectPublished(mode, ended, struck);
          continue;
        }
        expect(committing, struck).toEqual([]);
        expect([ended.exitCode, ended.stdout], struck + ended.stderr).toEqual([130, '']);
        expect(ended.stderr, struck).toContain('nothing was published');
        expect(namesBelow(folder), struck + ended.stderr).toEqual(before);
      }
      expect(committing).toEqual(LOOKS_OF_THE_COMMIT[mode]);
    });
  });

  it.each(MODES)('%s: is not published when an operation of the commit fails', async (mode) => {
    const before = namesBelow(seeds.get(mode) ?? '');
    const count = await countBeforeCommit(mode);
    for (let nth = count - LOOKS_OF_THE_COMMIT[mode].length; nth <= count; nth++) {
      let done = 0;
      let failed = '';
      const ended = await runFromSeed(mode, (operation) => {
        if (done++ !== nth) return;
        failed = `${nth} ${textOf(operation)}\n`;
        throw inputOutputError(operation);
      });
      expect([ended.exitCode, ended.stdout], failed + ended.stderr).toEqual([3, '']);
      expect(ended.stderr, failed).toContain('EIO');
      expect(namesBelow(folder), failed + ended.stderr).toEqual(before);
    }
  });

  it('is published though every operation fails from some point after the commit on', async () => {
    for (let nth = 1; ; nth += STEP) {
      let failed = '';
      const ended = await runFromSeed('replace', (operation, behind) => {
        if (behind === null || behind < nth) return;
        failed ||= `${nth} ${textOf(operation)}\n`;
        throw inputOutputError(operation);
      });
      if (failed === '') {
        expect(nth).toBeGreaterThan(10);
        return;
      }
      expectPublished('replace', ended, failed);
      expect(ended.stderr, failed).toMatch(/Warning: published, but .*EIO/);
      if (nth === 1) await expectNextRunWell('replace', failed);
    }
  });
});

describe.concurrent('on Hadoop', () => {
  let cluster: FakeCluster;
  let count = 0;
  beforeAll(async () => {
    cluster = await startFakeCluster();
  });
  afterAll(() => cluster.close());

  /** Submits to a new output. From the committing rename on, `instead` may answer instead of the server. */
  async function submit(
    instead: (behindCommit: number, send: () => Promise<HttpAnswer>) => Promise<HttpAnswer>,
    signal?: AbortSignal,
  ) {
    count += 1;
    const base = `/commit/${count}`;
    const work = new WorkFolder();
    await work.write('job.yaml', JOB.replace('in/*.csv', `in/*.csv, upload: ${base}/raw`));
    await work.write('in/a.csv', `${HEADER}oslo,1.25\n`);
    let behindCommit: number | null = null;
    const http: Http = {
      send(request) {
        if (behindCommit !== null) behindCommit += 1;
        else if (isCommittingRequest(request)) behindCommit = 0;
        const send = () => realMachine.http.send(request);
        return behindCommit === null ? send() : instead(behindCommit, send);
      },
    };
    const args = ['submit', 'job.yaml', '--cluster', cluster.clusterFile, '--output', `${base}/out`];
    const options = { cwd: work.path, env: ENV, machine: { ...realMachine, http } };
    const ended = await runInProcess(args, signal === undefined ? options : { ...options, signal });
    const ends = endsIn(journals(work.path));
    rmSync(work.path, { recursive: true });
    const part = await cluster.hdfs.readFile(`${base}/out/part-00000`);
    return { ended, ends, part: String(part) };
  }
  type Submitted = Awaited<ReturnType<typeof submit>>;

  function expectPublished({ ended, ends, part }: Submitted, what: string): void {
    expect([ended.exitCode, ended.stdout], what + ended.stderr).toEqual([
      0,
      expect.stringContaining('Published hdfs://'),
    ]);
    expect(ended.stderr, what).not.toMatch(/nothing was published|bug|Error:/);
    expect(part, what).toBe(`${HEADER}OSLO,1.2\n`);
    expect(ends, what).toEqual(['published']);
  }

  /** The number of requests after the commit: to read the first lines, to clean up, and to unlock. */
  const REQUESTS = 28;

  it('is published whatever request is refused after the commit', async () => {
    const chosen: number[] = [];
    for (let nth = FIRST; nth <= REQUESTS; nth += STEP) chosen.push(nth);
    const all = await Promise.all(
      chosen.map((nth) => submit(async (behind, send) => (behind === nth ? refusal() : send()))),
    );
    for (const [at, submitted] of all.entries()) {
      expectPublished(submitted, `${chosen[at]} `);
      expect(submitted.ended.stderr, `${chosen[at]}`).toMatch(/Warning: published, but .*injected/);
    }
  });

  it('is published when a signal comes after the commit', async () => {
    let last = 0;
    const { interrupt, signal } = interruption();
    const submitted = await submit((behind, send) => {
      if (behind === 3) interrupt();
      last = behind;
      return send();
    }, signal);
    expectPublished(submitted, '');
    expect(submitted.ended.stderr).toMatch(/Warning: published, but the run was interrupted/);
    expect(submitted.ended.stderr.match(/Warning/g)).toHaveLength(1);
    expect(last).toBe(REQUESTS);
  });

  it('is published when the answer to the commit gets lost, and with it all connections', async () => {
    const lost = () => new HttpError('injected', { code: 'ECONNRESET', wasConnected: true });
    const loseAnswer = async (send: () => Promise<HttpAnswer>): Promise<never> => {
      await (await send()).text();
      throw lost();
    };
    const { interrupt, signal } = interruption();
    const [once, forGood] = await Promise.all([
      submit((behind, send) => (behind === 0 ? loseAnswer(send) : send())),
      submit((behind, send) => {
        // After a signal no request is retried.
        if (behind === 0) interrupt();
        if (behind === 0) return loseAnswer(send);
        // The state of the output shows that the commit was done. After that no request is answered.
        return behind === 1 ? send() : Promise.reject(lost());
      }, signal),
    ]);
    expectPublished(once, 'once ');
    expectPublished(forGood, 'for good ');
    for (const what of ['first lines .*injected', 'staging folder .*injected', 'interrupted']) {
      expect(forGood.ended.stderr).toMatch(new RegExp(`Warning: published, but .*${what}`));
    }
  });
});

/** The rename that publishes, in HDFS. */
function isCommittingRequest({ url }: HttpRequest): boolean {
  const { searchParams, pathname } = url;
  return searchParams.get('op') === 'RENAME' && /[/]staging[/][^/]*[/]records$/.test(pathname);
}

/** An error answer that is not retried. */
function refusal(): HttpAnswer {
  const message = { RemoteException: { exception: 'AccessControlException', message: 'injected' } };
  const bytes = Buffer.from(JSON.stringify(message));
  return {
    status: 403,
    headers: { 'content-type': 'application/json' },
    body: (async function* () {
      yield bytes;
    })(),
    isRequestSent: true,
    text: async () => bytes.toString(),
  };
}

/** The last operations before the commit: all those in which the modes differ, and some more. */
const LAST_OPERATIONS = 70;

/** More than the operations of the commit, and than a step jumps over. */
const COMMITTING = 15;

/** The operations of the commit before its rename. */
const LOOKS_OF_THE_COMMIT: Readonly<Record<Mode, readonly string[]>> = {
  create: ['files.lstat', 'files.lstat'],
  replace: ['files.stat', 'files.lstat', 'files.lstat', 'files.rename', 'files.lstat', 'files.lstat'],
  append: ['files.lstat', 'files.lstat'],
};

type Sabotage = (operation: Operation, behindCommit: number | null) => void;

/** The rename that publishes. */
function isCommit({ name, arguments: [from] }: Operation): boolean {
  return name === 'files.rename' && /[/]staging[/][^/]*[/]records$/.test(String(from));
}

function inputOutputError({ name }: Operation): Error {
  const syscall = name.replace(/.*[.]/, '');
  return Object.assign(new Error(`EIO: i/o error, ${syscall}`), { code: 'EIO', errno: -5, syscall });
}

function interruption() {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Failure('interrupted', { signal: 'SIGINT' }));
  return { interrupt, signal: controller.signal };
}

function textOf({ name, arguments: [first] }: Operation): string {
  return typeof first === 'string' ? `${name} ${first}` : name;
}

/** All names below a folder, without the state folder. */
function namesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('.hadoop-elt'))
    .sort();
}

function journals(folder: string): string {
  const runs = join(folder, '.hadoop-elt', 'runs');
  return readdirSync(runs)
    .sort()
    .map((name) => readFileSync(join(runs, name, 'journal.jsonl'), 'utf8'))
    .join('');
}

/** The end states in some journals. */
function endsIn(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.includes('"entry":"end"'))
    .map((line) => (JSON.parse(line) as { state: string }).state);
}
