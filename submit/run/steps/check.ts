import { Failure } from '../../errors.js';
import { isComplete, type Manifest, readManifest } from '../manifest.js';
import { performStep, type RunState } from '../step.js';

/**
 * The check step: the output's place is free or may be written, and its surroundings can be written to. Returns
 * the manifests of what earlier runs published there: of the output itself with `create`, of its batches with
 * `append`. Throws `output-exists` where `create` finds anything else.
 */
export function checkOutput(state: RunState): Promise<readonly Manifest[]> {
  return performStep(state, 'check', async () => {
    const { engine, output, inputs } = state;
    await engine.check();
    const value = await publishedBefore(state);
    await engine.store.makeDirectory(state.staging);
    return { value, result: { step: 'check', files: inputs.length, output: engine.store.uri(output) } };
  });
}

async function publishedBefore(state: RunState): Promise<readonly Manifest[]> {
  const { store } = state.engine;
  const { output } = state;
  const mode = state.plan.settings['output.mode'].value;
  const found = await store.stat(output);
  if (found === undefined) return [];
  if (found.type === 'file') throw outputExists(state);
  if (mode === 'append') {
    const batches = (await store.list(output)).filter(({ name }) => name.startsWith('batch='));
    const manifests = await Promise.all(batches.map(({ path }) => readManifest(store, path)));
    return manifests.filter((manifest) => manifest !== undefined);
  }
  if (mode === 'replace') return [];
  const manifest = await readManifest(store, output);
  if (manifest === undefined || !(await isComplete(store, output, manifest))) throw outputExists(state);
  return [manifest];
}

/** The failure for an output that is there and not this run's to touch. */
export function outputExists({ engine, output, plan }: RunState): Failure {
  return new Failure('output-exists', {
    path: engine.store.uri(output),
    scheme: engine.store.scheme,
    mode: plan.settings['output.mode'].value,
  });
}
