import type { ColumnPlan } from '../../../mapper/contract.js';
import { Failure, factsOf, type LeftInput } from '../../errors.js';
import { decimalSignsOf } from '../../job/decimal-signs.js';
import type { JobPlan } from '../../job/plan.js';
import { delimiterIsOpen, dialectOfSettings } from '../../job/sections/csv.js';
import type { JobSettings } from '../../job/settings.js';
import { mapBounded } from '../../map-bounded.js';
import type { OnBytes, ReadingOptions, ScannedItem, Source, SourceItem } from '../../sources/source.js';
import { isBrokenInput, leaveOutHeaders, requireSome, type Scanned } from '../leave-out.js';
import { byteProgress, type Step } from '../step.js';

/** Reads every input once. Leaves out those that can't be read or parsed, if the job says so. */
export const scanStep: Step<readonly SourceItem[], Scanned, PackedScan> = {
  name: 'scan',
  packing: { pack: packHeaders, unpack: unpackHeaders },
  perform: ({ plan, runId, ports: { source, journals } }, items, progress) =>
    scanInputs(source, items, plan, byteProgress(progress, bytesToRead(items)), journals.convertedOf(runId)),
  summarise(_run, { items }) {
    const sum = (count: (item: ScannedItem) => number | null) =>
      items.reduce((total, item) => total + (count(item) ?? 0), 0);
    return {
      step: 'scan',
      files: items.length,
      sizeBytes: sum(({ sizeBytes }) => sizeBytes),
      lines: sum(({ lines }) => lines),
      records: sum(({ records }) => records),
    };
  },
};

/** What a scan found, with each header once: thousands of small inputs have the same. JSON. */
interface PackedScan extends Pick<Scanned, 'left'> {
  readonly headers: readonly (readonly string[])[];
  /** `header` is a place in `headers`. */
  readonly items: readonly (Omit<ScannedItem, 'header'> & { readonly header: number | null })[];
}

function packHeaders({ items, ...others }: Scanned): PackedScan {
  const places = new Map<readonly string[], number>();
  const placeOf = (header: readonly string[]) => {
    const place = places.get(header) ?? places.size;
    places.set(header, place);
    return place;
  };
  const packed = items.map((item) => ({ ...item, header: item.header && placeOf(item.header) }));
  return { headers: [...places.keys()], items: packed, ...others };
}

function unpackHeaders({ headers, items, ...others }: PackedScan): Scanned {
  const headerAt = (place: number | null) => (place === null ? null : (headers[place] ?? null));
  return { items: items.map((item) => ({ ...item, header: headerAt(item.header) })), ...others };
}

/**
 * Scans several inputs at once. Throws what is wrong with an input, `malformed-record` among it if `records.malformed` is
 * `fail`; with `input.onBroken: continue` leaves that input out. Throws `all-left-out` if none remains.
 */
export async function scanInputs(
  source: Source,
  items: readonly SourceItem[],
  plan: JobPlan,
  onBytes: OnBytes,
  keepTextIn?: string,
): Promise<Scanned> {
  const { settings } = plan;
  const reading = readingOptionsOf(settings, plan.columns);
  const options = keepTextIn === undefined ? reading : { ...reading, keepTextIn };
  const goesOn = settings['input.onBroken'].value === 'continue';
  const early = (await source.scanSmall?.(items, options, onBytes)) ?? [];
  const scan = async (item: SourceItem): Promise<ScannedItem> => {
    const scanned = await source.scan(item, options, onBytes);
    if (scanned.malformed !== null && settings['records.malformed'].value === 'fail') {
      throw new Failure('malformed-record', { path: scanned.path, ...scanned.malformed });
    }
    return scanned;
  };
  const results = await mapBounded(
    items,
    (item, at): ScannedItem | Promise<ScannedItem | LeftInput> =>
      early[at] ??
      scan(item).catch((error: unknown) => {
        if (!goesOn || !isBrokenInput(error)) throw error;
        return { path: item.path, why: factsOf(error) };
      }),
    { concurrency: source.concurrency },
  );
  const scanned = results.flatMap((result) => ('why' in result ? [] : [result]));
  const broken = results.flatMap((result) => ('why' in result ? [result] : []));
  const fitting = goesOn ? leaveOutHeaders(plan, scanned) : { items: scanned, left: [] };
  const left = [...broken, ...fitting.left];
  requireSome(fitting.items, left);
  return { items: fitting.items, left };
}

/**
 * The settings that split a job's inputs into records. `columns`, with their rules, tell the decimal signs that numbers in
 * workbooks are written with.
 */
export function readingOptionsOf(settings: JobSettings, columns: readonly ColumnPlan[] = []): ReadingOptions {
  const hasHeader = settings['csv.header'].value;
  // A file with a header is mapped by its own one, whatever the job calls the columns.
  const columnNames = hasHeader ? 'first record' : settings['csv.columns'].value;
  return {
    hasHeader,
    ...(columnNames !== null && { columnNames }),
    delimiter: settings['csv.delimiter'].value,
    dialect: {
      ...dialectOfSettings(settings),
      ...(delimiterIsOpen(settings) ? { delimiterIsOpen: true as const } : {}),
    },
    quotedLineBreaks: settings['csv.quotedLineBreaks'].value,
    maxRecordBytes: settings['csv.maxRecordBytes'].value,
    workbook: {
      sheet: settings['input.sheet'].value,
      headerRow: settings['input.headerRow'].value,
      decimalSigns: decimalSignsOf(settings.locale.value, columns),
    },
  };
}

function bytesToRead(items: readonly SourceItem[]): number {
  return items.reduce((sum, { sizeBytes, isScanned }) => sum + (isScanned ? sizeBytes : 0), 0);
}
