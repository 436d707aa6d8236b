import { Failure } from '../../errors.js';
import { mapBounded } from '../../map-bounded.js';
import type { Store } from '../../stores/store.js';
import type { KeyedFolder } from '../engine.js';

const FOLDERS_AT_ONCE = 8;

/**
 * The paths that a search for duplicates gives to Hadoop: each folder, which stands for the visible files in it, or its
 * parts where it has other files as well. Throws `store` if a part is missing or has another size.
 */
export async function inputsOf(store: Store, folders: readonly KeyedFolder[]): Promise<readonly string[]> {
  const inputs = await mapBounded(folders, (folder) => inputsOfFolder(store, folder), {
    concurrency: FOLDERS_AT_ONCE,
  });
  return inputs.flat();
}

async function inputsOfFolder(store: Store, { folder, parts }: KeyedFolder): Promise<readonly string[]> {
  const entries = await store.list(folder);
  const sizes = new Map(entries.map(({ name, sizeBytes }) => [name, sizeBytes]));
  for (const { name, sizeBytes } of parts) {
    const found = sizes.get(name);
    if (found === sizeBytes) continue;
    throw new Failure('store', {
      scheme: store.scheme,
      operation: 'read',
      path: store.uri(`${folder}/${name}`),
      ...(found === undefined
        ? { problem: 'not-found' }
        : {
            problem: 'corrupt',
            cause: `it has ${found} bytes, but ${sizeBytes} when it was published`,
          }),
    });
  }
  const visible = entries.filter(({ name }) => !/^[._]/.test(name));
  return visible.length === parts.length ? [folder] : parts.map(({ name }) => `${folder}/${name}`);
}
