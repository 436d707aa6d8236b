import { SUCCESS_NAME } from '../../engines/success-file.js';
import { isFailure } from '../../errors.js';
import type { RenamingStore } from '../../stores/store.js';
import { MANIFEST_NAME, type Manifest, REJECTS_NAME } from '../manifest.js';
import { performStep, type RunState } from '../step.js';
import { outputExists } from './check.js';
import type { FinishedJobs } from './run-job.js';

/**
 * The publish step: makes the output visible by one rename that never writes over anything. With `replace` the old
 * output is set aside first and put back if the new one can't take its place: for an instant a reader may find
 * nothing. Returns the folder that was published: the output, or its new batch.
 */
export function publishOutput(state: RunState, jobs: FinishedJobs, manifest: Manifest): Promise<string> {
  return performStep(state, 'publish', async () => {
    const { engine, plan, output, runId } = state;
    const { store } = engine;
    const mode = plan.settings['output.mode'].value;
    const data = jobs.records.folder;
    await complete(store, jobs, manifest);
    const target = mode === 'append' ? `${output}/batch=${runId}` : output;
    if (mode === 'append') await store.makeDirectory(output);
    if (mode === 'replace' && (await store.stat(output)) !== undefined) {
      await store.rename(output, asidePath(state.staging));
    }
    try {
      await store.rename(data, target);
    } catch (error) {
      throw isTaken(error) ? outputExists(state) : error;
    }
    return { value: target, result: { step: 'publish', output: store.uri(target) } };
  });
}

/** Puts everything else that belongs to the output beside the part files. */
async function complete(
  store: RenamingStore,
  { records, rejects }: FinishedJobs,
  manifest: Manifest,
): Promise<void> {
  if (rejects !== null) await store.rename(rejects.folder, `${records.folder}/${REJECTS_NAME}`);
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await store.write(`${records.folder}/${MANIFEST_NAME}`, [Buffer.from(text)]);
  if ((await store.stat(`${records.folder}/${SUCCESS_NAME}`)) === undefined) {
    await store.write(`${records.folder}/${SUCCESS_NAME}`, []);
  }
}

/** Where `replace` keeps the old output until the new one is in its place. */
function asidePath(staging: string): string {
  return `${staging}/replaced`;
}

/**
 * Removes the staging folder of a run that has ended, or was killed. An old output that was set aside and has not
 * been replaced goes back to its place first. False when there was nothing.
 */
export async function clearStaging(store: RenamingStore, staging: string, output: string): Promise<boolean> {
  const aside = asidePath(staging);
  if ((await store.stat(aside)) !== undefined && (await store.stat(output)) === undefined) {
    await store.rename(aside, output);
  }
  return store.remove(staging);
}

function isTaken(error: unknown): boolean {
  return isFailure(error, 'store') && error.details.problem === 'exists';
}
