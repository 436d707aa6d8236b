import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAPPER_EXIT } from '../../../../mapper/contract.js';
import { definitionOfPlan, type MapperDefinition } from '../../../../mapper/definition.js';
import { type MapperHost, mapperMain } from '../../../../mapper/process/main.js';
import { mapperPlan, REJECTS_HEADER, ruledColumn } from '../../../support/mapper-harness.js';

const plan = mapperPlan({
  csv: { names: ['a', 'b'] },
  columns: [ruledColumn('b', { places: 0 }, { action: 'reject' })],
});
const input = 'a,b\nx,1.5\ny,z\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mapper-main-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(
  stdin: string | { path: string },
  host: Partial<MapperHost> = {},
  define: () => MapperDefinition = () => definitionOfPlan(plan),
) {
  const path = typeof stdin === 'string' ? join(folder, 'in.csv') : stdin.path;
  if (typeof stdin === 'string') writeFileSync(path, stdin, 'latin1');
  const stdinFd = openSync(path, 'r');
  const stdoutFd = openSync(join(folder, 'out.csv'), 'w');
  let stderr = '';
  const exitCode = mapperMain(define, {
    argv: [],
    env: {},
    stdinFd,
    stdoutFd,
    stdinIsTerminal: false,
    stderrIsTerminal: false,
    stderr: (text) => {
      stderr += text;
    },
    ...host,
  });
  closeSync(stdinFd);
  closeSync(stdoutFd);
  return { exitCode, stderr, stdout: readFileSync(join(folder, 'out.csv'), 'latin1') };
}

const task = {
  mapreduce_task_attempt_id: 'attempt_1',
  mapreduce_map_input_start: '0',
  mapreduce_map_input_file: 'file:/in.csv',
};

