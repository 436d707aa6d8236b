import { createHash, randomUUID } from 'node:crypto';
import { join, win32 } from 'node:path';
import { Failure } from '../errors.js';
import type { FileSystem } from '../stores/file-system.js';
import { makeFolders, readText, writeSynced } from '../stores/file-tree.js';
import { inState } from './state-failure.js';

/** The run that holds a lock. */
export interface LockOwner {
  readonly runId: string;
  readonly pid: number;
  readonly hostname: string;
}

/** Content of a lock file: its owner, and earlier killed runs that are not cleared yet, latest first. */
interface LockRecord extends LockOwner {
  readonly output: string;
  readonly leftOvers?: readonly string[];
}

export interface OutputLock {
  /** Ids of runs that were killed while they held this lock, latest first. */
  readonly leftOvers: readonly string[];
  /** Releases the lock; runs that could not be cleared stay recorded in it. */
  release(uncleared: readonly string[]): Promise<void>;
}

/**
 * Locks an output, among runs that share a state folder. Throws `locked` when another live run holds the lock.
 *
 * A lock is a file made by link(2), so it appears complete or not at all. The lock of a dead run is taken over without
 * removing or overwriting its file: the new run creates the file of the next generation, which only one run can. Then
 * it checks that the previous file is unchanged and that no later one exists.
 */
export async function lockOutput(
  files: FileSystem,
  stateDir: string,
  output: string,
  owner: LockOwner,
  isAlive: (pid: number) => boolean,
  platform: NodeJS.Platform = process.platform,
): Promise<OutputLock> {
  const folder = join(stateDir, 'locks');
  const generations = new Generations(files, folder, oneSpelling(output, platform));
  await inState('make the folder', folder, () => makeFolders(files, folder));
  return inState('lock', folder, async () => {
    const last = await generations.last();
    const before = last === null ? null : parseRecord(last.text);
    if (before !== null && mayWork(before, owner, isAlive)) throw lockedBy(output, before);
    const leftOvers = before === null ? [] : [before.runId, ...(before.leftOvers ?? [])];
    const record = { ...owner, output, leftOvers };
    const generation = last === null ? 0 : last.generation + 1;
    if (!(await generations.create(generation, record))) throw lockedBy(output, await ownerOf(generations));
    const isOurs =
      (last === null || (await generations.read(last.generation)) === last.text) &&
      (await generations.numbers()).at(-1) === generation;
    if (!isOurs) {
      await generations.remove(generation);
      throw lockedBy(output, await ownerOf(generations));
    }
    return {
      leftOvers,
      release: (uncleared) =>
        inState('unlock', folder, () => release(generations, generation, { ...owner, output }, uncleared)),
    };
  });
}

/** One spelling for each folder: on Windows `C:\Out` and `c:/out` are the same. Other paths stay as they are. */
function oneSpelling(output: string, platform: NodeJS.Platform): string {
  const isUri = /^[a-z]+:\/\//.test(output);
  return platform === 'win32' && !isUri ? win32.normalize(output).toLowerCase() : output;
}

/** The files of one output's lock: `<hash>.json`, after a takeover `<hash>.1.json`, and so on. */
class Generations {
  readonly #files: FileSystem;
  readonly #folder: string;
  readonly #name: string;

  constructor(files: FileSystem, folder: string, output: string) {
    this.#files = files;
    this.#folder = folder;
    this.#name = createHash('sha256').update(output).digest('hex').slice(0, 16);
  }

  /** The generations that exist, in ascending order. */
  async numbers(): Promise<readonly number[]> {
    const pattern = new RegExp(`^${this.#name}(?:\\.(\\d+))?\\.json$`);
    return (await this.#files.readdir(this.#folder))
      .flatMap((name) => {
        const match = pattern.exec(name);
        return match === null ? [] : [Number(match[1] ?? 0)];
      })
      .sort((one, other) => one - other);
  }

  async last(): Promise<{ readonly generation: number; readonly text: string } | null> {
    const generation = (await this.numbers()).at(-1);
    const text = generation === undefined ? undefined : await this.read(generation);
    return generation === undefined || text === undefined ? null : { generation, text };
  }

  read(generation: number): Promise<string | undefined> {
    return readText(this.#files, this.#pathOf(generation));
  }

  /** False when that generation exists already. */
  async create(generation: number, record: LockRecord): Promise<boolean> {
    const claim = await this.#claim(generation, record);
    try {
      await this.#files.link(claim, this.#pathOf(generation));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await this.#files.unlink(claim);
    }
  }

  async replace(generation: number, record: LockRecord): Promise<void> {
    await this.#files.rename(await this.#claim(generation, record), this.#pathOf(generation));
  }

  remove(generation: number): Promise<void> {
    return this.#files.unlink(this.#pathOf(generation));
  }

  async #claim(generation: number, record: LockRecord): Promise<string> {
    const claim = `${this.#pathOf(generation)}.${randomUUID()}`;
    await writeSynced(this.#files, claim, Buffer.from(JSON.stringify(record)));
    return claim;
  }

  #pathOf(generation: number): string {
    return join(this.#folder, `${this.#name}${generation === 0 ? '' : `.${generation}`}.json`);
  }
}

/** Process id in the lock of a run that has ended but was not cleared. */
const NOBODY = 0;

/** Whether the owner may still be running. A process on another machine can't be checked, so it counts as alive. */
function mayWork(other: LockOwner, owner: LockOwner, isAlive: (pid: number) => boolean): boolean {
  if (other.pid === NOBODY) return false;
  return other.hostname !== owner.hostname || isAlive(other.pid);
}

/** Removes the oldest generation first and our own last, so that the output stays locked until the end. */
async function release(
  generations: Generations,
  own: number,
  record: LockRecord,
  [last, ...earlier]: readonly string[],
): Promise<void> {
  if (last !== undefined) {
    await generations.replace(own, { ...record, runId: last, pid: NOBODY, leftOvers: earlier });
  }
  for (const generation of await generations.numbers()) {
    if (generation < own) await generations.remove(generation);
  }
  if (last === undefined) await generations.remove(own);
}

async function ownerOf(generations: Generations): Promise<LockOwner | null> {
  const last = await generations.last();
  return last === null ? null : parseRecord(last.text);
}

function parseRecord(text: string): LockRecord | null {
  try {
    const record = JSON.parse(text) as Partial<LockRecord> | null;
    return typeof record?.pid === 'number' && typeof record.runId === 'string'
      ? (record as LockRecord)
      : null;
  } catch {
    return null;
  }
}

function lockedBy(output: string, other: LockOwner | null): Failure<'locked'> {
  const owner =
    other === null ? 'another run' : `run ${other.runId} (process ${other.pid} on ${other.hostname})`;
  return new Failure('locked', { path: output, owner });
}
