import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandCandidates, findHadoop } from '../../../../../submit/hadoop/cluster/find-hadoop.js';

describe('the hadoop command on Linux', () => {
  let home = '';
  beforeEach(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), 'find-hadoop-')));
    await mkdir(join(home, 'bin'));
    await writeFile(join(home, 'bin/hadoop'), '');
    await chmod(join(home, 'bin/hadoop'), 0o755);
  });
  afterEach(() => rm(home, { recursive: true }));

  it('is found by HADOOP_HOME, or on the PATH, and its streaming jar beside it', async () => {
    const tools = join(home, 'share/hadoop/tools/lib');
    await mkdir(tools, { recursive: true });
    await writeFile(join(tools, 'hadoop-streaming-3.3.5.jar'), '');
    const command = join(home, 'bin/hadoop');
    const byHome = await findHadoop({ env: { HADOOP_HOME: home, PATH: '' } });
    expect(byHome.hadoop).toEqual({ value: command, source: 'HADOOP_HOME' });
    const byPath = await findHadoop({ env: { PATH: `/nowhere::${join(home, 'bin')}` } });
    expect(byPath.hadoop).toEqual({ value: command, source: 'PATH' });
    expect(byPath.streamingJar?.value).toBe(join(tools, 'hadoop-streaming-3.3.5.jar'));
  });

  it('is called hadoop, in folders with colons between', () => {
    expect(commandCandidates({ PATH: '/a:/b c', HADOOP_HOME: '/opt/hadoop' }, 'linux')).toEqual([
      { value: '/opt/hadoop/bin/hadoop', source: 'HADOOP_HOME' },
      { value: '/a/hadoop', source: 'PATH' },
      { value: '/b c/hadoop', source: 'PATH' },
    ]);
  });
});

describe('the hadoop command on Windows', () => {
  const valuesOf = (env: Readonly<Record<string, string>>) =>
    commandCandidates(env, 'win32').map(({ value }) => value);

  it('is hadoop.cmd, in folders with semicolons between', () => {
    const env = { PATH: 'C:\\Windows;D:\\hadoop\\bin', PATHEXT: '.EXE;.CMD' };
    expect(valuesOf(env)).toEqual([
      'C:\\Windows\\hadoop.exe',
      'C:\\Windows\\hadoop.cmd',
      'D:\\hadoop\\bin\\hadoop.exe',
      'D:\\hadoop\\bin\\hadoop.cmd',
    ]);
  });

  it('comes from HADOOP_HOME first', () => {
    const env = { HADOOP_HOME: 'C:\\hadoop-3.3.5\\', PATHEXT: '.CMD' };
    expect(valuesOf(env)).toEqual(['C:\\hadoop-3.3.5\\bin\\hadoop.cmd']);
  });

  it('is never the shell script of that name, also where PATHEXT is not set', () => {
    const values = valuesOf({ Path: 'C:\\hadoop\\bin' });
    expect(values).toContain('C:\\hadoop\\bin\\hadoop.cmd');
    expect(values).not.toContain('C:\\hadoop\\bin\\hadoop');
  });

  it('may lie in a folder that is quoted', () => {
    const env = { PATH: '"C:\\a;b";C:\\Program Files\\x', PATHEXT: '.CMD' };
    expect(valuesOf(env)).toEqual(['C:\\a;b\\hadoop.cmd', 'C:\\Program Files\\x\\hadoop.cmd']);
  });
});
