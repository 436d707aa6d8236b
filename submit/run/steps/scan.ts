import pMap from 'p-map';
import { Failure } from '../../errors.js';
import type { JobSettings } from '../../job/settings.js';
import type { OnBytes, ReadingOptions, ScannedItem, Source, SourceItem } from '../../sources/source.js';
import { byteProgress, type Step } from '../step.js';

/** Reads every input once. */
export const scanStep: Step<readonly SourceItem[], readonly ScannedItem[]> = {
  name: 'scan',
  perform: ({ plan, ports: { source } }, items, progress) =>
    scanInputs(source, items, plan.settings, byteProgress(progress, bytesToRead(items))),
  summarise(_run, scanned) {
    const sum = (count: (item: ScannedItem) => number | null) =>
      scanned.reduce((total, item) => total + (count(item) ?? 0), 0);
    return {
      step: 'scan',
      files: scanned.length,
      sizeBytes: sum(({ sizeBytes }) => sizeBytes),
      lines: sum(({ lines }) => lines),
      records: sum(({ records }) => records),
    };
  },
};

/** Scans several inputs at once. Throws `malformed-record` if `records.malformed` is `fail`. */
export function scanInputs(
  source: Source,
  items: readonly SourceItem[],
  settings: JobSettings,
  onBytes: OnBytes,
): Promise<readonly ScannedItem[]> {
  const options = readingOptionsOf(settings);
  return pMap(
    items,
    async (item) => {
      const scanned = await source.scan(item, options, onBytes);
      if (scanned.malformed !== null && settings['records.malformed'].value === 'fail') {
        throw new Failure('malformed-record', { path: scanned.path, ...scanned.malformed });
      }
      return scanned;
    },
    { concurrency: source.concurrency },
  );
}

/** The settings that split a job's inputs into records. */
export function readingOptionsOf(settings: JobSettings): ReadingOptions {
  return {
    hasHeader: settings['csv.header'].value,
    delimiter: settings['csv.delimiter'].value,
    quotedLineBreaks: settings['csv.quotedLineBreaks'].value,
    maxRecordBytes: settings['csv.maxRecordBytes'].value,
  };
}

function bytesToRead(items: readonly SourceItem[]): number {
  return items.reduce((sum, { sizeBytes, isScanned }) => sum + (isScanned ? sizeBytes : 0), 0);
}
