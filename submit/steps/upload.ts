import { join } from 'node:path';
import type { JobInput } from '../engines/engine.js';
import type { MapperBundle } from '../job/bundle.js';
import { performStep, type RunState } from './run-state.js';
import type { ScannedInput } from './scan.js';

/** The upload step: brings the inputs to where the engine reads. On the local engine they are there already. */
export function uploadData(state: RunState, inputs: readonly ScannedInput[]): Promise<readonly JobInput[]> {
  return performStep(state, 'upload', async () => ({
    value: inputs,
    result: { step: 'upload', files: inputs.length, inPlace: inputs.length, sizeBytes: 0 },
  }));
}

/**
 * The mapper step: the bundle goes to a path that its content names, so that the mapper of a running job is never
 * replaced. Returns that path.
 */
export function uploadMapper(state: RunState, bundle: MapperBundle): Promise<string> {
  return performStep(state, 'mapper', async () => {
    const { engine, plan } = state;
    const { store } = engine;
    const folder = join(plan.settings.stateDir.value, 'mappers');
    const path = join(folder, `${plan.settings.name.value}-${bundle.sha256.slice(0, 16)}.mjs`);
    const bytes = Buffer.from(bundle.text);
    const found = await store.stat(path);
    const sent = found?.sizeBytes !== bytes.length;
    if (sent) {
      if (found !== undefined) await store.remove(path);
      await store.makeDirectory(folder);
      await store.write(path, [bytes]);
    }
    return { value: path, result: { step: 'mapper', path: store.describe(path), sent } };
  });
}
