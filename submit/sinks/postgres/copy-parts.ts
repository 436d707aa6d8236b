import type { PlannedLoad } from '../../load-plan.js';
import { quoteName, quoteText } from './identifiers.js';
import type { Session } from './session.js';

/** A part file that is loaded. */
export interface LoadPart {
  readonly name: string;
  readonly hasHeader: boolean;
  /** Its bytes, decompressed. */
  open(): AsyncIterable<Uint8Array>;
}

/** How the parts are written. */
export interface PartForm extends Pick<PlannedLoad, 'nullText'> {
  /** One ASCII character. */
  readonly delimiter: string;
  readonly columnCount: number;
}

/** The rows of a part among all that were copied: from `first`, which counts from 1. */
export interface CopiedPart {
  readonly name: string;
  readonly first: number;
  readonly rows: number;
}

/** Where COPY writes to. `encoding` is that of the bytes as PostgreSQL is told. */
export interface CopyTarget {
  readonly table: string;
  readonly columns: readonly string[];
  readonly encoding: 'UTF8' | 'LATIN1';
}

/** Copies parts into a table, one after the other. Errors come as they are. */
export async function copyParts(
  session: Session,
  target: CopyTarget,
  parts: readonly LoadPart[],
  form: PartForm,
): Promise<readonly CopiedPart[]> {
  const copied: CopiedPart[] = [];
  let first = 1;
  for (const part of parts) {
    const rows = await session.tryCopy(
      copyStatement(target, form, part.hasHeader),
      bytesOf(part, target, form),
    );
    copied.push({ name: part.name, first, rows });
    first += rows;
  }
  return copied;
}

function copyStatement(
  { table, columns, encoding }: CopyTarget,
  { delimiter, nullText }: PartForm,
  hasHeader: boolean,
): string {
  const options = [
    'FORMAT csv',
    `HEADER ${hasHeader}`,
    `DELIMITER ${quoteText(delimiter)}`,
    `NULL ${quoteText(nullText)}`,
    `ENCODING '${encoding}'`,
  ];
  return `COPY ${table} (${columns.map(quoteName).join(', ')}) FROM STDIN WITH (${options.join(', ')})`;
}

function bytesOf(
  part: LoadPart,
  { encoding }: CopyTarget,
  { columnCount }: PartForm,
): AsyncIterable<Uint8Array> {
  const bytes = columnCount === 1 ? withoutEndMark(part.open()) : part.open();
  return encoding === 'LATIN1' ? withoutNul(bytes) : bytes;
}

const NUL = 0;
/** Occurs in no UTF-8: a record that has it is found when its bytes are read as UTF-8. */
const NEVER_UTF8 = 0xff;

/** PostgreSQL's text can't have a NUL, not even for a moment. */
async function* withoutNul(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    yield chunk.includes(NUL) ? chunk.map((byte) => (byte === NUL ? NEVER_UTF8 : byte)) : chunk;
  }
}

const LF = 10;
const END_MARK = '\\.';

/** A record `\.` of one field would end the data for PostgreSQL before 18: it gets quotes. */
async function* withoutEndMark(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const whole = Buffer.concat([rest, chunk]);
    const end = whole.lastIndexOf(LF) + 1;
    rest = whole.subarray(end);
    yield quotedEndMarks(whole.subarray(0, end));
  }
  yield quotedEndMarks(rest);
}

function quotedEndMarks(lines: Buffer): Buffer {
  if (!lines.includes(END_MARK)) return lines;
  return Buffer.from(lines.toString('latin1').replaceAll(/^\\\.$/gm, `"${END_MARK}"`), 'latin1');
}
