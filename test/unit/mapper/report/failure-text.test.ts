import { describe, expect, it } from 'vitest';
import { linesOfThrown } from '../../../../mapper/api/thrown.js';
import { RECORD_PLACE } from '../../../../mapper/contract.js';
import { excerptOf, MapperFailure, type MapperFailureFacts } from '../../../../mapper/failure.js';
import { formatFailure } from '../../../../mapper/report/failure-text.js';

const split = { inputFile: 'hdfs://nn/a.csv', start: 7 };

function userFunctionFailure(thrown: unknown): MapperFailureFacts {
  return {
    code: 'user-function',
    details: {
      functionName: 'addTax',
      column: 'a',
      value: 'x',
      place: { lineNumber: 3, split: null },
      record: 'x,y',
      thrown: linesOfThrown(thrown),
    },
  };
}

/** The text for what a function threw, without the lines on the function and the record. */
function thrownText(thrown: unknown): string {
  return formatFailure(userFunctionFailure(thrown)).split('\n').slice(3, -1).join('\n');
}

function errorWithStack(stack: string): Error {
  const error = new Error('x');
  error.stack = stack;
  return error;
}

describe('formatFailure', () => {
  it('tells what failed, where, why, and what to do', () => {
    const failure = new MapperFailure('wrong-field-count', {
      reason: '1 instead of 2',
      place: { lineNumber: 3, split: null },
      record: excerptOf('x'.repeat(100)),
    });
    expect(formatFailure(failure)).toBe(
      [
        'hadoop-elt mapper: A record has a wrong field count: 1 instead of 2',
        '  at line 3 of stdin',
        `  The record is "${'x'.repeat(80)}"…`,
        '  Correct the data, or set records.wrongFieldCount to pass, pad or reject',
        '',
      ].join('\n'),
    );
  });
  it('tells the place of a line as far as it is known', () => {
    const textAt = (place: { inputFile: string | null; start: number | null }) =>
      formatFailure({ code: 'line-break-in-quotes', details: { place: { lineNumber: 3, split: place } } });
    expect(textAt(split)).toContain('\n  at line 3 of the split that starts at byte 7 of hdfs://nn/a.csv\n');
    expect(textAt({ ...split, inputFile: null })).toContain('that starts at byte 7 of the input\n');
    expect(textAt({ inputFile: null, start: null })).toContain(
      '\n  at line 3 of what this task read of the input\n',
    );
    expect(RECORD_PLACE.exec(textAt(split))?.slice(1)).toEqual(['3', '7', 'hdfs://nn/a.csv']);
  });
  it('says which split does not know its column names', () => {
    const textOf = (place: { inputFile: string | null; start: number | null }) =>
      formatFailure({ code: 'header-unknown', details: { split: place } });
    expect(textOf(split)).toContain('in a split that starts at byte 7\n  The input is hdfs://nn/a.csv\n');
    expect(textOf({ inputFile: null, start: null })).toContain(
      'at an unknown byte\n  The input is not known\n',
    );
  });
  it('lists the first columns and says how many there are besides', () => {
    const firstNames = ['a', 'b'];
    const textOf = (count: number) =>
      formatFailure({
        code: 'column-index-too-large',
        details: { usedIn: 'columns', index: 70, columns: { count, firstNames } },
      });
    expect(textOf(2)).toContain('\n  Columns: [0] "a", [1] "b"\n  Indexes are 0-based: use [0] to [1]\n');
    expect(textOf(60)).toContain('\n  Columns: [0] "a", [1] "b", and 58 more\n');
  });
  it('keeps what a function says on its line, so that Hadoop takes no part of it for a counter', () => {
    const text = formatFailure({
      code: 'invalid-field',
      details: {
        column: 'a',
        value: 'x',
        reason: 'bad\nreporter:counter:hadoop-elt,records read,9',
        place: { lineNumber: 3, split: null },
      },
    });
    expect(text).not.toMatch(/^reporter:/m);
    expect(text).toContain('bad\\u000areporter:counter');
  });

  it('advises by what the system said', () => {
    const textOf = (systemCode: string | null) =>
      formatFailure({ code: 'io', details: { operation: 'write stdout', systemCode, cause: 'no' } });
    expect(textOf('ENOSPC')).toBe(
      'hadoop-elt mapper: Cannot write stdout: no\n  Free space where the output goes, and run again\n',
    );
    expect(textOf('EBADF')).toBe('hadoop-elt mapper: Cannot write stdout: no\n');
    expect(textOf(null)).toBe('hadoop-elt mapper: Cannot write stdout: no\n');
  });
});

describe('what a function threw', () => {
  it('is shown with its causes, safe on a terminal', () => {
    const cause = errorWithStack('Error: \u001b[31m');
    const error = errorWithStack('Error: a\n    at f');
    error.cause = cause;
    expect(thrownText(error)).toBe('  Error: a\n      at f\n  Caused by: Error: \\u001b[31m');
    expect(thrownText('text')).toBe('  It threw string: text');
  });
  it('is cut after 24 lines', () => {
    const lines = Array.from({ length: 24 }, (_, index) => `line ${index}`);
    expect(thrownText(errorWithStack(lines.join('\n')))).toBe(lines.map((line) => `  ${line}`).join('\n'));
    const more = errorWithStack([...lines, 'one', 'two'].join('\n'));
    expect(thrownText(more)).toBe([...lines, '…'].map((line) => `  ${line}`).join('\n'));
  });
  it('is cut after 2400 characters, also in the details', () => {
    const long = errorWithStack(`${'x'.repeat(2000)}\n${'y'.repeat(5000)}\nz\nz`);
    expect(thrownText(long)).toBe(`  ${'x'.repeat(2000)}\n  ${'y'.repeat(400)}…\n  …`);
    const exact = errorWithStack('x'.repeat(2400));
    expect(thrownText(exact)).toBe(`  ${'x'.repeat(2400)}`);
    const huge = errorWithStack('x'.repeat(100_000));
    expect(thrownText(huge)).toBe(`  ${'x'.repeat(2400)}…`);
    expect(linesOfThrown(huge).join('').length).toBe(2401);
  });
});
