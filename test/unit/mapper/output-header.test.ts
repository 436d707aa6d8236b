import { describe, expect, it } from 'vitest';
import type { HeaderChoice, MapperPlan } from '../../../mapper/contract.js';
import { mapperPlan, ruledColumn, runMapperOn, taskAt } from '../../support/mapper-harness.js';

const columns = [ruledColumn('a', 'upper')];
const known = (header: HeaderChoice, csv: Partial<MapperPlan['csv']> = {}) =>
  mapperPlan({ csv: { names: ['a', 'b'], ...csv }, columns, output: { header } });
const unknown = (header: HeaderChoice) => mapperPlan({ columns, output: { header } });
const INPUT = 'a,b\nx,y\n"a","b"\nz,w\n';
const MAPPED = 'X,y\nZ,w\n';

describe.each(['kernel', 'reference'] as const)('the header of the output, by the %s', (path) => {
  const run = (plan: MapperPlan, input: string, options: Parameters<typeof runMapperOn>[2] = {}) =>
    runMapperOn(plan, input, { path, ...options });

  it('starts every part, and is nowhere else', () => {
    for (const task of [null, taskAt(0, true), taskAt(4096)]) {
      const { output, counts } = run(known('every-part'), INPUT, { task });
      expect(output).toBe(`a,b\n${MAPPED}`);
      expect(counts).toMatchObject({ headers: 2, headersDropped: 2, headersAdded: 1, linesWritten: 3 });
    }
  });
  it('starts the first part alone', () => {
    expect(run(known('first-part'), INPUT).output).toBe(`a,b\n${MAPPED}`);
    expect(run(known('first-part'), INPUT, { task: taskAt(0, true) }).output).toBe(`a,b\n${MAPPED}`);
    // A file's first split, but not the part that sorts first.
    expect(run(known('first-part'), INPUT, { task: taskAt(0) })).toMatchObject({
      output: MAPPED,
      counts: { headersAdded: 0, headersDropped: 2 },
    });
  });
  it('stays where it is found, or goes', () => {
    expect(run(known('keep'), INPUT).output).toBe('a,b\nX,y\na,b\nZ,w\n');
    expect(run(known('drop'), INPUT).output).toBe(MAPPED);
  });
  it('is written although the data have none', () => {
    const noHeader = known('every-part', { header: false });
    expect(run(noHeader, 'x,y\n', { task: taskAt(4096) }).output).toBe('a,b\nX,y\n');
    expect(run(noHeader, 'x,y\n').output).toBe('a,b\nX,y\n');
  });
  it('is the first record where names are not known before', () => {
    expect(run(unknown('every-part'), INPUT).output).toBe(`a,b\n${MAPPED}`);
    expect(run(unknown('first-part'), INPUT, { task: taskAt(0) }).output).toBe(MAPPED);
  });
  it('is all that comes of nothing: known names make a valid file, unknown ones none', () => {
    for (const task of [null, taskAt(0, true), taskAt(4096)]) {
      expect(run(known('every-part'), '', { task })).toMatchObject({
        output: 'a,b\n',
        counts: { headersAdded: 1, linesWritten: 1, linesRead: 0 },
      });
      expect(run(unknown('every-part'), '', { task }).output).toBe('');
    }
    expect(run(known('keep'), '').output).toBe('');
  });
  it('has no names where the data have none', () => {
    const nameless = mapperPlan({ csv: { header: false }, output: { header: 'every-part' } });
    expect(run(nameless, 'x,y\n')).toMatchObject({ output: 'x,y\n', counts: { headersAdded: 0 } });
  });
  it('is canonical CSV, its lines counted', () => {
    const names = ['a', 'two\nlines', 'say "no"', 'x,y', ''];
    const spanning = mapperPlan({ csv: { names }, columns, output: { header: 'every-part' } });
    const header = 'a,"two\nlines","say ""no""","x,y",\n';
    for (const plan of [spanning, unknown('every-part')]) {
      expect(run(plan, `"a","two\r\nlines","say ""no""","x,y",""\r\nx,1,2,3,4\n`)).toMatchObject({
        output: `${header}X,1,2,3,4\n`,
        counts: { headersAdded: 1, linesWritten: 3, linesRead: 3 },
      });
    }
  });
  it('keeps the bytes that the data have for it, without their byte order mark', () => {
    const latin1 = known('every-part', { names: ['a', 'é'], nameBytes: ['a', '\xe9'] });
    expect(run(latin1, 'a,\xe9\nx,\xe9\n', { task: taskAt(4096) }).output).toBe('a,\xe9\nX,\xe9\n');
    expect(run(unknown('every-part'), 'a,\xe9\nx,\xe9\n').output).toBe('a,\xe9\nX,\xe9\n');
    const utf8 = known('every-part', { names: ['a', 'é'] });
    expect(run(utf8, '\xef\xbb\xbfa,\xc3\xa9\nx,y\n').output).toBe('a,\xc3\xa9\nX,y\n');
    expect(run(unknown('every-part'), '\xef\xbb\xbfa,b\nx,y\n').output).toBe('a,b\nX,y\n');
  });
  it('is never written before a column that is not there has stopped the mapper', () => {
    const plan = known('every-part', { names: ['b', 'c'] });
    expect(() => run(plan, '')).toThrow('column-not-in-header');
  });
});
