import { describe, expect, it } from 'vitest';
import { REJECT_COLUMNS } from '../../../../mapper/contract.js';
import { plainDialect } from '../../../../mapper/records/dialect.js';
import { NotRejects, type Reject, readRejects } from '../../../../submit/run/rejects.js';
import {
  layOut,
  MAX_APART,
  type RejectsSurvey,
  type ReplayForm,
  replayFiles,
  surveyRejects,
} from '../../../../submit/run/replay-input.js';

const HEADER = `${REJECT_COLUMNS.join()}\n`;
const FORM: ReplayForm = {
  header: { names: ['City', 'Amount'] },
  dialect: plainDialect(','),
  quotedLineBreaks: 'auto',
  maxRecordBytes: 1000,
};

/** Part files by name, read in chunks of a few bytes. */
function partsOf(files: Readonly<Record<string, string>>, chunkBytes = 7) {
  return {
    async *open(path: string) {
      const bytes = Buffer.from(files[path] ?? '', 'latin1');
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
    },
  };
}

async function all(batches: AsyncIterable<readonly Reject[]>): Promise<Reject[]> {
  const found: Reject[] = [];
  for await (const batch of batches) found.push(...batch);
  return found;
}

const rejects = (...records: string[]) =>
  async function* () {
    for (const record of records) {
      yield [{ file: 'f', line: 1, column: 'c', rule: 'r', reason: '', record: Buffer.from(record) }];
    }
  };

describe('rejects', () => {
  it('are read from all parts, whatever the chunks: place, cause, and the bytes of the record', async () => {
    const files = {
      one: `${HEADER}/in/a.csv,3,Amount,round,x,not a number,"rome,x"\n"/in/b,c.csv",,,records.malformed,,malformed,"1,""\xe9"\n`,
      empty: HEADER,
      two: `${HEADER}/in/a.csv,9,City,matches,"a\nb",no match,"""a\nb"",1"\n`,
    };
    for (const chunkBytes of [1, 7, 1000]) {
      const found = await all(readRejects(partsOf(files, chunkBytes), ['one', 'empty', 'two'], ','));
      expect(found.map(({ record, ...rest }) => ({ ...rest, record: record.toString('latin1') }))).toEqual([
        {
          file: '/in/a.csv',
          line: 3,
          column: 'Amount',
          rule: 'round',
          value: 'x',
          reason: 'not a number',
          record: 'rome,x\n',
        },
        {
          file: '/in/b,c.csv',
          line: null,
          column: '',
          rule: 'records.malformed',
          value: '',
          reason: 'malformed',
          record: '1,"\xe9\n',
        },
        {
          file: '/in/a.csv',
          line: 9,
          column: 'City',
          rule: 'matches',
          value: 'a\nb',
          reason: 'no match',
          record: '"a\nb",1\n',
        },
      ]);
    }
  });

  it.each([
    ['another header', 'a,b\n1,2\n'],
    ['too few fields', `${HEADER}a,1,c\n`],
    ['a line that is none', `${HEADER}a,x,c,r,v,r,"rec"\n`],
    ['a cut end', `${HEADER}a,1,c,r,v,r,"rec`],
  ])('with %s are none', async (_what, text) => {
    await expect(all(readRejects(partsOf({ part: text }), ['part'], ','))).rejects.toThrow(NotRejects);
  });
});

describe('a survey of rejects', () => {
  it('counts causes, records of several lines, and quotes that are not closed', async () => {
    const survey = await surveyRejects(rejects('a,b\n', '"a\nb",c\n', '1,"x\n', '2,"y"z\n', 'u",1\n'), FORM);
    expect(survey).toMatchObject({ rejects: 5, hasSpanning: true, unclosed: 1 });
    expect(survey.causes).toEqual([{ column: 'c', rule: 'r', count: 5 }]);
  });
  it('sees no unclosed quote where line breaks in quotes are none', async () => {
    const form: ReplayForm = { ...FORM, quotedLineBreaks: 'no' };
    expect(await surveyRejects(rejects('1,"x\n', '"a\n'), form)).toMatchObject({ unclosed: 0 });
  });
});

describe('the files of a replay', () => {
  const survey = (unclosed: number, hasSpanning: boolean): RejectsSurvey => ({
    rejects: 9,
    sha256: 'x',
    causes: [],
    unclosed,
    hasSpanning,
  });

  it('keep unclosed quotes from swallowing other records', () => {
    expect(layOut(survey(1, true), FORM)).toEqual({ quotedLineBreaks: 'auto', apart: 0 });
    expect(layOut(survey(3, false), FORM)).toEqual({ quotedLineBreaks: 'no', apart: 0 });
    expect(layOut(survey(3, true), FORM)).toEqual({ quotedLineBreaks: 'auto', apart: 2 });
    expect(layOut(survey(MAX_APART + 2, true), FORM)).toBeNull();
  });

  it('hold each reject once', async () => {
    const source = rejects('1,"x\n', 'a,b\n', '2,"y\n', '"s\nt",c\n', '3,"z\n');
    const found = await surveyRejects(source, FORM);
    const layout = layOut(found, FORM);
    if (layout === null) throw new Error('They have a layout');
    const files = replayFiles(source, found, layout, FORM);
    const texts = await Promise.all(
      files.map(async (file) => (await all(file.rejects())).map(({ record }) => String(record))),
    );
    expect(texts).toEqual([['a,b\n', '"s\nt",c\n', '3,"z\n'], ['1,"x\n'], ['2,"y\n']]);
    expect(new Set(files.map(({ name }) => name)).size).toBe(3);
  });
});
