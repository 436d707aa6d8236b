import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledPackages, formatLicences } from '../../../bin/third-party-licenses.mjs';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'licences-'));
});
afterEach(() => rm(root, { recursive: true }));

/** Puts a package there. */
async function install(path: string, facts: object, files: Readonly<Record<string, string>> = {}) {
  const all = { ...files, 'package.json': JSON.stringify({ version: '1.0.0', ...facts }) };
  for (const [name, text] of Object.entries(all)) {
    await mkdir(dirname(join(root, path, name)), { recursive: true });
    await writeFile(join(root, path, name), text);
  }
}

/** What esbuild says of a bundle of these files, each with the bytes that it left in it. */
function metafileOf(bytes: Readonly<Record<string, number>>) {
  const inputs = Object.fromEntries(
    Object.entries(bytes).map(([path, bytesInOutput]) => [path, { bytesInOutput }]),
  );
  return { outputs: { 'out.js': { bytes: 1, inputs, imports: [], exports: [] } } };
}

describe('the packages in a bundle', () => {
  it('are those that left bytes in it, each once, with version, licence and text', async () => {
    await install('node_modules/b', { name: 'b', license: 'ISC' }, { 'LICENCE.md': 'Do what you like.\n' });
    await install('node_modules/@a/c', { name: '@a/c', license: 'MIT' }, { license: 'MIT text' });
    await install('node_modules/tree-shaken', { name: 'tree-shaken' });
    const found = bundledPackages(
      [
        metafileOf({
          'node_modules/b/lib/one.js': 5,
          'submit/main.ts': 7,
          'node_modules/tree-shaken/x.js': 0,
        }),
        metafileOf({ 'node_modules/b/lib/two.js': 5, 'node_modules/@a/c/index.js': 1, 'built:text': 9 }),
      ],
      root,
    );
    expect(found).toEqual([
      { name: '@a/c', version: '1.0.0', licence: 'MIT', text: 'MIT text' },
      { name: 'b', version: '1.0.0', licence: 'ISC', text: 'Do what you like.' },
    ]);
  });

  it('may be there in two versions, one within another package', async () => {
    await install('node_modules/b', { name: 'b', license: 'ISC' });
    await install('node_modules/c/node_modules/b', { name: 'b', version: '2.0.0', license: 'ISC' });
    const bytes = { 'node_modules/b/x.js': 1, 'node_modules/c/node_modules/b/x.js': 1 };
    const found = bundledPackages([metafileOf(bytes)], root);
    expect(found.map(({ version }) => version)).toEqual(['1.0.0', '2.0.0']);
  });

  it('bring their notices, too', async () => {
    const files = { 'LICENSE-MIT': 'the licence', NOTICE: 'the notice', 'license-check.js': 'code' };
    await install('node_modules/b', { name: 'b', license: 'MIT' }, files);
    const [found] = bundledPackages([metafileOf({ 'node_modules/b/x.js': 1 })], root);
    expect(found?.text).toContain('the licence\n\nthe notice');
  });

  it('without a text are told by the licence and the author that they name', async () => {
    await install('node_modules/b', { name: 'b', license: 'MIT', author: { name: 'Ann' } });
    await install('node_modules/c', { name: 'c', licenses: [{ type: 'MIT' }, { type: 'Apache-2.0' }] });
    const bytes = { 'node_modules/b/x.js': 1, 'node_modules/c/x.js': 1 };
    const found = bundledPackages([metafileOf(bytes)], root);
    expect(found.map(({ text }) => text)).toEqual([
      'Licence: MIT\nAuthor: Ann',
      'Licence: MIT or Apache-2.0',
    ]);
  });

  it('fail the build where nothing says what their licence is', async () => {
    await install('node_modules/b', { name: 'b' });
    await install('node_modules/c', { name: 'c', license: 'UNLICENSED' });
    for (const name of ['b', 'c']) {
      const metafiles = [metafileOf({ [`node_modules/${name}/x.js`]: 1 })];
      expect(() => bundledPackages(metafiles, root)).toThrow(`Could not bundle ${name} 1.0.0`);
    }
  });
});

describe('the file of licences', () => {
  it('lists the packages, then the terms of each', () => {
    const text = formatLicences([{ name: 'b', version: '1.0.0', licence: 'ISC', text: 'Do what you like.' }]);
    expect(text).toContain('\n  b 1.0.0 (ISC)\n');
    expect(text.endsWith(`=\nb 1.0.0 (ISC)\n${'='.repeat(80)}\n\nDo what you like.\n`)).toBe(true);
  });
});
