import { createHash } from 'node:crypto';
import type { Engine } from '../../engines/engine.js';
import { Failure, isFailure } from '../../errors.js';
import type { MapperBundle } from '../../job/bundle.js';
import type { JobPlan } from '../../job/plan.js';
import type { Store } from '../../stores/store.js';
import type { Step } from '../step.js';

interface PlacedMapper {
  readonly path: string;
  readonly sent: boolean;
  /** Whether a file with other content was at the path. */
  readonly hasReplaced: boolean;
}

/** Writes the bundle to a path named by its SHA-256, so that the mapper of a running job is never replaced. */
export const mapperStep: Step<MapperBundle, PlacedMapper> = {
  name: 'mapper',
  async perform({ runId, plan, ports: { engine } }, bundle) {
    const path = mapperPathOf(plan, engine, bundle);
    return { path, ...(await writeNamedByContent(engine.store, path, bundle, runId)) };
  },
  summarise: ({ ports: { engine } }, { path, sent, hasReplaced }) => ({
    step: 'mapper',
    path: engine.store.uri(path),
    sent,
    hasReplaced,
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

/** Whether the mapper was written, and whether another file gave way to it. */
type Writing = Omit<PlacedMapper, 'path'>;

/** Runs of the same job that start together may place the same mapper. */
const TRIES = 5;

/**
 * Writes a file unless its content is there already, perhaps by another run at the same time. Replaces a file with other
 * content: the path is in a folder of ours, and its name promises this content.
 */
async function writeNamedByContent(
  store: Store,
  path: string,
  { text, sha256 }: MapperBundle,
  runId: string,
): Promise<Writing> {
  let hasReplaced = false;
  for (let nth = 1; ; nth++) {
    const before = await sha256At(store, path);
    if (before === sha256) return { sent: false, hasReplaced };
    // Only what is there and differs: another run may write the same file right now.
    if (before !== null && (await store.remove(path))) hasReplaced = true;
    await store.makeDirectory(path.slice(0, path.lastIndexOf('/')));
    try {
      await store.write(path, [Buffer.from(text)], undefined, runId);
      return { sent: true, hasReplaced };
    } catch (error) {
      const isTaken = isFailure(error, 'store') && error.details.problem === 'exists';
      if (!isTaken || nth === TRIES) throw error;
    }
  }
}

/** Throws `mapper-changed` if the file at the path is not the mapper. */
export async function requireMapper(store: Store, path: string, sha256: string): Promise<void> {
  if ((await sha256At(store, path)) !== sha256)
    throw new Failure('mapper-changed', { path: store.uri(path) });
}

/** SHA-256 of a file, in lower-case hex; null if there is none. */
async function sha256At(store: Store, path: string): Promise<string | null> {
  if ((await store.stat(path))?.type !== 'file') return null;
  const hash = createHash('sha256');
  for await (const chunk of store.read(path)) hash.update(chunk);
  return hash.digest('hex');
}