describe('mapperMain', () => {
  it('maps stdin to stdout, silent where all is well', () => {
    expect(run('a,b\nx,1.5\n')).toEqual({ exitCode: 0, stderr: '', stdout: 'a,b\nx,2\n' });
  });
  it('says at the end what was wrong, with an example and its line, unless it is to be quiet', () => {
    const { exitCode, stderr } = run(input);
    expect(exitCode).toBe(0);
    expect(stderr).toBe(
      'hadoop-elt mapper: invalid b 1 (line 3: "z" is not a number); rejected 1 of 2 records\n',
    );
    expect(run(input, { argv: ['--quiet'] }).stderr).toBe('');
    expect(run(input, { argv: ['--quiet', '--emit', 'rejects'] }).stderr).toBe('');
  });
  it('warns where no value of a column is valid, or no record came through', () => {
    expect(run('a,b\nx,y\n').stderr.split('\n').slice(1)).toEqual([
      'hadoop-elt mapper: WARNING: every record was rejected: nothing was written',
      'hadoop-elt mapper: WARNING: every value of column "b" is invalid: check its rules',
      '',
    ]);
  });
  it('follows the names of a header in another order', () => {
    const byIndex = () =>
      definitionOfPlan(mapperPlan({ csv: { names: ['a', 'b'] }, columns: [ruledColumn(1, { places: 0 })] }));
    expect(run('b,a\n1.5,x\n').stdout).toBe('b,a\n2,x\n');
    expect(run('b,a\n1.5,x\n', {}, byIndex).stdout).toBe('b,a\n2,x\n');
  });
  it('stops at a header with other names, and takes data without one where it is told so', () => {
    expect(run('a,c\nx,1.5\n')).toEqual({
      exitCode: MAPPER_EXIT.header,
      stdout: '',
      stderr: [
        'hadoop-elt mapper: The header is not the one that this mapper was built for',
        '  at line 1 of stdin',
        '  Missing: "b"',
        '  New: "c"',
        '  Columns: [0] "a", [1] "c"',
        '  Build the mapper again from data with this header; for data without a header give --no-header',
        '',
      ].join('\n'),
    });
    expect(run('x,1.5\n', { argv: ['--no-header'] }).stdout).toBe('x,2\n');
  });
  it('fails where not one record has the columns of csv.columns', () => {
    const named = (names: readonly string[]) => () =>
      definitionOfPlan(mapperPlan({ csv: { header: false, names }, output: { header: 'drop' } }));
    const { exitCode, stdout, stderr } = run('x;1\ny;2\n', {}, named(['a', 'b']));
    expect(exitCode).toBe(MAPPER_EXIT.header);
    expect(stdout).toBe('x;1\ny;2\n');
    expect(stderr).toContain(
      [
        'hadoop-elt mapper: Not one of 2 records has the columns of csv.columns: 1 instead of 2',
        '  at line 1 of stdin',
        '  Name as many columns in csv.columns as the data have, or check csv.delimiter',
        '',
      ].join('\n'),
    );
    expect(run('x;1\ny,2\n', {}, named(['a', 'b'])).exitCode).toBe(0);
  });
  it('tells its settings and ruled columns where asked, and reads nothing', () => {
    const { exitCode, stdout } = run({ path: '/dev/null' }, { argv: ['--describe'] });
    const { job, csv, records, output } = plan;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ...{ job, csv, columns: ['b'], records, output },
      hidesData: false,
      secrets: [],
    });
  });
  it('writes rejects where asked', () => {
    const rejects = `${REJECTS_HEADER}-,3,b,round,z,not a number,"y,z"\n`;
    expect(run(input, { argv: ['--emit', 'rejects'] }).stdout).toBe(rejects);
    expect(run(input, { argv: ['--emit=rejects'] }).stdout).toBe(rejects);
  });
  it('sums up at a terminal', () => {
    expect(run(input, { stderrIsTerminal: true }).stderr).toBe(
      'test: 2 records in, 1 out, 1 rejected, 1 header\n' +
        'hadoop-elt mapper: invalid b 1 (line 3: "z" is not a number); rejected 1 of 2 records\n',
    );
    expect(run('x,1\n', { stderrIsTerminal: true, argv: ['--no-header'] }).stderr).toContain(
      'No header was seen',
    );
  });
  it('says that stdin was empty', () => {
    expect(run('')).toEqual({
      exitCode: 0,
      stderr: 'hadoop-elt mapper: stdin was empty: nothing to do\n',
      stdout: '',
    });
  });
  it('says that it waits for a terminal', () => {
    expect(run(input, { stdinIsTerminal: true }).stderr).toMatch(/^Reading CSV from the terminal/);
  });
  it('reports counters as a task, an example of what is invalid, and nothing else', () => {
    const { stderr } = run(input, { env: task, stderrIsTerminal: true });
    expect(stderr).toContain('reporter:counter:hadoop-elt,records read,2\n');
    expect(stderr).toContain('reporter:counter:hadoop-elt,invalid b,1\n');
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('reporter:counter:'))).toEqual(
      ['hadoop-elt example: {"column":"b","value":"z","reason":"not a number","line":3}'],
    );
  });
  it('reads its range of stdin as a task', () => {
    const env = { ...task, mapreduce_map_input_start: '4', hadoop_elt_stdin_range: '4-10' };
    expect(run(input, { env }).stdout).toBe('x,2\n');
    expect(run(input, { env: { ...env, hadoop_elt_stdin_range: '4-4' } }).stdout).toBe('');
  });
  it('stops where the range goes beyond the file', () => {
    const { exitCode, stderr } = run(input, { env: { ...task, hadoop_elt_stdin_range: '4-100' } });
    expect(exitCode).toBe(MAPPER_EXIT.io);
    expect(stderr).toContain('stdin ends at byte 14, but the split goes to byte 100');
  });
  it('passes more than a buffer holds', () => {
    const line = `${'x'.repeat(1000)},1\n`;
    const long = `"${'y'.repeat(300_000)},",1\n`;
    const text = `a,b\n${line.repeat(400)}${long}${line.repeat(5)}`;
    expect(run(text).stdout === text).toBe(true);
  });
  it('tells a failure, what and where, with its exit code and no counters', () => {
    const failing = () =>
      definitionOfPlan(mapperPlan({ csv: { names: ['a'] }, records: { malformed: 'fail' } }));
    expect(run('"x"y\n', { env: task }, failing)).toEqual({
      exitCode: MAPPER_EXIT.malformed,
      stdout: '',
      stderr: [
        'hadoop-elt mapper: A record is malformed: text after a closing quote',
        '  at line 1 of the split that starts at byte 0 of file:/in.csv',
        '  The line is "\\"x\\"y"',
        '  Correct the quoting, or set records.malformed to pass or reject',
        '',
      ].join('\n'),
    });
  });
  it('tells a directory for what it is', () => {
    const { exitCode, stderr } = run({ path: folder });
    expect(exitCode).toBe(MAPPER_EXIT.io);
    expect(stderr).toMatch(/^hadoop-elt mapper: Cannot read stdin: EISDIR.*\n {2}Give a file/);
  });
  it('tells that stdout cannot be written', () => {
    const stdoutFd = openSync(join(folder, 'readonly'), 'a+');
    closeSync(stdoutFd);
    const { exitCode, stderr } = run(input, { stdoutFd });
    expect(exitCode).toBe(MAPPER_EXIT.io);
    expect(stderr).toContain('Cannot write stdout: EBADF');
  });
  it('tells what is wrong with its arguments', () => {
    expect(run(input, { argv: ['--emti'] })).toMatchObject({ exitCode: MAPPER_EXIT.usage, stdout: '' });
    expect(run(input, { argv: ['--emit', 'x'] }).stderr).toContain('Argument --emit "x" is not known');
    expect(run(input, { argv: ['--emit'] }).stderr).toContain('Argument --emit without a value');
    expect(run(input, { argv: ['in.csv'] }).stderr).toContain('the data come from stdin');
  });
  it('helps', () => {
    const { exitCode, stdout } = run('', { argv: ['--help'] });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('node mapper.mjs < in.csv > out.csv');
  });
  it('gives the stack of a bug', () => {
    const { exitCode, stderr } = run(input, {}, () => {
      throw new Error('unforeseen');
    });
    expect(exitCode).toBe(MAPPER_EXIT.bug);
    expect(stderr).toMatch(/this is a bug\nError: unforeseen\n +at/);
  });
});
