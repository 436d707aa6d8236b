import { describe, expect, it } from 'vitest';
import { stagedPaths } from '../../../../../submit/run/steps/staged-paths.js';

const pathsOf = (...paths: string[]) => [...stagedPaths(paths).values()];

describe('where inputs go below the upload folder', () => {
  it('is their own names, where those differ', () => {
    expect(pathsOf('/data/sales-1.csv', '/other/sales-2.csv.gz')).toEqual(['sales-1.csv', 'sales-2.csv.gz']);
  });

  it('is as much of the path as tells files of the same name apart', () => {
    expect(pathsOf('/d/2024/x.csv', '/d/2025/x.csv', '/d/y.csv')).toEqual([
      '2024/x.csv',
      '2025/x.csv',
      'y.csv',
    ]);
    expect(pathsOf('/a/raw/x.csv', '/b/raw/x.csv')).toEqual(['a/raw/x.csv', 'b/raw/x.csv']);
    expect(pathsOf('/x.csv', '/a/x.csv')).toEqual(['x.csv', 'a/x.csv']);
    expect(pathsOf('C:\\raw\\x.csv', 'D:\\raw\\x.csv')).toHaveLength(2);
  });

  it('is a name that Hadoop takes and reads, with its endings', () => {
    for (const name of [
      'a,b.csv',
      'a{1}.csv',
      'é.csv',
      '_x.csv',
      '.x.csv',
      'a b.csv',
      'a*?[].csv',
      'a:b.csv',
    ]) {
      expect(pathsOf(`/d/${name}`)[0]).toMatch(/^[A-Za-z0-9][A-Za-z0-9._+=@-]*-[0-9a-f]{8}\.csv$/);
    }
    expect(pathsOf('/d/Umsätze 2024.csv.gz')[0]).toMatch(/^Ums_tze_2024-[0-9a-f]{8}\.csv\.gz$/);
    expect(pathsOf(`/d/${'x'.repeat(250)}.csv`)[0]?.length).toBeLessThan(230);
  });

  it('stays different for names that differ only in what Hadoop does not take', () => {
    expect(new Set(pathsOf('/d/a b.csv', '/d/a,b.csv', '/d/a_b.csv')).size).toBe(3);
  });
});
