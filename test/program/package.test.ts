import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT, useWorkFolder } from '../support/work-folder.js';

describe('the npm package, installed into an empty project', () => {
  const work = useWorkFolder();

  it('runs by npx, and gives hadoop-elt/mapper with types', async () => {
    const packed = await work().bash(`npm pack --silent --ignore-scripts --pack-destination . ${PROJECT}`);
    expect(packed.exitCode).toBe(0);
    const name = packed.stdout.trim();
    await work().write('project/package.json', '{ "name": "empty", "private": true, "type": "module" }');
    // The package has no dependencies, so npm needs no registry.
    const installed = await work().bash(
      `cd project && npm install --offline --no-audit --no-fund ../${name}`,
    );
    expect(installed.stderr).not.toContain('npm error');
    expect(await work().names('project', 'node_modules')).toEqual([
      '.bin',
      '.package-lock.json',
      'hadoop-elt',
    ]);

    const licences = await readFile(
      work().at('project/node_modules/hadoop-elt/dist/THIRD-PARTY-LICENSES.txt'),
      'utf8',
    );
    const named = [...licences.matchAll(/^ {2}(\S+) \d+\.\S+ \(.+\)$/gm)].map(([, name]) => name);
    const bundled = ['csv-parse', 'csv-stringify', 'decimal.js', 'execa', 'p-retry', 'tar-stream'];
    expect(named).toEqual(expect.arrayContaining([...bundled, 'webhdfs', 'yaml', 'yargs', 'zod']));
    for (const tool of ['esbuild', 'typescript', 'vitest', '@biomejs/biome', 'fast-check', 'picomatch']) {
      expect(named).not.toContain(tool);
    }
    expect(licences.split('Permission is hereby granted').length).toBeGreaterThan(50);

    const help = await work().bash('cd project && npx --offline hadoop-elt --help');
    expect(help.exitCode).toBe(0);
    expect(help.stdout).toContain('hadoop-elt <command>');

    await work().write(
      'project/use.mjs',
      "import { defineMapper, upper } from 'hadoop-elt/mapper';\nconsole.log(defineMapper({ columns: { A: upper() } }).columns.length);\n",
    );
    expect((await work().bash(`cd project && ${process.execPath} use.mjs`)).stdout).toBe('1\n');

    await mkdir(work().at('project', 'node_modules', '@types'));
    await symlink(join(PROJECT, 'node_modules/@types/node'), work().at('project/node_modules/@types/node'));
    await work().write(
      'project/use.ts',
      `import { defineMapper, round, upper } from 'hadoop-elt/mapper';
export default defineMapper({ columns: { A: upper(), B: round({ places: 2 }) } });
// @ts-expect-error places is a number
round({ places: 'two' });
`,
    );
    const types = await work().bash(
      `cd project && ${process.execPath} ${PROJECT}/node_modules/typescript/bin/tsc --noEmit --strict --module nodenext --target es2022 use.ts`,
    );
    expect(types.stdout).toBe('');
    expect(types.exitCode).toBe(0);
  });
});
