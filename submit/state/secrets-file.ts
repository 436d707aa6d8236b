import { join } from 'node:path';
import type { SecretsFile } from '../run/ports.js';
import type { FileSystem } from '../stores/file-system.js';
import { entryAt } from '../stores/file-tree.js';
import { inState } from './state-failure.js';

/** For its owner alone. */
const SECRETS_MODE = 0o600;

/** The file of secrets, from their values by their references. */
export function createSecretsFile(files: FileSystem, values: Readonly<Record<string, string>>): SecretsFile {
  const remove = async (runFolder: string) => {
    const path = join(runFolder, SECRETS_NAME);
    await inState('remove the secrets', path, async () => {
      if ((await entryAt(files, path)) !== undefined) await files.unlink(path);
    });
  };
  return {
    async write(runFolder) {
      await remove(runFolder);
      const path = join(runFolder, SECRETS_NAME);
      await inState('write the secrets', path, async () => {
        const file = await files.create(path, SECRETS_MODE);
        try {
          await file.write(Buffer.from(JSON.stringify(values)));
        } finally {
          await file.close();
        }
      });
      return path;
    },
    remove,
  };
}

const SECRETS_NAME = 'secrets.json';
