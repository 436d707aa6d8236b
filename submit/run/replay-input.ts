import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Dialect, hasPlainQuotes } from '../../mapper/records/dialect.js';
import { scanOf } from '../../mapper/records/framer.js';
import { type Header, headerFields } from '../../mapper/records/header.js';
import { writeInDialect } from '../../mapper/records/write-in-dialect.js';
import type { Store } from '../stores/store.js';
import type { Reject } from './rejects.js';

/** How the job reads the rejects again. */
export interface ReplayForm {
  /** Null if the data have no header. */
  readonly header: Header | null;
  /** How the records are written, and the header. */
  readonly dialect: Dialect;
  readonly quotedLineBreaks: 'auto' | 'yes' | 'no';
  /** A quote that is open after so many bytes is malformed. */
  readonly maxRecordBytes: number;
}

/** What the rejects of a run are. JSON. */
export interface RejectsSurvey {
  readonly rejects: number;
  /** SHA-256 of the records. */
  readonly sha256: string;
  /** Whether a record has several lines. */
  readonly hasSpanning: boolean;
  /** Records with a quote that is not closed. Beside others it would swallow them, up to their next quote. */
  readonly unclosed: number;
  /** How many were rejected for which reason, the most frequent first. */
  readonly causes: readonly RejectCause[];
}

export interface RejectCause {
  readonly column: string;
  readonly rule: string;
  readonly count: number;
}

/** Causes beyond these are not told apart. */
const MAX_CAUSES = 1000;

type Rejects = () => AsyncIterable<readonly Reject[]>;

/** Reads all rejects once. Memory does not grow with their number. */
export async function surveyRejects(rejects: Rejects, form: ReplayForm): Promise<RejectsSurvey> {
  const hash = createHash('sha256');
  const causes = new Map<string, RejectCause>();
  let count = 0;
  let hasSpanning = false;
  let unclosed = 0;
  for await (const batch of rejects()) {
    for (const { record, column, rule } of batch) {
      count += 1;
      hash.update(record);
      const shape = shapeOf(record, form);
      if (shape === 'spanning') hasSpanning = true;
      if (shape === 'unclosed') unclosed += 1;
      const key = JSON.stringify([column, rule]);
      const cause = causes.get(key) ?? { column, rule, count: 0 };
      if (cause.count > 0 || causes.size < MAX_CAUSES) causes.set(key, { ...cause, count: cause.count + 1 });
    }
  }
  return {
    rejects: count,
    sha256: hash.digest('hex'),
    hasSpanning,
    unclosed,
    causes: [...causes.values()].sort((a, b) => b.count - a.count),
  };
}

/** What a record is to a job that reads it alone. */
function shapeOf(record: Buffer, form: ReplayForm): 'plain' | 'spanning' | 'unclosed' {
  const { dialect, maxRecordBytes } = form;
  if (form.quotedLineBreaks === 'no') return 'plain';
  if (hasPlainQuotes(dialect) && (dialect.quote === null || !record.includes(dialect.quote))) return 'plain';
  const scan = scanOf({ lineBreaks: 'yes', maxRecordBytes }, dialect);
  let shape: 'plain' | 'spanning' = 'plain';
  for (let at = 0; at < record.length; ) {
    scan.begin(at);
    const outcome = scan.resume(record, true);
    if (outcome === 'malformed' && scan.reason === 'a quote is not closed') return 'unclosed';
    if (outcome === 'record' && scan.firstLineEnd >= 0) shape = 'spanning';
    at = outcome === 'malformed' ? scan.firstLineEnd + 1 : scan.at;
  }
  return shape;
}

/** The files that rejects are written to, to be read again. */
export interface ReplayLayout {
  /** How quoted line breaks have to be read. */
  readonly quotedLineBreaks: ReplayForm['quotedLineBreaks'];
  /** Files that hold one record with an unclosed quote each. */
  readonly apart: number;
}

/** Unclosed quotes beside records of several lines: each has a file of its own, and so a task. */
export const MAX_APART = 1000;

/**
 * Decides how records with an unclosed quote are kept from swallowing others: at the end of a file there is nothing to
 * swallow. Null if there are too many. Pure.
 */
