import { count, escapeControls, quote } from './escape.js';

/** A record before and after. JSON. */
export interface PreviewedRecord {
  readonly file: string;
  /** 1-based. */
  readonly lineNumber: number;
  /** Column names of the file; null where there are none. */
  readonly namesBefore: readonly string[] | null;
  readonly before: readonly string[];
  /** Column names of the output; null where they are not known. */
  readonly names: readonly string[] | null;
  /** Null if the record is not in the output. */
  readonly after: readonly string[] | null;
  /** Columns whose value is invalid. */
  readonly invalid: readonly string[];
  /** Why the record is rejected or malformed, or the job would fail at it; null if none of that. */
  readonly problem: string | null;
}

/** Characters of a value that are shown. */
const MAX_WIDTH = 60;

/** Records as text: a line for each field, `~` before what changes and `!` before what is invalid. */
export function formatPreview(records: readonly PreviewedRecord[], onlyChanged: boolean): string {
  if (records.length === 0) return 'The inputs have no records\n';
  const changed = records.filter((record) => fieldsOf(record).some(({ sign }) => sign !== ' ')).length;
  return [
    ...records.flatMap((record) => [...recordLines(record, onlyChanged), '']),
    `${count(records.length, 'record')} shown, ${changed} with changes (~) or invalid values (!); nothing was written`,
    '',
  ].join('\n');
}

function recordLines(record: PreviewedRecord, onlyChanged: boolean): string[] {
  const { file, lineNumber, after, problem } = record;
  const end = after === null && problem === null ? ['  ! not in the output'] : [];
  return [
    `${onOneLine(file)}:${lineNumber}`,
    ...(problem === null ? end : [`  ! ${after === null ? 'not in the output: ' : ''}${problem}`]),
    ...(after === null ? beforeLines(record) : fieldLines(record, onlyChanged)),
  ];
}

function beforeLines({ before, namesBefore }: PreviewedRecord): string[] {
  return table(
    before.map((value, index) => ({ sign: ' ', name: nameOf(namesBefore, index), text: show(value) })),
  );
}

function fieldLines(record: PreviewedRecord, onlyChanged: boolean): string[] {
  return table(fieldsOf(record).filter(({ sign }) => !onlyChanged || sign !== ' '));
}

interface FieldLine {
  readonly sign: string;
  readonly name: string;
  readonly text: string;
}

function fieldsOf({ before, namesBefore, names, after, invalid }: PreviewedRecord): readonly FieldLine[] {
  return (after ?? []).map((value, index) => {
    const name = nameOf(names, index);
    const place = names === null || namesBefore === null ? index : namesBefore.indexOf(names[index] ?? '');
    const old = before[place];
    const isInvalid = invalid.includes(names?.[index] ?? `[${index}]`) || invalid.includes(`[${index}]`);
    const isChanged = old !== value;
    const text =
      old === undefined ? `new ${show(value)}` : isChanged ? `${show(old)} → ${show(value)}` : show(value);
    return {
      sign: isInvalid ? '!' : isChanged ? '~' : ' ',
      name,
      text: isInvalid ? `${text}  invalid` : text,
    };
  });
}

function table(fields: readonly FieldLine[]): string[] {
  const width = Math.min(40, Math.max(0, ...fields.map(({ name }) => name.length)));
  return fields.map(({ sign, name, text }) => `  ${sign} ${name.padEnd(width)}  ${text}`);
}

function nameOf(names: readonly string[] | null, index: number): string {
  const name = names?.[index] ?? '';
  return name === '' ? `[${index}]` : onOneLine(name);
}

/** A line break or a tab in a name would break the table. */
function onOneLine(name: string): string {
  return escapeControls(name.replaceAll(/[\b\t\n\f\r]/g, (char) => JSON.stringify(char).slice(1, -1)));
}

function show(value: string): string {
  return quote(value.length > MAX_WIDTH ? `${value.slice(0, MAX_WIDTH - 1)}…` : value);
}
