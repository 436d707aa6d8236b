import { createHash } from 'node:crypto';
import { parseHeader } from '../../mapper/records/header.js';
import { RecordScanner } from '../../mapper/records/scanner.js';
import { Failure } from '../errors.js';
import type { JobSettings } from '../job/settings.js';
import { gunzip, isGzip, unsupportedCompression } from '../stores/compression.js';
import type { FileStatus, Store } from '../stores/store.js';
import { byteProgress, performStep, type RunState } from './run-state.js';

/** What one pass over an input tells. */
export interface ScannedInput {
  readonly path: string;
  /** Bytes of the file as it is, compressed or not. */
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Of the file as it is; lower-case hex. */
  readonly sha256: string;
  /** Physical lines by Hadoop's rule. */
  readonly lines: number;
  /** Records, headers and malformed lines included. */
  readonly records: number;
  /** Column names by the first record; null in an empty file and where the job has no header. */
  readonly header: readonly string[] | null;
  readonly startsWithBom: boolean;
  /** False where a record spans lines and where the file is compressed. */
  readonly splittable: boolean;
}

/** The scan step: every input, read once. */
export function scanInputs(state: RunState): Promise<readonly ScannedInput[]> {
  return performStep(state, 'scan', async (progress) => {
    const { plan, engine, context, inputs } = state;
    const onBytes = byteProgress(
      progress,
      inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    );
    const value: ScannedInput[] = [];
    for (const file of inputs) {
      value.push(await scanInput(engine.store, file, plan.settings, onBytes, context.signal));
    }
    const sum = (count: (input: ScannedInput) => number) =>
      value.reduce((total, input) => total + count(input), 0);
    return {
      value,
      result: {
        step: 'scan',
        files: value.length,
        sizeBytes: sum(({ sizeBytes }) => sizeBytes),
        lines: sum(({ lines }) => lines),
        records: sum(({ records }) => records),
      },
    };
  });
}

/**
 * Reads one input to its end: size, checksum, lines, records, header, line breaks in quotes. `onBytes` is told
 * how many bytes of the file have been read since the last call. Throws `malformed-record` where the job says so.
 */
export async function scanInput(
  store: Store,
  file: FileStatus,
  settings: JobSettings,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<ScannedInput> {
  const { path } = file;
  const codec = unsupportedCompression(path);
  if (codec !== undefined) {
    const cause = `${codec} files are not supported; plain files and .gz are`;
    throw new Failure('local-file', { operation: 'read', path, problem: 'other', cause });
  }
  const quotedLineBreaks = settings['csv.quotedLineBreaks'].value;
  const delimiter = settings['csv.delimiter'].value;
  const scanner = new RecordScanner({
    delimiter,
    quotedLineBreaks,
    maxRecordBytes: settings['csv.maxRecordBytes'].value,
  });
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const hashed = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of store.read(path)) {
      signal.throwIfAborted();
      hash.update(chunk);
      sizeBytes += chunk.length;
      onBytes(chunk.length);
      yield chunk;
    }
  };
  for await (const chunk of isGzip(path) ? gunzip(path, hashed()) : hashed()) scanner.push(chunk);
  const facts = scanner.end();
  if (facts.firstMalformed !== null && settings['records.malformed'].value === 'fail') {
    const { lineNumber, reason } = facts.firstMalformed;
    throw new Failure('malformed-record', { path, lineNumber, reason, count: facts.malformed });
  }
  return {
    path,
    sizeBytes,
    modifiedMs: file.modifiedMs,
    sha256: hash.digest('hex'),
    lines: facts.lines,
    records: facts.records,
    header:
      settings['csv.header'].value && facts.firstRecord !== null
        ? parseHeader(facts.firstRecord, delimiter)
        : null,
    startsWithBom: facts.hasBom,
    splittable: facts.firstSpanningLine === null && quotedLineBreaks !== 'yes' && !isGzip(path),
  };
}
