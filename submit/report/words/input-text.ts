import type { FailureDetails, InputFlaw, LeftInput } from '../../errors.js';
import { formatNumber, quote } from '../escape.js';

/** What an input is, and what to do about it. */
interface FlawText {
  readonly is: string;
  readonly fix: string;
}

const OTHER_FORMAT = 'Turn it into CSV first: text, or gzip of text';
const decompress = (command: string) => `Decompress it first (${command}), or compress it with gzip instead`;

const TEXT_OF: Readonly<Record<InputFlaw, FlawText>> = {
  'dangling-link': {
    is: 'it is a link that leads nowhere',
    fix: 'Remove the link, or put back the file that it names',
  },
  'special-file': {
    is: 'it is a pipe, a socket or a device, no file',
    fix: 'Save its content to a file first, or use hadoop-elt map in a pipe',
  },
  'hidden-in-hdfs': {
    is: 'its name starts with _ or ., and Hadoop passes over such files even if they are named',
    fix: 'Rename it: hadoop fs -mv',
  },
  'gzip-without-its-name': {
    is: 'its content is gzip, but Hadoop goes by the name, which does not end in .gz',
    fix: 'Rename it: hadoop fs -mv, with .gz in lower case at the end',
  },
  'text-named-gzip': {
    is: 'its name says gzip, but its content is not compressed',
    fix: 'Rename it, without .gz at the end',
  },
  'empty-named-gzip': {
    is: 'its name says gzip, but it is empty, which no gzip file is',
    fix: 'Look whether it was copied completely; an empty input is named without .gz',
  },
  'bzip2-without-its-name': {
    is: 'its content is bzip2, but Hadoop goes by the name, which does not end in .bz2',
    fix: 'Rename it: hadoop fs -mv, with .bz2 in lower case at the end',
  },
  'text-named-bzip2': {
    is: 'its name says bzip2, but its content is not compressed',
    fix: 'Rename it, without .bz2 at the end',
  },
  'empty-named-bzip2': {
    is: 'its name says bzip2, but it is empty, which no bzip2 file is',
    fix: 'Look whether it was copied completely; an empty input is named without .bz2',
  },
  'compressed-twice': { is: 'it is compressed twice', fix: 'Decompress it once: gunzip or bunzip2' },
  xz: { is: 'its content is compressed by xz', fix: decompress('unxz') },
  zstd: { is: 'its content is compressed by zstd', fix: decompress('unzstd') },
  zip: { is: 'its content is a zip archive, but no workbook', fix: 'Unpack it first, into CSV' },
  'broken-workbook': {
    is: 'it is a damaged workbook',
    fix: 'Look whether it was copied completely; open it and save it again, or save it as CSV',
  },
  'encrypted-workbook': { is: 'it is a workbook with a password', fix: 'Save it without a password' },
  opendocument: { is: 'it is an OpenDocument file', fix: 'Save it as .xlsx or CSV' },
  xlsb: { is: 'it is a binary workbook (.xlsb)', fix: 'Save it as .xlsx or CSV' },
  'no-sheet': {
    is: 'the workbook lacks the sheet',
    fix: 'Set input.sheet to the name of a sheet, or to its number from 1',
  },
  'workbook-bomb': {
    is: 'it would become far larger than any workbook',
    fix: 'Look where it comes from; if it is right, save it as CSV',
  },
  'workbook-dtd': {
    is: 'it has a DTD, as no workbook has: it may be an attack',
    fix: 'Look where it comes from; open it and save it again, or save it as CSV',
  },
  'workbook-needs-quotes': {
    is: 'the workbook has a text with a delimiter or line end, and csv.quote is none',
    fix: 'Set csv.quote, or csv.delimiter to a text that the workbook does not have',
  },
  'html-page': {
    is: 'what came is an HTML page, not a file',
    fix: "Give the address of the file itself, such as that of GitHub's button Raw; a page may also ask to log in: input.http.bearer, or user and password",
  },
  'workbook-in-hdfs': {
    is: "it is a workbook, which Hadoop's tasks can't read",
    fix: 'Give the file on this machine as the input, and its cells are sent as CSV',
  },
  lz4: { is: 'its content is compressed by lz4', fix: decompress('unlz4') },
  lzop: { is: 'its content is compressed by lzop', fix: decompress('lzop -d') },
  snappy: { is: 'its content is compressed by snappy', fix: decompress('snzip -d') },
  compress: { is: 'its content is compressed by compress (.Z)', fix: decompress('uncompress') },
  '7z': { is: 'its content is a 7z archive', fix: 'Unpack it first, into CSV' },
  rar: { is: 'its content is a rar archive', fix: 'Unpack it first, into CSV' },
  excel: {
    is: 'its content is an old Excel workbook (.xls), or one with a password',
    fix: 'Save it as .xlsx without a password, or as CSV',
  },
  parquet: { is: 'its content is Parquet', fix: OTHER_FORMAT },
  orc: { is: 'its content is ORC', fix: OTHER_FORMAT },
  avro: { is: 'its content is Avro', fix: OTHER_FORMAT },
  'sequence-file': { is: 'its content is a Hadoop SequenceFile', fix: OTHER_FORMAT },
  'utf-16le': {
    is: 'its text is UTF-16, without a byte order mark, and its low bytes come first',
    fix: 'Set csv.encoding: utf-16le',
  },
  'utf-16be': {
    is: 'its text is UTF-16, without a byte order mark, and its high bytes come first',
    fix: 'Set csv.encoding: utf-16be',
  },
  'utf-16-in-hdfs': {
    is: 'its text is UTF-16, and Hadoop tells lines apart by bytes',
    fix: 'Give the file on this machine as the input, and it is sent as UTF-8; or: hadoop fs -cat FILE | iconv -f UTF-16 -t UTF-8 | hadoop fs -put - NEW (UTF-16LE or UTF-16BE if it has no byte order mark)',
  },
  'not-utf-16': {
    is: 'csv.encoding says UTF-16, but its text is in another encoding',
    fix: 'Leave csv.encoding out if it is UTF-8, or set it to the encoding of the file; inputs of one job have one encoding',
  },
  'invalid-utf-16': {
    is: 'it is not valid UTF-16: half a character',
    fix: 'Look whether the file is complete, and in the encoding that csv.encoding or its byte order mark says; or replace what is not valid: iconv -c -f UTF-16 -t UTF-8 FILE',
  },
  'utf-32': { is: 'its text is UTF-32', fix: 'Turn it into UTF-8 first: iconv -f UTF-32 -t UTF-8 FILE' },
};

