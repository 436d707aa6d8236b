import { describe, expect, it } from 'vitest';
import { placesOf } from '../../../../submit/run/steps/input-places.js';

const names = new Map([
  ['/raw/a.csv', 'raw/a.csv'],
  ['/raw/b:c.csv', 'hdfs://nn/raw/b:c.csv'],
]);

describe('the places of inputs', () => {
  it('are their names, and the lines before each split', () => {
    const tasks = [
      { part: 'part-00000', taskNumber: 0, split: '/raw/a.csv:0+10', lines: 4 },
      { part: 'part-00001', taskNumber: 1, split: '/raw/a.csv:10+10', lines: 0 },
      { part: 'part-00002', taskNumber: 2, split: '/raw/a.csv:20+7', lines: 3 },
      { part: 'part-00003', taskNumber: 3, split: '/raw/b:c.csv:0+10', lines: 5 },
      { part: 'part-00004', taskNumber: 4, split: '/raw/b:c.csv:10+1', lines: 1 },
    ];
    expect(placesOf(names, tasks)).toEqual({
      '/raw/a.csv': { name: 'raw/a.csv', linesBefore: { 0: 0, 10: 4, 20: 4 } },
      '/raw/b:c.csv': { name: 'hdfs://nn/raw/b:c.csv', linesBefore: { 0: 0, 10: 5 } },
    });
  });
  it('leave out what no task has told', () => {
    const tasks = [
      { part: 'part-00000', taskNumber: 0, split: '/raw/a.csv:0+10', lines: 4 },
      { part: 'part-00001', taskNumber: 1, split: '/raw/a.csv:10+10' },
      { part: 'part-00002', taskNumber: 2, split: '/raw/a.csv:20+10', lines: 5 },
      { part: 'part-00003', taskNumber: 3, split: '/raw/a.csv:30+7', lines: 3 },
    ];
    expect(placesOf(names, tasks)['/raw/a.csv']?.linesBefore).toEqual({ 0: 0, 10: 4 });
  });
});
