import { isFailure } from '../errors.js';
import type { RenamingStore } from '../stores/store.js';
import { type LeaseRecord, parseLeaseRecord } from './lease-record.js';

/** The state of a lock at one moment. */
export interface SeenLock {
  readonly reign: string;
  readonly generation: number;
  /** Null if the file is damaged: a lock without a known owner. */
  readonly record: LeaseRecord | null;
  /** Changes with every renewal and takeover. */
  readonly token: string;
}

const FIRST = 'lock.json';
const LATER = /^lock\.([0-9a-f]{12})\.(\d{1,15})\.json$/;
/** Reign of a lock whose first file is damaged. */
const UNKNOWN_REIGN = '0'.repeat(12);
const MAX_BYTES = 64 * 1024;
/** How often files may vanish between two requests before that is an error. */
const TRIES = 10;

/**
 * The files of one lock. `lock.json` begins a reign, and its name is that of the lock: who creates it holds the lock.
 * Each renewal and each takeover creates the file of the next generation, `lock.<reign>.<n>.json`. Only one run can
 * create it, so a renewal never overwrites a takeover, nor the other way round. The last generation counts.
 *
 * The file of a takeover stays until the end of the reign, so a run that was taken over can't create it once more. Reigns
 * are random, so a run that slept through the end of its reign can't mistake a later lock for its own.
 */
export class LeaseFiles {
  readonly #store: RenamingStore;
  readonly #folder: string;
  #listed: readonly string[] = [];

  constructor(store: RenamingStore, folder: string) {
    this.#store = store;
    this.#folder = folder;
  }

  /** Null if nothing holds the lock. */
  async look(): Promise<SeenLock | null> {
    for (let tries = 1; ; tries++) {
      const names = await this.#names();
      const first = names.includes(FIRST) ? await this.#read(FIRST) : undefined;
      if (first === undefined) {
        if (!names.includes(FIRST)) return null;
      } else {
        const reign = parseLeaseRecord(first)?.reign ?? UNKNOWN_REIGN;
        const generation = lastOf(names, reign);
        const text = generation === 0 ? first : await this.#read(nameOf(reign, generation));
        if (text !== undefined) {
          const record = parseLeaseRecord(text);
          return {
            reign,
            generation,
            record: record?.reign === reign ? record : null,
            token: `${reign} ${generation} ${text}`,
          };
        }
      }
      // Its owner has renewed or released it meanwhile.
      if (tries === TRIES) throw new Error('The files of the lock keep changing');
    }
  }

  /** Creates the first file or that of a later generation. False if another run has done so. */
  async create(reign: string, generation: number, record: LeaseRecord): Promise<boolean> {
    const name = nameOf(reign, generation);
    const text = JSON.stringify(record);
    for (let tries = 1; ; tries++) {
      try {
        await this.#store.write(this.#pathOf(name), [Buffer.from(text)]);
        return true;
      } catch (error) {
        if (!isFailure(error, 'store')) throw error;
        // Ours, if the answer to an earlier request was lost.
        if (error.details.problem === 'exists') return (await this.#read(name)) === text;
        // Another run has removed the empty folder, or has tidied up what it took for an old temporary file.
        if (error.details.problem !== 'not-found' || tries === TRIES) throw error;
        if (generation === 0) await this.#store.makeDirectory(this.#folder);
        else if (!(await this.#names()).includes(FIRST)) return false;
      }
    }
  }

  /** Whether the lock is still in this reign, and no later generation exists. */
  async isLast(reign: string, generation: number): Promise<boolean> {
    const names = await this.#names();
    if (!names.includes(FIRST) || lastOf(names, reign) !== generation) return false;
    const first = await this.#read(FIRST);
    return first !== undefined && (parseLeaseRecord(first)?.reign ?? UNKNOWN_REIGN) === reign;
  }

  /** Removes the file of an earlier generation. The first one stays until the end of the reign. */
  async remove(reign: string, generation: number): Promise<void> {
    if (generation > 0) await this.#store.remove(this.#pathOf(nameOf(reign, generation)));
  }

  /** Names in the folder, as last listed, that killed runs have left: files of other reigns, and temporary files. */
  strays(reign: string): readonly string[] {
    return this.#listed.filter((name) => name !== FIRST && LATER.exec(name)?.[1] !== reign);
  }

  /** Ends a reign: removes its first file, then its others as last listed, then the strays. */
  async end(reign: string, strays: readonly string[]): Promise<void> {
    const others = this.#listed.filter((name) => LATER.exec(name)?.[1] === reign);
    for (const name of [FIRST, ...others, ...strays]) await this.#store.remove(this.#pathOf(name));
  }

  async #names(): Promise<readonly string[]> {
    this.#listed = await this.#list();
    return this.#listed;
  }

  async #list(): Promise<readonly string[]> {
    try {
      const entries = await this.#store.list(this.#folder);
      return entries.filter(({ type }) => type === 'file').map(({ name }) => name);
    } catch (error) {
      if (isFailure(error, 'store') && error.details.problem === 'not-found') return [];
      throw error;
    }
  }

  async #read(name: string): Promise<string | undefined> {
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of this.#store.read(this.#pathOf(name), { end: MAX_BYTES })) chunks.push(chunk);
    } catch (error) {
      if (isFailure(error, 'store') && error.details.problem === 'not-found') return undefined;
      throw error;
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  #pathOf(name: string): string {
    return `${this.#folder}/${name}`;
  }
}

function nameOf(reign: string, generation: number): string {
  return generation === 0 ? FIRST : `lock.${reign}.${generation}.json`;
}

/** The last generation of a reign; 0 if only the first file is there. */
function lastOf(names: readonly string[], reign: string): number {
  return names.reduce((last, name) => {
    const [, ofReign, generation] = LATER.exec(name) ?? [];
    return ofReign === reign ? Math.max(last, Number(generation)) : last;
  }, 0);
}