/** Why an input can't be read: `it is a link that leads nowhere`. */
export function flawText({ flaw, byteOffset, what }: FailureDetails['input-unreadable']): string {
  const { is } = TEXT_OF[flaw];
  if (what !== undefined && what !== '') return `${is}: ${what}`;
  return byteOffset === undefined ? is : `${is} at byte ${formatNumber(byteOffset)}, counted from 0`;
}

/** What to do about it. */
export function flawHint(flaw: InputFlaw): string {
  return TEXT_OF[flaw].fix;
}

/** What is wrong with an input that is not as it was: `has changed: its content is not what run … loaded`. */
export function changedText({ what, others = 0 }: FailureDetails['input-changed']): string {
  return `has changed: ${what}${others === 0 ? '' : `; so have ${formatNumber(others)} more`}`;
}

/** What to do about it. */
export function changedHint({ table }: FailureDetails['input-changed']): string {
  if (table === undefined) {
    return 'Set output.onChangedInput: append loads its new content too, reload makes its batch again; or publish everything again with --mode replace';
  }
  return table.updatesKeys
    ? 'Put the old file back; or set output.onChangedInput to append: its new content is loaded too, which updates the rows with the same keys and leaves the others'
    : 'Put the old file back; or delete the rows that it brought into the table, and set output.onChangedInput to append, which loads its new content too';
}

/** The same for all that have changed among inputs that were left out: no later run loads them by itself. */
export function changedHints(left: readonly LeftInput[]): string[] {
  const hints = left.flatMap(({ why }) =>
    why.code === 'input-changed' ? [why.hint ?? changedHint(why.details)] : [],
  );
  return [...new Set(hints)];
}

const MAX_NAMED = 10;

/** A line for each input that was left out, and why. `explain` gives the first line of a failure. */
export function leftLines(
  left: readonly LeftInput[],
  explain: (why: LeftInput['why']) => readonly string[],
): string[] {
  const named = left.slice(0, MAX_NAMED).map(({ path, why }) => {
    if (why.code === 'no-input') return `${quote(path)}: no input matches`;
    if (why.code === 'input-changed') return `${quote(path)} ${changedText(why.details)}`;
    const [first = '', ...more] = explain(why);
    const text = why.code === 'input-unreadable' ? flawText(why.details) : [first, ...more].join('; ');
    return `${quote(path)}: ${text.replaceAll(/\s+/g, ' ')}`;
  });
  return left.length > MAX_NAMED ? [...named, `and ${formatNumber(left.length - MAX_NAMED)} more`] : named;
}
