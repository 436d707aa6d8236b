import { createHash } from 'node:crypto';
import { parseHeader } from '../../mapper/records/header.js';
import { RecordScanner } from '../../mapper/records/scanner.js';
import { Failure } from '../errors.js';
import type { JobSettings } from '../job/settings.js';
import { gunzip, isGzip, unsupportedCompression } from '../stores/compression.js';
import { localStore } from '../stores/local-store.js';
import type { FileStatus, Store } from '../stores/store.js';
import { isWebHdfsStore } from '../stores/webhdfs-store.js';
import { readHeader } from './read-headers.js';
import { byteProgress, performStep, type RunState } from './run-state.js';

/** What one pass over an input tells. */
export interface ScannedInput {
  readonly path: string;
  /** Bytes of the file as it is, compressed or not. */
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Of the file as it is; lower-case hex. Of a file that is read in place, what its store has instead. */
  readonly sha256: string;
  /** True for a file that is in the engine's store already: it is not scanned. */
  readonly inPlace: boolean;
  /** Physical lines by Hadoop's rule; null where the file was not scanned. */
  readonly lines: number | null;
  /** Records, headers and malformed lines included; null where the file was not scanned. */
  readonly records: number | null;
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
      inputs.reduce((sum, { sizeBytes, inPlace }) => sum + (inPlace ? 0 : sizeBytes), 0),
    );
    const value: ScannedInput[] = [];
    for (const file of inputs) {
      value.push(
        file.inPlace
          ? await lookAtInput(engine.store, file, plan.settings)
          : await scanInput(localStore, file, plan.settings, onBytes, context.signal),
      );
    }
    const sum = (count: (input: ScannedInput) => number | null) =>
      value.reduce((total, input) => total + (count(input) ?? 0), 0);
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
 * What can be known of an input in the engine's store without reading it whole: its header, by its first bytes. Its
 * counts will be the mappers'.
 */
export async function lookAtInput(
  store: Store,
  file: FileStatus,
  settings: JobSettings,
): Promise<ScannedInput> {
  const { path, sizeBytes, modifiedMs } = file;
  refuseUnsupported(path, store);
  return {
    path,
    sizeBytes,
    modifiedMs,
    sha256: isWebHdfsStore(store) ? await store.checksum(path) : `${sizeBytes}@${modifiedMs}`,
    inPlace: true,
    lines: null,
    records: null,
    header: settings['csv.header'].value ? await readHeader(path, settings, store) : null,
    startsWithBom: false,
    splittable: settings['csv.quotedLineBreaks'].value !== 'yes' && !isGzip(path),
  };
}

function refuseUnsupported(path: string, store: Store): void {
  const codec = unsupportedCompression(path);
  if (codec === undefined) return;
  const cause = `${codec} files are not supported; plain files and .gz are`;
  const code = store.kind === 'local' ? 'local-file' : 'hdfs';
  throw new Failure(code, { operation: 'read', path, problem: 'other', cause });
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
    const cause = `${codec} files can't be read here; plain files and .gz can`;
    throw new Failure('local-file', { operation: 'read', path, problem: 'not-supported', cause });
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
    inPlace: false,
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
