import type { MapperFailureFacts } from '../failure.js';
import { doubtHeader, headerRemedy, quotesRemedy } from '../records/doubts.js';

/** By the system's code. */
const IO_HINTS: Readonly<Record<string, string>> = {
  EISDIR: 'Give a file: the mapper does not read a directory',
  ENOSPC: 'Free space where the output goes, and run again',
  EDQUOT: 'Free space in the quota where the output goes, and run again',
  EFBIG: 'The output is larger than the file system or a limit allows',
  ESPIPE: 'A byte range needs a file as stdin, not a pipe',
};

function secretHint(reference: string): string {
  if (reference.startsWith('env:')) return `Set the environment variable ${reference.slice('env:'.length)}`;
  if (reference.startsWith('file:')) return 'Put it into that file, on one line';
  return 'A mapper by itself runs no command for it: use hadoop-elt map, run or submit, or env:NAME';
}

/** What to do about a failure. */
export function hintOf({ code, details }: MapperFailureFacts): string | undefined {
  switch (code) {
    case 'argument-unknown':
      return 'Accepted: --emit records|rejects, --quiet, --no-header, --describe, --help; the data come from stdin';
    case 'emit-unknown':
      return 'Accepted: --emit records, --emit rejects';
    case 'stdin-range-malformed':
      return 'Expected "start-end" in bytes, end exclusive';
    case 'plan-not-accepted':
      return 'Build the mapper again from its job file';
    case 'secret-missing':
      return secretHint(details.reference);
    case 'no-mapper-exported':
      return 'Write: export default defineMapper({ columns: { … } })';
    case 'input-not-ascii':
      return `Set csv.encoding: ${details.label ?? 'utf-16le, or utf-16be'}`;
    case 'input-no-text':
      return details.kind === 'gzip'
        ? 'Decompress it on its way: gzip -dc FILE | …; hadoop-elt run reads .gz files as they are'
        : details.kind === 'zip'
          ? 'A pipe takes text: name the workbook under input.files of a job, and use hadoop-elt preview or run'
          : 'Save it as .xlsx without a password, and name that under input.files of a job; or save it as CSV';
    case 'utf-16-in-task':
      return 'Convert it to UTF-8 first, and build the mapper without csv.encoding; hadoop-elt submit does both for a file on its machine';
    case 'invalid-utf-16':
      return 'Look whether the data are complete, and in the encoding that csv.encoding or the byte order mark says';
    case 'header-malformed':
      return quotesRemedy(details.doubt) ?? 'Correct the quoting of the header, or check csv.delimiter';
    case 'header-unknown':
      return 'Build the mapper with its column names: from the inputs, with --header-from FILE, or with csv.columns';
    case 'separator-differs':
      return 'Correct csv.delimiter, or leave it out: then the line decides';
    case 'header-differs':
      return 'Build the mapper again from data with this header; for data without a header give a built mapper --no-header, or hadoop-elt map --header-from FILE, or set csv.columns';
    case 'columns-never-fit':
      return 'Name as many columns in csv.columns as the data have, or check csv.delimiter';
    case 'column-ruled-twice':
      return 'Put all its rules in one list';
    case 'column-index-too-large':
      return doubtHeader(details.columns.firstNames) === null
        ? `Indexes are 0-based: use [0] to [${details.columns.count - 1}]`
        : headerRemedy(doubtHeader(details.columns.firstNames));
    case 'column-without-header':
      return 'Name the columns with csv.columns, or give the column by its index, such as [0]';
    case 'column-not-in-header':
      return headerRemedy(doubtHeader(details.columns.firstNames));
    case 'column-twice-in-header':
      return `Give it by its index: [${details.firstIndex}] or [${details.lastIndex}]`;
    case 'record-malformed':
      return quotesRemedy(details.doubt) ?? 'Correct the quoting, or set records.malformed to pass or reject';
    case 'line-break-in-quotes':
      return 'Set csv.quotedLineBreaks to yes (files are then never split), or to no (such a line is then malformed)';
    case 'line-too-long':
      return 'Look whether the input is CSV at all; csv.maxRecordBytes sets the limit';
    case 'wrong-field-count':
      return 'Correct the data, or set records.wrongFieldCount to pass, pad or reject';
    case 'invalid-field':
      return 'Correct the data, or give the rule a marker (invalid: TEXT) or onInvalid: keep, blank or reject';
    case 'io':
      return details.systemCode === null ? undefined : IO_HINTS[details.systemCode];
    default:
      return undefined;
  }
}
