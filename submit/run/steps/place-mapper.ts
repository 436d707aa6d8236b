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
  async perform({ runId, plan, ports: { engine } }, bundle) {
    const path = mapperPathOf(plan, engine, bundle);
    return { path, sent: await writeNamedByContent(engine.store, path, Buffer.from(bundle.text), runId) };
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
  return `${mapperFolderOf({ sharedFolder })}/${plan.settings.name.value}-${sha256.slice(0, 16)}.mjs`;
}

/** The folder of the mappers in the engine's store. */
export function mapperFolderOf({ sharedFolder }: Pick<Engine, 'sharedFolder'>): string {
  return `${sharedFolder}/mappers`;
}

/** False when a file of that size exists already, perhaps written by another run at the same time. */
async function writeNamedByContent(
  store: Store,
  path: string,
  bytes: Uint8Array,
  runId: string,
): Promise<boolean> {
  const isThere = async () => (await store.stat(path))?.sizeBytes === bytes.length;
  if (await isThere()) return false;
  await store.remove(path);
  await store.makeDirectory(path.slice(0, path.lastIndexOf('/')));
  try {
    await store.write(path, [bytes], undefined, runId);
    return true;
  } catch (error) {
    if (isFailure(error, 'store') && error.details.problem === 'exists' && (await isThere())) return false;
    throw error;
  }
}
