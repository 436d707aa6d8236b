import { expect, it } from 'vitest';
import { MAPPER_EXIT } from '../../../mapper/contract.js';
import { exitCodeOf } from '../../../mapper/exit-codes.js';

it('failures of one kind share the exit code of the contract', () => {
  expect(exitCodeOf({ code: 'header-unknown' })).toBe(MAPPER_EXIT.header);
  expect(exitCodeOf({ code: 'header-malformed' })).toBe(MAPPER_EXIT.header);
  expect(exitCodeOf({ code: 'column-not-in-header' })).toBe(MAPPER_EXIT.header);
  expect(exitCodeOf({ code: 'record-malformed' })).toBe(MAPPER_EXIT.malformed);
  expect(exitCodeOf({ code: 'line-break-in-quotes' })).toBe(MAPPER_EXIT.quotedLineBreak);
  expect(exitCodeOf({ code: 'line-too-long' })).toBe(MAPPER_EXIT.lineTooLong);
  expect(exitCodeOf({ code: 'wrong-field-count' })).toBe(MAPPER_EXIT.wrongFieldCount);
  expect(exitCodeOf({ code: 'invalid-field' })).toBe(MAPPER_EXIT.invalidField);
  expect(exitCodeOf({ code: 'user-function' })).toBe(MAPPER_EXIT.userFunction);
  expect(exitCodeOf({ code: 'input-shrank' })).toBe(MAPPER_EXIT.io);
  expect(exitCodeOf({ code: 'broken-pipe' })).toBe(MAPPER_EXIT.brokenPipe);
  expect(exitCodeOf({ code: 'emit-unknown' })).toBe(MAPPER_EXIT.usage);
});
