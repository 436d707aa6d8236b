import {
  type ColumnList,
  type ColumnUse,
  type LinePlace,
  type MapperFailureFacts,
  type SplitPlace,
  THROWN_LIMITS,
} from '../failure.js';
import { doubtHeader } from '../records/doubts.js';
import { escapeLine, quoteExcerpt } from './escape.js';
import { hintOf } from './failure-hints.js';

/**
 * A failure → the text for stderr, ended by a line end: first what failed, on which value, and how things stand; then
 * where and why; then what to do.
 */
export function formatFailure(failure: MapperFailureFacts): string {
  const { lines, hint } = explainFailure(failure);
  // A line end from outside would start a line of its own: in a task, Hadoop could read it as a counter.
  const all = [...lines, ...(hint === undefined ? [] : [hint])].map(escapeLine);
  return `hadoop-elt mapper: ${all.join('\n  ')}\n`;
}

/** The words for a failure: what and why, line by line, and what to do. */
export function explainFailure(failure: MapperFailureFacts): {
  readonly lines: readonly string[];
  readonly hint: string | undefined;
} {
  return { lines: linesOf(failure), hint: hintOf(failure) };
}

const KINDS = {
  zip: 'a workbook, or another zip archive',
  'old workbook': 'an old workbook (.xls), or one with a password',
  gzip: 'compressed by gzip',
} as const;

function linesOf({ code, details }: MapperFailureFacts): string[] {
  switch (code) {
    case 'argument-unknown':
      return [`Argument ${quoteExcerpt(details.argument)} is not known`];
    case 'emit-unknown': {
      const given = details.given === null ? 'without a value' : quoteExcerpt(details.given);
      return [`Argument --emit ${given} is not known`];
    }
    case 'stdin-range-malformed':
      return [`Environment variable ${details.variable} is ${quoteExcerpt(details.given)}`];
    case 'plan-not-accepted':
      return [`The plan in this mapper is not accepted: ${details.reason}`];
    case 'secret-missing':
      return [`The secret ${quoteExcerpt(details.reference)} is not there`];
    case 'no-mapper-exported':
      return ['The default export of this module is no mapper'];
    case 'header-malformed':
      return [`The header is malformed: ${details.reason}`, placeLine(details.place), lineLine(details.line)];
    case 'header-unknown':
      return headerUnknownLines(details.split);
    case 'input-not-ascii':
      return [
        details.label === null
          ? 'The header has NUL characters: the input may be UTF-16'
          : `stdin is ${details.label.toUpperCase()}, by its byte order mark`,
        placeLine(details.place),
      ];
    case 'input-no-text':
      return [`The input is ${KINDS[details.kind]}, and not CSV`, placeLine(details.place)];
    case 'utf-16-in-task':
      return [
        `The input is ${details.label.toUpperCase()} by csv.encoding, and Hadoop tells lines apart by bytes`,
      ];
    case 'invalid-utf-16':
      return [
        `stdin is not valid ${details.label.toUpperCase()}: half a character at byte ${details.byteOffset}, counted from 0`,
      ];
    case 'separator-differs':
      return [
        `The line sep= says that the delimiter is ${quoteExcerpt(details.separator)}, but the job says ${quoteExcerpt(details.delimiter)}`,
      ];
    case 'header-differs':
      return [
        'The header is not the one that this mapper was built for',
        placeLine(details.place),
        ...namesLine('Missing', details.missing),
        ...namesLine('New', details.added),
        columnsLine(details.columns),
      ];
    case 'columns-never-fit':
      return [
        `Not one of ${details.records} records has the columns of csv.columns: ${details.reason}`,
        placeLine(details.place),
      ];
    case 'column-ruled-twice':
      return [`Column ${quoteExcerpt(details.column)} has rules in two places`];
    case 'column-index-too-large':
      return [
        `Column [${details.index}] ${hasUse(details.usedIn)}, but there are ${details.columns.count} columns`,
        ...headerLines(details),
      ];
    case 'column-without-header':
      return [
        `Column ${quoteExcerpt(details.column)} ${hasUse(details.usedIn)}, but the data have no header`,
      ];
    case 'column-not-in-header':
      return [
        `Column ${quoteExcerpt(details.column)} ${hasUse(details.usedIn)}, but is not in the header`,
        `The nearest name is ${quoteExcerpt(details.nearest)}`,
        ...headerLines(details),
      ];
    case 'column-twice-in-header':
      return [`Column ${quoteExcerpt(details.column)} ${hasUse(details.usedIn)}, but is in the header twice`];
    case 'record-malformed':
      return [`A record is malformed: ${details.reason}`, placeLine(details.place), lineLine(details.line)];
    case 'line-break-in-quotes':
      return [
        'A quoted field goes on over the end of a line',
        placeLine(details.place),
        'These data were not scanned, so a split may have cut this record',
      ];
    case 'line-too-long':
      return [`A line has more than ${details.maxBytes} bytes`, placeLine(details.place)];
    case 'wrong-field-count':
      return [
        `A record has a wrong field count: ${details.reason}`,
        placeLine(details.place),
        recordLine(details.record),
      ];
    case 'invalid-field':
      return [
        `Column ${quoteExcerpt(details.column)} has ${quoteExcerpt(details.value)}: ${details.reason}`,
        placeLine(details.place),
      ];
    case 'user-function': {
      const { functionName, column, value, place, record, thrown } = details;
      const failed = functionName === '' ? 'A function failed' : `Function ${functionName} failed`;
      return [
        `${failed} on column ${quoteExcerpt(column)}, value ${quoteExcerpt(value)}`,
        placeLine(place),
        recordLine(record),
        ...thrownLines(thrown),
      ];
    }
    case 'input-shrank':
      return [
        `stdin ends at byte ${details.endsAtByte}, but the split goes to byte ${details.splitEnd}`,
        'The input file became shorter while the job ran',
      ];
    case 'broken-pipe':
      return ['Cannot write stdout: its reader has closed it'];
    case 'io':
      return [`Cannot ${details.operation}: ${details.cause}`];
  }
}

