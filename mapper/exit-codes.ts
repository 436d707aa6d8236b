import { MAPPER_EXIT, type MapperExitCode } from './contract.js';
import type { MapperFailureCode } from './failure.js';

/** Every failure has one exit code of the contract; some share it. */
const EXIT_OF: Readonly<Record<MapperFailureCode, Exclude<keyof typeof MAPPER_EXIT, 'done' | 'bug'>>> = {
  'argument-unknown': 'usage',
  'emit-unknown': 'usage',
  'stdin-range-malformed': 'usage',
  'plan-not-accepted': 'usage',
  'no-mapper-exported': 'usage',
  'header-malformed': 'header',
  'header-unknown': 'header',
  'input-not-ascii': 'header',
  'input-no-text': 'header',
  'utf-16-in-task': 'usage',
  'invalid-utf-16': 'malformed',
  'separator-differs': 'header',
  'header-differs': 'header',
  'columns-never-fit': 'header',
  'column-ruled-twice': 'header',
  'column-index-too-large': 'header',
  'column-without-header': 'header',
  'secret-missing': 'usage',
  'column-not-in-header': 'header',
  'column-twice-in-header': 'header',
  'record-malformed': 'malformed',
  'line-break-in-quotes': 'quotedLineBreak',
  'line-too-long': 'lineTooLong',
  'wrong-field-count': 'wrongFieldCount',
  'invalid-field': 'invalidField',
  'user-function': 'userFunction',
  'input-shrank': 'io',
  'broken-pipe': 'brokenPipe',
  io: 'io',
};

/** The exit code of a failure. */
export function exitCodeOf({ code }: { readonly code: MapperFailureCode }): MapperExitCode {
  return MAPPER_EXIT[EXIT_OF[code]];
}
