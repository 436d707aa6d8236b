import { readdirSync, readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { execa } from 'execa';
import { describe, expect, it, vi } from 'vitest';
import { PROGRAM, useWorkFolder } from '../support/work-folder.js';

const work = useWorkFolder();
const job = (files: string, more = '') => `input: { files: "${files}" }\n${more}output: { path: out }\n`;

describe('SIGTERM while a mapper works', () => {
  /** Ids of the processes whose command line has this text. */
  const processesWith = (text: string) =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((id) => {
        try {
          return readFileSync(`/proc/${id}/cmdline`, 'latin1').includes(text);
        } catch {
          return false;
        }
      });

  it('ends the mapper, removes the staging folder, and exits with 143', async () => {
    // It never returns: no handler of a signal runs in it.
    const endless = `import { defineMapper, fn } from 'hadoop-elt/mapper';
export default defineMapper({ columns: { Region: fn(() => { for (;;); }) } });\n`;
    await work().write('endless.ts', endless);
    await work().write('job.yaml', job('in.csv', 'mapper: endless.ts\n'));
    await work().write('in.csv', 'Region\noslo\n');
    const running = execa(process.execPath, [PROGRAM, 'run', 'job.yaml'], {
      cwd: work().path,
      reject: false,
    });
    const mappers = await vi.waitFor(
      () => {
        const found = processesWith(work().at('.hadoop-elt', 'mappers'));
        expect(found).toHaveLength(1);
        return found;
      },
      { timeout: 60_000, interval: 50 },
    );
    running.kill('SIGTERM');
    expect(await running).toMatchObject({ exitCode: 143, stderr: expect.stringContaining('SIGTERM') });
    expect(mappers.filter((id) => processesWith(work().path).includes(id))).toEqual([]);
    expect(await work().names()).toEqual(['.hadoop-elt', 'endless.ts', 'in.csv', 'job.yaml']);
  });
});

describe('an input that is no file', () => {
  it.each(['socket.csv', 'device.csv', 'endless.csv'])('is an error, and nothing waits: %s', async (name) => {
    await work().write('in/a.csv', 'Region\noslo\n');
    await symlink('/dev/null', work().at('in', 'device.csv'));
    await symlink('/dev/zero', work().at('in', 'endless.csv'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(work().at('in', 'socket.csv'), resolve));
    try {
      for (const pattern of [`in/${name}`, `in/${name.slice(0, 3)}*`, 'in', `in/${name}/*.csv`]) {
        await work().write('job.yaml', job(pattern));
        const { exitCode, stderr } = await work().hadoopElt(['run', 'job.yaml']);
        expect([pattern, exitCode]).toEqual([pattern, 3]);
        if (!pattern.endsWith('/*.csv')) expect(stderr).toContain('it is a pipe, a socket or a device');
      }
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    expect(await work().names()).not.toContain('out');
  });
});
