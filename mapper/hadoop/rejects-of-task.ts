import { TASK_ENVIRONMENT } from '../contract.js';
import {
  type KnownPlaces,
  placeOfInput,
  type RecordSource,
  readInputPlaces,
  recordSourceOf,
} from './input-places.js';
import { linesBefore } from './lines-before.js';
import type { TaskContext } from './task-environment.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The file descriptor that takes the rejects of a task that writes records; null if none does. */
export function rejectsDescriptorOf(env: Environment): number | null {
  const text = env[TASK_ENVIRONMENT.rejectsDescriptor] ?? '';
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** An input that is being read. */
export interface OpenInput {
  readonly fd: number;
  /** Where the first line starts that is read; null if that is not a place in the file. */
  readonly lineStart: number | null;
}

/**
 * Finds the sources of a task's rejects. To be asked when an input has its first reject, because most have none: what the
 * inputs are called is in a file, and the lines before a split are counted.
 */
export function sourcesOfRejects(
  env: Environment,
  inputOf: () => OpenInput,
): (task: TaskContext) => RecordSource {
  let known: KnownPlaces | undefined;
  return (task) => {
    known ??= readInputPlaces(env);
    const { places = null, origins = null } = known;
    const source = recordSourceOf(task, places, origins);
    const { lineIndex } = placeOfInput(task, places) ?? {};
    const { fd, lineStart } = inputOf();
    if (source.linesBefore !== null || lineIndex === undefined || lineStart === null) return source;
    return { ...source, linesBefore: linesBefore(fd, lineStart, lineIndex) };
  };
}
