import { readFileSync } from 'node:fs';
import { type InputPlaces, TASK_ENVIRONMENT } from '../contract.js';
import { MapperFailure } from '../failure.js';
import { pathOfUri, type TaskContext } from './task-environment.js';

/** Where the records of stdin come from, as rejects say it. */
export interface RecordSource {
  /** `-` for a pipe; empty if it is not known. */
  readonly file: string;
  /** Lines of the file before the first one of stdin; null if that is not known. */
  readonly linesBefore: number | null;
}

/** The places that the submitter found out; null if it gave none. Throws a MapperFailure if they can't be read. */
export function readInputPlaces(env: Readonly<Record<string, string | undefined>>): InputPlaces | null {
  const path = env[TASK_ENVIRONMENT.inputPlaces];
  if (path === undefined || path === '') return null;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as InputPlaces;
  } catch (error) {
    const { message, code = null } = error as NodeJS.ErrnoException;
    throw new MapperFailure(
      'io',
      { operation: 'read the places of inputs', systemCode: code, cause: message },
      { cause: error },
    );
  }
}

/** The source of what stdin gives. A line number that is not known for certain is left out. */
export function recordSourceOf(task: TaskContext | null, places: InputPlaces | null): RecordSource {
  if (task === null) return { file: '-', linesBefore: 0 };
  const { inputFile, inputStart } = task;
  const path = inputFile === null ? null : pathOfUri(inputFile);
  const place = path !== null && places !== null && Object.hasOwn(places, path) ? places[path] : undefined;
  const linesBefore =
    inputStart === 0 ? 0 : inputStart === null ? null : (place?.linesBefore[inputStart] ?? null);
  return { file: place?.name ?? inputFile ?? '', linesBefore };
}
