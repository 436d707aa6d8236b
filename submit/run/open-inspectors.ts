import type { Context } from '../context.js';
import type { Engine } from '../engines/engine.js';
import type { JobPlan } from '../job/plan.js';
import { inspectorOf, inspectorOnThreads } from '../sources/inspect/inspector.js';
import { startInspectionThreads } from '../sources/inspect/threads.js';
import { localStore } from '../stores/local/local-store.js';
import type { InputFile, Inspectors } from './step.js';

/** Below so many bytes of input, starting threads takes longer than they save. */
const WORTH_THREADS_BYTES = 32 * 1024 ** 2;

/** Who reads the files of a run: threads, where there is much to read on this machine. */
export function openInspectors(
  { settings }: JobPlan,
  { store }: Engine,
  { signal, inspectThreadSource }: Context,
  inputs: readonly InputFile[],
): Inspectors {
  const count = settings['run.parallel'].value;
  const bytes = inputs.reduce((sum, { sizeBytes, inPlace }) => sum + (inPlace ? 0 : sizeBytes), 0);
  const here =
    count > 1 && bytes >= WORTH_THREADS_BYTES
      ? inspectorOnThreads(startInspectionThreads(inspectThreadSource, count, signal))
      : inspectorOf(localStore, signal);
  return { inputs: here, parts: store.scheme === 'file' ? here : inspectorOf(store, signal) };
}
