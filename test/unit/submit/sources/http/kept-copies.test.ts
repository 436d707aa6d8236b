import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createKeptCopies } from '../../../../../submit/sources/http/kept-copies.js';
import { createLocalStore } from '../../../../../submit/stores/local/local-store.js';
import { nodeFileSystem } from '../../../../../submit/stores/local/node-file-system.js';
import { useWorkFolder } from '../../../../support/work-folder.js';

const URL_OF_FILE = new URL('https://a.test/x/sales.csv?key=1');
const { signal } = new AbortController();
const DAY_MS = 24 * 3_600_000;
const facts = (fetchedMs: number) => ({
  etag: null,
  lastModified: null,
  fetchedAt: new Date(fetchedMs).toISOString(),
});
async function* textOf(text: string) {
  yield Buffer.from(text);
}

describe('copies of fetched files', () => {
  const work = useWorkFolder();
  let ids = 0;
  const store = createLocalStore(nodeFileSystem);
  const copiesIn = (on = store) => createKeptCopies(on, work().at('fetched'), () => `id-${ids++}`);
  const fetchOne = async (text: string, fetchedMs: number, copies = copiesIn()) =>
    copies.keep(URL_OF_FILE, await copies.write(URL_OF_FILE, textOf(text), signal), facts(fetchedMs));
  const textKept = async () => {
    const copy = await copiesIn().find(URL_OF_FILE);
    return copy === null
      ? null
      : work()
          .read(copy.file.path.slice(work().path.length + 1))
          .toString();
  };

  it('are found until there is a later one, by the file alone and not by its signature', async () => {
    expect(await textKept()).toBeNull();
    const now = Date.now();
    await fetchOne('old', now);
    await fetchOne('new', now + 1);
    expect(await textKept()).toBe('new');
    expect(await copiesIn().find(new URL('https://a.test/x/sales.csv?key=2'))).toBeNull();
  });

  it('stay until the next one is there whole', async () => {
    await fetchOne('old', Date.now());
    const failing = { ...store, write: store.write.bind(store) };
    failing.write = async (path, ...rest) => {
      if (path.endsWith('kept.json')) throw new Error('killed');
      return store.write(path, ...rest);
    };
    await expect(fetchOne('new', Date.now() + 1, copiesIn(failing))).rejects.toThrow('killed');
    expect(await textKept()).toBe('old');
  });

  it('are removed a day after another one has come, for a run may still read them', async () => {
    await fetchOne('old', Date.now());
    await fetchOne('new', Date.now() + DAY_MS / 2);
    const [own = ''] = readdirSync(work().at('fetched'));
    expect(readdirSync(work().at('fetched', own))).toHaveLength(2);
    await fetchOne('newest', Date.now() + 2 * DAY_MS);
    expect(readdirSync(work().at('fetched', own))).toHaveLength(1);
    expect(await textKept()).toBe('newest');
  });

  it('leave nothing when the bytes end too early', async () => {
    const broken = (async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half');
      throw new Error('lost');
    })();
    await expect(copiesIn().write(URL_OF_FILE, broken, signal)).rejects.toThrow('lost');
    const [own = ''] = readdirSync(work().at('fetched'));
    expect(readdirSync(work().at('fetched', own))).toEqual([]);
  });
});
