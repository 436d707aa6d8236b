import { execFileSync, spawnSync } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PROJECT, useWorkFolder } from '../support/work-folder.js';

const DIST = join(PROJECT, 'dist');
const PROGRAM = join(DIST, 'hadoop-elt.mjs');
const cacheIn = (folder: string) => readdirSync(folder).find((name) => name.endsWith('.cache')) ?? '';

/** The source in the program, as it is there. */
const packedSource = () => /^\/\*\n(\S+)$/m.exec(readFileSync(PROGRAM, 'latin1'))?.[1] ?? '';

describe('the built program', () => {
  const work = useWorkFolder();

  it('says the same help at once as by its commands', async () => {
    const whole = await work().hadoopElt(['--help']);
    expect(whole.exitCode).toBe(0);
    expect(whole.stdout).toBe((await work().hadoopElt(['help'])).stdout);
    const commands = [...whole.stdout.matchAll(/^ {2}(\w+) +[<[]/gm)].map(([, name = '']) => name);
    expect(commands.length).toBeGreaterThan(10);
    for (const command of commands) {
      const { exitCode, stdout } = await work().hadoopElt([command, '--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toBe((await work().hadoopElt(['help', command])).stdout);
    }
    expect((await work().hadoopElt(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('says what is wrong where help cannot be written', async () => {
    const full = '/dev/full';
    if (!existsSync(full)) return;
    const { exitCode, stderr } = await work().bash(`${process.execPath} ${PROGRAM} --help > ${full}`);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('ENOSPC');
  });

  it('has a code cache of this Node, which is newer and fits', () => {
    const cache = join(DIST, cacheIn(DIST));
    expect(statSync(cache).mtimeMs).toBeGreaterThanOrEqual(statSync(PROGRAM).mtimeMs);
    const source = brotliDecompressSync(Buffer.from(packedSource(), 'base64'));
    writeFileSync(work().at('source'), source);
    const bytes = readFileSync(cache);
    const indexEnd = 16 + Number(bytes.toString('latin1', 0, 16));
    const { parts } = JSON.parse(bytes.toString('latin1', 16, indexEnd));
    const partOf = ([from, size]: readonly [number, number]) =>
      bytes.subarray(indexEnd + from, indexEnd + from + size);
    expect(partOf(parts.source).equals(source)).toBe(true);
    writeFileSync(work().at('code'), partOf(parts['code run']));
    // In a process of its own: another test may have set flags of V8, which the cache depends on.
    const compiled = execFileSync(
      process.execPath,
      [
        '-e',
        `const { readFileSync: read } = require('node:fs');
const [text, cache] = process.argv.slice(1);
console.log(new (require('node:vm').Script)(read(text, 'latin1'), { cachedData: read(cache) }).cachedDataRejected);`,
        work().at('source'),
        work().at('code'),
      ],
      { encoding: 'utf8' },
    );
    expect(compiled).toBe('false\n');
  });

  it('runs without it, with a damaged one, and never by that of another text', async () => {
    const program = work().at('hadoop-elt.mjs');
    const run = () => {
      try {
        return execFileSync(process.execPath, [program, 'nonsense'], { encoding: 'utf8', stdio: 'pipe' });
      } catch (error) {
        return String((error as { stderr: unknown }).stderr);
      }
    };
    copyFileSync(PROGRAM, program);
    expect(run()).toContain('Unknown command "nonsense"');
    const cache = work().at(cacheIn(DIST));
    writeFileSync(cache, 'no cache');
    expect(run()).toContain('Unknown command "nonsense"');
    copyFileSync(join(DIST, cacheIn(DIST)), cache);
    expect(run()).toContain('Unknown command "nonsense"');
    writeFileSync(cache, readFileSync(cache).subarray(0, 5_000_000));
    expect(run()).toContain('Unknown command "nonsense"');
    copyFileSync(join(DIST, cacheIn(DIST)), cache);
    const source = brotliDecompressSync(Buffer.from(packedSource(), 'base64')).toString('latin1');
    const edited = brotliCompressSync(source.replace('Unknown command ', 'Unheard command '), {
      params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
    }).toString('base64');
    writeFileSync(program, readFileSync(program, 'latin1').replace(packedSource(), edited), 'latin1');
    utimesSync(cache, new Date(), new Date(Date.now() - 60_000));
    expect(run()).toContain('Unheard command "nonsense"');
  });

  it.runIf(process.getuid?.() === 0)(
    'takes nothing from a cache that another user has put there',
    async () => {
      await work().write('.keep', '');
      const program = work().at('hadoop-elt.mjs');
      copyFileSync(PROGRAM, program);
      const run = () => spawnSync(process.execPath, [program, 'nonsense'], { encoding: 'utf8' }).stderr;
      const bytes = readFileSync(join(DIST, cacheIn(DIST)));
      bytes.fill('?\n', 16 + Number(bytes.toString('latin1', 0, 16)));
      const cache = work().at(cacheIn(DIST));
      writeFileSync(cache, bytes);
      expect(run()).not.toContain('Unknown command');
      const NOBODY = 65_534;
      chownSync(cache, NOBODY, NOBODY);
      expect(run()).toContain('Unknown command "nonsense"');
    },
  );
});
