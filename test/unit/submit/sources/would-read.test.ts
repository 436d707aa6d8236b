import { expect, it } from 'vitest';
import { wouldRead } from '../../../../submit/sources/would-read.js';

const OPTIONS = { base: '/data', doubleStar: true };

it.each([
  ['*', '/data/out', true],
  ['*.csv', '/data/out', false],
  ['*.csv', '/data/all.csv', true],
  ['/data/o?t', '/data/out', true],
  ['in/*', '/data/out', false],
  ['../*', '/data/out', true],
  ['**/*', '/data/deep/out', true],
  ['**/*.csv', '/data/deep/out', false],
  ['*/', '/data/deep/out', true],
  ['*', '/data/_out', false],
  ['*', '/data/_hidden/out', false],
  ['{in,out}', '/data/out', true],
  ['.', '/data/out', false],
])('%s would read %s: %s', async (pattern, folder, expected) => {
  expect(await wouldRead(pattern, folder, OPTIONS)).toBe(expected);
});

it('subfolders are read where the job says recursive', async () => {
  expect(await wouldRead('i?', '/data/in/deep/out', { ...OPTIONS, recursive: true })).toBe(true);
});

it('paths of Windows have other separators', async () => {
  const options = { ...OPTIONS, base: 'C:\\data', isWindows: true };
  expect(await wouldRead('*', 'C:\\data\\out', options)).toBe(true);
  expect(await wouldRead('D:\\*', 'C:\\data\\out', options)).toBe(false);
});
