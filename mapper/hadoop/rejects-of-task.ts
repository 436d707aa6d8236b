import { TASK_ENVIRONMENT } from '../contract.js';
import { placeOfInput, type RecordSource, readInputPlaces, recordSourceOf } from './input-places.js';
import { linesBefore } from './lines-before.js';
import type { TaskContext } from './task-environment.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The file descriptor that takes the rejects of a task that writes records; null if none does. */
export function rejectsDescriptorOf(env: Environment): number | null {
  const text = env[TASK_ENVIRONMENT.rejectsDescriptor] ?? '';
  return /^\d+$/.test(text) ? Number(text) : null;
}

/**
 * The source of a task's rejects. Found out when it is first asked for, because most tasks reject nothing: what the input
 * is called is in a file, and the lines before the split are counted.
 */
export function sourceOfRejects(
  task: TaskContext,
  { env, stdinFd }: { readonly env: Environment; readonly stdinFd: number },
): () => RecordSource {
  let source: RecordSource | undefined;
  return () => {
    source ??= find();
    return source;
  };

  function find(): RecordSource {
    const { places = null, origins = null } = readInputPlaces(env);
    const known = recordSourceOf(task, places, origins);
    const { lineIndex } = placeOfInput(task, places) ?? {};
    if (known.linesBefore !== null || lineIndex === undefined || task.stdinRange === null) return known;
    return { ...known, linesBefore: linesBefore(stdinFd, task.stdinRange.start, lineIndex) };
  }
}
