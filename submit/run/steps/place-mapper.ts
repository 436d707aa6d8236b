import type { Engine } from '../../engines/engine.js';
import { isFailure } from '../../errors.js';
import type { MapperBundle } from '../../job/bundle.js';
import type { JobPlan } from '../../job/plan.js';
import type { Store } from '../../stores/store.js';
import type { Step } from '../step.js';

interface PlacedMapper {
  readonly path: string;
  readonly sent: boolean;
}

/** Writes the bundle to a path named by its SHA-256, so that the mapper of a running job is never replaced. */
export const mapperStep: Step<MapperBundle, PlacedMapper> = {
  name: 'mapper',
  async perform({ plan, ports: { engine } }, bundle) {
    const path = mapperPathOf(plan, engine, bundle);
    return { path, sent: await writeNamedByContent(engine.store, path, Buffer.from(bundle.text)) };
  },
  summarise: ({ ports: { engine } }, { path, sent }) => ({
    step: 'mapper',
    path: engine.store.uri(path),
    sent,
  }),
};

/** Path of a job's mapper in the engine's store. Pure. */
export function mapperPathOf(
  plan: JobPlan,
  { sharedFolder }: Pick<Engine, 'sharedFolder'>,
  { sha256 }: Pick<MapperBundle, 'sha256'>,
): string {
  return `${sharedFolder}/mappers/${plan.settings.name.value}-${sha256.slice(0, 16)}.mjs`;
}

/** Runs of the same job that start together may place the same mapper. */
const TRIES = 5;

/** False when a file of that size exists already, perhaps written by another run at the same time. */
async function writeNamedByContent(store: Store, path: string, bytes: Uint8Array): Promise<boolean> {
  for (let nth = 1; ; nth++) {
    const there = await store.stat(path);
    if (there?.sizeBytes === bytes.length) return false;
    // Only what is there and differs: another run may write the same file right now.
    if (there !== undefined) await store.remove(path);
    await store.makeDirectory(path.slice(0, path.lastIndexOf('/')));
    try {
      await store.write(path, [bytes]);
      return true;
    } catch (error) {
      const isTaken = isFailure(error, 'store') && error.details.problem === 'exists';
      if (!isTaken || nth === TRIES) throw error;
    }
  }
}
