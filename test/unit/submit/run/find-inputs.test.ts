import { describe, expect, it } from 'vitest';
import { findInputs } from '../../../../submit/run/find-inputs.js';
import { createFilesSource } from '../../../../submit/sources/files-source.js';
import { openLocalInspector } from '../../../../submit/sources/inspect/local-inspector.js';
import { createLocalStore } from '../../../../submit/stores/local/local-store.js';
import { nodeFileSystem } from '../../../../submit/stores/local/node-file-system.js';
import { useWorkFolder } from '../../../support/work-folder.js';

describe('input patterns', () => {
  const work = useWorkFolder();
  const inspector = openLocalInspector({
    files: nodeFileSystem,
    threadSource: '',
    parallel: 1,
    signal: new AbortController().signal,
  });
  const source = createFilesSource(createLocalStore(nodeFileSystem), inspector);
  const expand = async (...patterns: string[]) => {
    const { items: files, unmatched, ...found } = await findInputs({ base: work().path, patterns }, source);
    const nameOf = ({ path }: { readonly path: string }) => path.slice(work().path.length + 1);
    return {
      names: files.map(nameOf),
      unmatched,
      passedOver: found.passedOver.map((one) => `${nameOf(one)} ${one.why}`),
      subfolders: found.subfolders.map((path) => nameOf({ path })),
    };
  };
  const write = async (...paths: string[]) => {
    for (const path of paths) await work().write(path, 'x');
  };

  it('name files by path, glob or folder, in order and each once', async () => {
    await write('in/b.csv', 'in/a.csv', 'in/deep/c.csv', 'z.csv');
    expect((await expand('z.csv', 'in/*.csv', 'in/a.csv')).names).toEqual(['z.csv', 'in/a.csv', 'in/b.csv']);
    expect((await expand('in')).names).toEqual(['in/a.csv', 'in/b.csv']);
    expect((await expand('in/**/*.csv')).names).toEqual(['in/a.csv', 'in/b.csv', 'in/deep/c.csv']);
  });

  it('pass by hidden files, as Hadoop does, unless they are named outright', async () => {
    await write('in/a.csv', 'in/_SUCCESS', 'in/.b.csv', '_tmp/c.csv');
    expect((await expand('in/*', '*/c.csv')).names).toEqual(['in/a.csv']);
    expect((await expand('in')).names).toEqual(['in/a.csv']);
    expect((await expand('in/.b.csv')).names).toEqual(['in/.b.csv']);
  });

  it('find a file whose name holds glob characters', async () => {
    await write('in/a[1].csv', 'in/a1.csv');
    expect((await expand('in/a[1].csv')).names).toEqual(['in/a[1].csv']);
  });

  it('tell which of them name nothing', async () => {
    await write('a.csv');
    expect(await expand('a.csv', 'b.csv', 'c*')).toMatchObject({
      names: ['a.csv'],
      unmatched: ['b.csv', 'c*'],
    });
  });

  it('read the files in the folders that a glob matches', async () => {
    await write('days/2015-01-01/a.csv', 'days/2015-01-02/b.csv', 'days/readme.csv');
    expect((await expand('days/2015-*')).names).toEqual(['days/2015-01-01/a.csv', 'days/2015-01-02/b.csv']);
    expect((await expand('days/*')).names).toHaveLength(3);
  });

  it('tell what none of them reads', async () => {
    await write('in/a.csv', 'in/_b.csv', 'in/.c.csv', 'in/deep/d.csv');
    expect(await expand('in', 'in/_b.csv')).toMatchObject({
      passedOver: ['in/.c.csv hidden'],
      subfolders: ['in/deep'],
    });
    expect(await expand('in', 'in/deep')).toMatchObject({
      passedOver: ['in/.c.csv hidden', 'in/_b.csv hidden'],
      subfolders: [],
    });
  });
});