function hasUse(usedIn: ColumnUse): string {
  return usedIn === 'columns' ? 'has a rule' : `is named in ${usedIn}`;
}

/** For a task it has the form of RECORD_PLACE in the contract, by which the submitter finds the record. */
function placeLine({ lineNumber, split }: LinePlace): string {
  if (split === null) return `at line ${lineNumber} of stdin`;
  const file = split.inputFile ?? 'the input';
  if (split.start === null) return `at line ${lineNumber} of what this task read of ${file}`;
  return `at line ${lineNumber} of the split that starts at byte ${split.start} of ${file}`;
}

function headerUnknownLines({ start, inputFile }: SplitPlace): string[] {
  const from = start === null ? 'an unknown byte' : `byte ${start}`;
  return [
    `The column names are not known in a split that starts at ${from}`,
    `The input is ${inputFile ?? 'not known'}`,
  ];
}

function lineLine(line: string): string {
  return `The line is ${quoteExcerpt(line)}`;
}

function recordLine(record: string): string {
  return `The record is ${quoteExcerpt(record)}`;
}

function columnsLine({ count, firstNames }: ColumnList): string {
  const shown = firstNames.map((name, index) => `[${index}] ${quoteExcerpt(name)}`).join(', ');
  const left = count - firstNames.length;
  return `Columns: ${shown}${left > 0 ? `, and ${left} more` : ''}`;
}

/** The header as it was read, and what it may be instead. */
function headerLines({
  headerLine,
  columns,
}: {
  readonly headerLine?: number;
  readonly columns: ColumnList;
}): string[] {
  const taken = headerLine === undefined ? [] : [`Line ${headerLine} was taken for the header`];
  const doubt = doubtHeader(columns.firstNames);
  const other =
    doubt?.kind === 'delimiter'
      ? [`It has one column, with ${quoteExcerpt(doubt.likely)} in it: csv.delimiter may be another one`]
      : [];
  return [...taken, columnsLine(columns), ...other];
}

function namesLine(what: string, { count, firstNames }: ColumnList): string[] {
  if (count === 0) return [];
  const left = count - firstNames.length;
  return [`${what}: ${firstNames.map(quoteExcerpt).join(', ')}${left > 0 ? `, and ${left} more` : ''}`];
}

/** Safe on a terminal; long ones are cut. */
function thrownLines(thrown: readonly string[]): string[] {
  let left: number = THROWN_LIMITS.chars;
  const shown: string[] = [];
  for (const line of thrown.slice(0, THROWN_LIMITS.lines)) {
    if (left <= 0) break;
    const escaped = escapeLine(line);
    shown.push(escaped.length > left ? `${escaped.slice(0, left)}…` : escaped);
    left -= escaped.length;
  }
  if (shown.length < thrown.length) shown.push('…');
  return shown;
}
