import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createLocalStore } from '../../../../../submit/stores/local/local-store.js';
import { nodeFileSystem } from '../../../../../submit/stores/local/node-file-system.js';
import { statAll } from '../../../../../submit/stores/store.js';
import { systemPath, textOfName } from '../../../../../submit/stores/system-path.js';
import { localStore } from '../../../../support/local-store.js';
import { useWorkFolder } from '../../../../support/work-folder.js';
import { failingFiles } from '../../engines/failing-ports.js';

describe('many files of this machine', () => {
  const work = useWorkFolder();
  const at = (...names: string[]) => work().at(...names);
  const prepare = () => {
    mkdirSync(at('in', 'folder'), { recursive: true });
    for (let index = 0; index < 600; index++) writeFileSync(at('in', `f${index}`), 'x'.repeat(index));
    symlinkSync(at('in', 'f7'), at('in', 'link'));
    symlinkSync(at('nowhere'), at('in', 'lost'));
    return Array.from({ length: 600 }, (_, index) => at('in', `f${index}`));
  };

  it('are looked at in one call, as each is alone', async () => {
    const paths = [...prepare(), at('in', 'link'), at('in', 'lost'), at('in', 'f1', 'x'), at('in')];
    const found = await statAll(localStore, paths);
    expect(found).toEqual(await Promise.all(paths.map((path) => localStore.stat(path))));
    expect(found.slice(0, 3).map((status) => status?.sizeBytes)).toEqual([0, 1, 2]);
    expect(found.slice(-3).map((status) => status?.type)).toEqual([undefined, undefined, 'directory']);
    const { statAll: _together, ...onlyAlone } = localStore;
    expect(await statAll(onlyAlone, paths)).toEqual(found);
  });

  it('are told of by the one that can not be looked at', async () => {
    const paths = prepare();
    symlinkSync(at('in', 'round'), at('in', 'round'));
    await expect(statAll(localStore, [...paths, at('in', 'round')])).rejects.toMatchObject({
      code: 'store',
      details: { operation: 'look at', path: at('in', 'round') },
    });
    const flaws = (await localStore.list(at('in'))).filter(({ flaw }) => flaw !== undefined);
    expect(flaws.map(({ name, flaw }) => `${name} ${flaw}`)).toEqual([
      'lost dangling-link',
      'round dangling-link',
    ]);
    const files = failingFiles(nodeFileSystem, (one) => (one.startsWith('statAll') ? 'EIO' : undefined));
    await expect(statAll(createLocalStore(files), paths)).rejects.toMatchObject({
      code: 'store',
      details: { operation: 'look at', path: paths[0], cause: expect.stringContaining('EIO') },
    });
    if (process.getuid?.() === 0) return;
    chmodSync(at('in', 'folder'), 0);
    await expect(statAll(localStore, [...paths, at('in', 'folder', 'x')])).rejects.toMatchObject({
      details: { path: at('in', 'folder', 'x'), problem: 'no-permission' },
    });
    chmodSync(at('in', 'folder'), 0o700);
  });

  it('are told from links by their folder', async () => {
    prepare();
    expect([...((await localStore.linksIn?.(at('in'))) ?? [])].sort()).toEqual(['link', 'lost']);
    await expect(localStore.linksIn?.(at('none'))).rejects.toMatchObject({ code: 'store' });
  });

  it('are read whole, or as far as they are wanted', async () => {
    const paths = prepare();
    const read = async (index: number, maxBytes: number) =>
      (await localStore.readSmall?.(paths[index] ?? '', maxBytes))?.toString();
    expect(await read(0, 10)).toBe('');
    const both = await Promise.all([read(5, 6), read(599, 600)]);
    expect(both).toEqual(['x'.repeat(5), 'x'.repeat(599)]);
    expect(await read(5, 3)).toBe('xxx');
    writeFileSync(at('large'), Buffer.alloc(300_000, 'y'));
    expect((await localStore.readSmall?.(at('large'), 250_000))?.length).toBe(250_000);
    await expect(localStore.readSmall?.(at('none'), 10)).rejects.toMatchObject({
      code: 'store',
      details: { operation: 'read', problem: 'not-found' },
    });
  });

  it('are read one after the other, but for those that can not be read', async () => {
    const paths = prepare();
    const small = paths.map((path, index) => ({ path, sizeBytes: index }));
    const read = async (files: readonly { path: string; sizeBytes: number }[]) => {
      const found: [number, string][] = [];
      await localStore.readEach?.(files, (bytes, index) => found.push([index, bytes.toString()]));
      return found;
    };
    expect(await read(small)).toEqual(paths.map((_path, index) => [index, 'x'.repeat(index)]));
    expect(await read([])).toEqual([]);
    const changed = [
      { path: at('in', 'f9'), sizeBytes: 4 },
      { path: at('none'), sizeBytes: 4 },
      { path: at('in', 'folder'), sizeBytes: 4 },
      { path: at('in', 'f9'), sizeBytes: 20 },
    ];
    expect(await read(changed)).toEqual([
      [0, 'x'.repeat(5)],
      [3, 'x'.repeat(9)],
    ]);
  });

  it('are read no further once what takes them fails', async () => {
    const small = prepare().map((path, index) => ({ path, sizeBytes: index }));
    const taken: number[] = [];
    const reading = localStore.readEach?.(small, (_bytes, index) => {
      taken.push(index);
      if (index === 2) throw new RangeError('enough');
    });
    await expect(reading).rejects.toThrow('enough');
    expect(taken).toEqual([0, 1, 2]);
    const files = failingFiles(nodeFileSystem, (one) => (one.startsWith('readEach') ? 'EIO' : undefined));
    await expect(createLocalStore(files).readEach?.(small, () => undefined)).rejects.toMatchObject({
      code: 'store',
      details: { operation: 'read', path: small[0]?.path, cause: expect.stringContaining('EIO') },
    });
  });

  it.skipIf(process.platform !== 'linux')('keep names that are not UTF-8', async () => {
    const names = ['caf\u00e9', '\ufffd', textOfName(Buffer.from('caf\xe9', 'latin1'))].sort();
    for (const name of names) writeFileSync(systemPath(at(name)), '');
    symlinkSync(at('caf\u00e9'), systemPath(at(`${names[1]}-link`)));
    const found = await localStore.list(at());
    expect(found.map(({ name }) => name)).toEqual([...names, `${names[1]}-link`].sort());
    expect(await localStore.linksIn?.(at())).toEqual([`${names[1]}-link`]);
  });
});