export function layOut(survey: RejectsSurvey, { quotedLineBreaks }: ReplayForm): ReplayLayout | null {
  if (survey.unclosed <= 1) return { quotedLineBreaks, apart: 0 };
  if (!survey.hasSpanning) return { quotedLineBreaks: 'no', apart: 0 };
  const apart = survey.unclosed - 1;
  return apart > MAX_APART ? null : { quotedLineBreaks, apart };
}

/** A file of rejects: its name, and the rejects in their order. */
export interface ReplayFile {
  readonly name: string;
  rejects(): AsyncIterable<readonly Reject[]>;
}

/** The files to write: one with all rejects, the unclosed ones last, and those that are apart. Named by their content. */
export function replayFiles(
  rejects: Rejects,
  survey: RejectsSurvey,
  layout: ReplayLayout,
  form: ReplayForm,
): readonly ReplayFile[] {
  const { dialect } = form;
  const key = createHash('sha256')
    .update(JSON.stringify([survey.sha256, firstLinesOf(form).bytes.toString('latin1'), dialect, layout]))
    .digest('hex')
    .slice(0, KEY_DIGITS);
  const unclosed = (from: number, to: number) => pick(rejects, form, true, from, to);
  async function* main() {
    yield* pick(rejects, form, false);
    if (survey.unclosed > 0) yield* unclosed(layout.apart, survey.unclosed);
  }
  const apart = Array.from({ length: layout.apart }, (_, at) => ({
    name: `rejects-${key}-${at + 1}.csv`,
    rejects: () => unclosed(at, at + 1),
  }));
  return [{ name: `rejects-${key}.csv`, rejects: main }, ...apart];
}

const KEY_DIGITS = 16;

/** The rejects that are unclosed, or those that are not; of these the ones from a position to another. */
async function* pick(
  rejects: Rejects,
  form: ReplayForm,
  wanted: boolean,
  from = 0,
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly Reject[]> {
  let at = 0;
  for await (const batch of rejects()) {
    const chosen = batch.filter(({ record }) => {
      if ((shapeOf(record, form) === 'unclosed') !== wanted) return false;
      at += 1;
      return at > from && at <= to;
    });
    if (chosen.length > 0) yield chosen;
    if (at >= to) return;
  }
}

/** What each file starts with, ended by LF, and how many of its lines are skipped. */
export interface FirstLines {
  readonly bytes: Buffer;
  readonly skipLines: number;
}

/**
 * The header. Where the data have none, a line that is no record stands before them: at the start of a file a byte order
 * mark, or a line `sep=`, would be none of a record. A second line `sep=` is a record.
 */
export function firstLinesOf({ header, dialect }: Pick<ReplayForm, 'header' | 'dialect'>): FirstLines {
  if (header !== null) return { bytes: writeInDialect(headerFields(header), dialect), skipLines: 0 };
  const { delimiter } = dialect;
  return delimiter.length === 1
    ? { bytes: Buffer.from(`sep=${delimiter}\n`, 'latin1'), skipLines: 0 }
    : { bytes: Buffer.from('rejects\n'), skipLines: 1 };
}

/** Writes the files that are not there yet. They have their names only once they are complete. */
export async function writeReplayFiles(
  store: Store,
  folder: string,
  files: readonly ReplayFile[],
  form: Pick<ReplayForm, 'header' | 'dialect'>,
  signal: AbortSignal,
): Promise<void> {
  await store.makeDirectory(folder);
  const wanted = new Set(files.map(({ name }) => name));
  const there = new Set<string>();
  for (const { name, path } of await store.list(folder)) {
    if (wanted.has(name)) there.add(name);
    else await store.remove(path);
  }
  for (const { name, rejects } of files) {
    if (!there.has(name)) await store.write(join(folder, name), bytesOf(rejects), signal);
  }

  async function* bytesOf(rejects: ReplayFile['rejects']): AsyncGenerator<Uint8Array> {
    yield firstLinesOf(form).bytes;
    for await (const batch of rejects()) {
      signal.throwIfAborted();
      yield Buffer.concat(batch.map(({ record }) => record));
    }
  }
}
