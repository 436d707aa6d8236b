import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { realPathsOf } from '../../../../submit/run/real-paths.js';
import type { RenamingStore } from '../../../../submit/stores/store.js';
import { localStore } from '../../../support/local-store.js';
import { useWorkFolder } from '../../../support/work-folder.js';

const MANY = 40;

describe('the real paths of many files', () => {
  const work = useWorkFolder();
  const prepare = () => {
    const at = (...names: string[]) => work().at(...names);
    for (const folder of ['real', 'out', 'few']) mkdirSync(at(folder));
    const names = Array.from({ length: MANY }, (_, index) => `f${index}.csv`);
    for (const name of names) writeFileSync(at('real', name), 'x');
    writeFileSync(at('out', 'a.csv'), 'x');
    symlinkSync(at('out', 'a.csv'), at('real', 'link.csv'));
    symlinkSync(at('nowhere'), at('real', 'lost.csv'));
    symlinkSync(at('real'), at('in'));
    writeFileSync(at('few', 'one.csv'), 'x');
    return [...names, 'link.csv', 'lost.csv', 'missing.csv'].flatMap((name) => [
      at('in', name),
      at('real', name),
    ]);
  };

  it('are those of each path alone, with links to and in their folder', async () => {
    const paths = [...prepare(), work().at('few', 'one.csv'), work().at('in'), '/'];
    const alone = await Promise.all(
      paths.map((path) => localStore.realPath?.(path).catch(() => path) ?? path),
    );
    const real = await realPathsOf(localStore, paths);
    expect(real).toEqual(alone);
    expect(real).toContain(work().at('out', 'a.csv'));
    expect(real).not.toContain(work().at('in', 'f0.csv'));
  });

  it('ask for the links of a folder once, and for the path of each link', async () => {
    const asked: string[] = [];
    const store: Pick<RenamingStore, 'realPath' | 'linksIn'> = {
      realPath: async (path) => {
        asked.push(path);
        return (await localStore.realPath?.(path)) ?? path;
      },
      linksIn: async (folder) => (await localStore.linksIn?.(folder)) ?? [],
    };
    const inFolder = prepare().filter((path) => path.startsWith(work().at('in')));
    await realPathsOf(store, inFolder);
    expect(asked).toEqual([work().at('in'), work().at('in', 'link.csv'), work().at('in', 'lost.csv')]);
  });
});
