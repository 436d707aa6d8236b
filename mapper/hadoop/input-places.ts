import { openSync, readSync } from 'node:fs';
import {
  type InputPlace,
  type InputPlaces,
  type InputSection,
  ORIGIN_ENTRY,
  type RefusedPlace,
  TASK_ENVIRONMENT,
} from '../contract.js';
import { MapperFailure } from '../failure.js';
import { LF } from '../records/byte-string.js';
import { SheetRows } from '../records/sheet-rows.js';
import { pathOfUri, type TaskContext } from './task-environment.js';

/** Where the records of stdin come from, as rejects say it. */
export interface RecordSource {
  /** `-` for a pipe; empty if it is not known. */
  readonly file: string;
  /** Lines of the file before the first one of stdin; null if that is not known. */
  readonly linesBefore: number | null;
  /** Where a line of the file, from 1, came from itself; null if that is not known. Absent: the file is no copy. */
  readonly originOf?: (line: number) => Place | null;
}

/** Where a line of an input came from, if that input was made of other files. */
export interface Origins {
  /** By the number of an entry in the table. Null if there is none. */
  at(entry: number): Place | null;
}

/** A place in a file. */
interface Place {
  readonly file: string;
  readonly line: number | null;
}

/** What the submitter found out. */
export interface KnownPlaces {
  readonly places?: InputPlaces | null;
  readonly origins?: Origins | null;
}

/** The places that the submitter found out; none if it gave none. Throws a MapperFailure if they can't be read. */
export function readInputPlaces(env: Readonly<Record<string, string | undefined>>): KnownPlaces {
  const path = env[TASK_ENVIRONMENT.inputPlaces];
  if (path === undefined || path === '') return {};
  try {
    const fd = openSync(path, 'r');
    const [places = '', files, tableStart] = headOf(fd);
    return {
      places: JSON.parse(places) as InputPlaces,
      origins: files === undefined ? null : originsIn(fd, JSON.parse(files) as string[], tableStart),
    };
  } catch (error) {
    const { message, code = null } = error as NodeJS.ErrnoException;
    throw new MapperFailure(
      'io',
      { operation: 'read the places of inputs', systemCode: code, cause: message },
      { cause: error },
    );
  }
}

const CHUNK_BYTES = 64 * 1024;

/** The first two lines, without their ends, and where the table starts. The table may be larger than memory. */
function headOf(fd: number): [places: string, files: string | undefined, tableStart: number] {
  const chunks: Buffer[] = [];
  let lineEnds = 0;
  for (let position = 0; lineEnds < 2; ) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const size = readSync(fd, chunk, 0, CHUNK_BYTES, position);
    if (size === 0) break;
    position += size;
    chunks.push(chunk.subarray(0, size));
    for (const byte of chunks.at(-1) ?? []) if (byte === LF) lineEnds += 1;
  }
  const head = Buffer.concat(chunks);
  const first = head.indexOf(LF);
  if (first < 0) return [head.toString('utf8'), undefined, 0];
  const second = head.indexOf(LF, first + 1);
  return [head.toString('utf8', 0, first), head.toString('utf8', first + 1, second), second + 1];
}

/** Reads one entry at a time: only rejects ask for them. */
function originsIn(fd: number, files: readonly string[], tableStart: number): Origins {
  const { bytes, indexBytes } = ORIGIN_ENTRY;
  const entry = Buffer.alloc(bytes);
  return {
    at(number) {
      if (readSync(fd, entry, 0, bytes, tableStart + number * bytes) < bytes) return null;
      const file = files[entry.readUInt32BE(0)];
      const line = entry.readUIntBE(indexBytes, bytes - indexBytes);
      return file === undefined ? null : { file, line: line === 0 ? null : line };
    },
  };
}

/** The place of the task's input; undefined if it is not known. */
export function placeOfInput(
  { inputFile }: Pick<TaskContext, 'inputFile'>,
  places: InputPlaces | null,
): InputPlace | undefined {
  const path = inputFile === null ? null : pathOfUri(inputFile);
  return path !== null && places !== null && Object.hasOwn(places, path) ? places[path] : undefined;
}

/** Whether some files of the job hold several inputs. */
export function hasSections(env: Readonly<Record<string, string | undefined>>): boolean {
  return env[TASK_ENVIRONMENT.combined] === '1';
}

/**
 * The inputs in the file that a task reads; null if it holds one. Throws a MapperFailure where that is not known, or the task
 * reads only a part of such a file.
 */
export function sectionsOf(
  task: Pick<TaskContext, 'inputFile' | 'inputStart'>,
  places: InputPlaces | null = null,
): readonly InputSection[] | null {
  const place = placeOfInput(task, places);
  const unknown = (cause: string) =>
    new MapperFailure('io', { operation: 'read the places of inputs', systemCode: null, cause });
  if (place === undefined) throw unknown(`they do not have ${task.inputFile ?? 'the input'}`);
  if (place.sections !== undefined && task.inputStart !== 0) {
    throw unknown(
      `the split of ${task.inputFile} starts at byte ${task.inputStart}, but it must not be split`,
    );
  }
  return place.sections ?? null;
}

/** The records of a task that are not taken by what its output goes to. To be asked before the task begins another input. */
export function refusedOf(
  task: Pick<TaskContext, 'inputFile' | 'inputStart'>,
  places: InputPlaces | null = null,
): readonly RefusedPlace[] {
  const { inputStart } = task;
  return inputStart === null ? [] : (placeOfInput(task, places)?.refused?.[inputStart] ?? []);
}

/** The source of what stdin gives. A line number that is not known for certain is left out. */
export function recordSourceOf(
  task: TaskContext | null,
  places: InputPlaces | null,
  origins: Origins | null = null,
): RecordSource {
  if (task === null) return { file: '-', linesBefore: 0 };
  const { inputFile, inputStart } = task;
  const place = placeOfInput(task, places);
  const linesBefore =
    inputStart === 0 ? 0 : inputStart === null ? null : (place?.linesBefore[inputStart] ?? null);
  const firstOrigin = place?.firstOrigin;
  const file = place?.name ?? inputFile ?? '';
  const rows = place?.rows === undefined ? null : new SheetRows(place.rows);
  return {
    file,
    linesBefore,
    ...(rows !== null && { originOf: (line) => ({ file, line: rows.rowOf(line) }) }),
    ...(firstOrigin !== undefined &&
      origins !== null && { originOf: (line) => origins.at(firstOrigin + line - 1) }),
  };
}
