import pMap from 'p-map';
import { parseHeader } from '../../../mapper/records/header.js';
import { Failure } from '../../errors.js';
import type { JobSettings } from '../../job/settings.js';
import { isGzip, unsupportedCompression } from '../../sources/decoding.js';
import type { Inspector, OnBytes } from '../../sources/inspect/inspector.js';
import { readHeader } from '../../sources/read-headers.js';
import { isWebHdfsStore } from '../../stores/hdfs/webhdfs-store.js';
import { localStore } from '../../stores/local/local-store.js';
import type { FileStatus, Store } from '../../stores/store.js';
import { byteProgress, performStep, type RunState } from '../step.js';

/** What one pass over an input tells. */
export interface ScannedInput {
  readonly path: string;
  /** Bytes of the file as it is, compressed or not. */
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /**
   * Of the file as it is; lower-case hex. Of a file that is read in place, what its store has instead. It may come after
   * the scan, and rejects with `input-changed` where the file did not stay the same.
   */
  readonly sha256: Promise<string>;
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
    const { plan, engine, inspector, inputs } = state;
    const onBytes = byteProgress(
      progress,
      inputs.reduce((sum, { sizeBytes, inPlace }) => sum + (inPlace ? 0 : sizeBytes), 0),
    );
    const value = await pMap(
      inputs,
      (file) =>
        file.inPlace
          ? lookAtInput(engine.store, file, plan.settings)
          : scanInput(inspector.inputs, file, plan.settings, onBytes),
      { concurrency: inspector.inputs.concurrency },
    );
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
    sha256: Promise.resolve(
      isWebHdfsStore(store) ? await store.checksum(path) : `${sizeBytes}@${modifiedMs}`,
    ),
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
  const cause = `${codec} files can't be read here; plain files and .gz can`;
  throw new Failure('store', {
    scheme: store.scheme,
    operation: 'read',
    path,
    problem: 'not-supported',
    cause,
  });
}

/**
 * Reads one input to its end: size, checksum, lines, records, header, line breaks in quotes. `onBytes` is told
 * how many bytes of the file have been read since the last call. Throws `malformed-record` where the job says so.
 */
export async function scanInput(
  inspector: Inspector,
  { path, modifiedMs }: FileStatus,
  settings: JobSettings,
  onBytes: OnBytes,
): Promise<ScannedInput> {
  refuseUnsupported(path, localStore);
  const quotedLineBreaks = settings['csv.quotedLineBreaks'].value;
  const delimiter = settings['csv.delimiter'].value;
  const maxRecordBytes = settings['csv.maxRecordBytes'].value;
  const { sizeBytes, sha256, records } = await inspector.scan(
    path,
    { delimiter, quotedLineBreaks, maxRecordBytes },
    onBytes,
  );
  if (records.firstMalformed !== null && settings['records.malformed'].value === 'fail') {
    const { lineNumber, reason } = records.firstMalformed;
    throw new Failure('malformed-record', { path, lineNumber, reason, count: records.malformed });
  }
  return {
    path,
    sizeBytes,
    modifiedMs,
    inPlace: false,
    sha256,
    lines: records.lines,
    records: records.records,
    header:
      settings['csv.header'].value && records.firstRecord !== null
        ? parseHeader(records.firstRecord, delimiter)
        : null,
    startsWithBom: records.hasBom,
    splittable: records.firstSpanningLine === null && quotedLineBreaks !== 'yes' && !isGzip(path),
  };
}
