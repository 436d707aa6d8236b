import { HIDDEN, REJECT_COLUMNS } from '../../../mapper/contract.js';
import { plainDialect } from '../../../mapper/records/dialect.js';
import { countLineFeeds, RecordFramer } from '../../../mapper/records/framer.js';
import type { PlannedLoad, RefusedRecord } from '../../load-plan.js';
import type { Manifest } from '../../run/manifest.js';
import type { Store } from '../../stores/store.js';

/** Records of a published folder that the table does not take. */
export interface RefusedOfFolder {
  readonly manifest: Manifest;
  readonly folder: string;
  readonly records: readonly RefusedRecord[];
}

export interface LoadRejects extends Pick<PlannedLoad, 'header' | 'hidesData'> {
  /** Folder to write to. */
  readonly path: string;
  readonly refused: readonly RefusedOfFolder[];
  openPart(path: string): AsyncIterable<Uint8Array>;
}

const MAX_RECORD_BYTES = 2 ** 31;

/**
 * Writes the records that a table does not take, as rejects: what was published stays as it is. Their file is the part that
 * they are in, their line the one of that part, and the record is as it was published.
 */
export async function writeLoadRejects(store: Store, rejects: LoadRejects): Promise<void> {
  let number = 0;
  for (const { manifest, folder, records } of rejects.refused) {
    for (const [index, { name }] of manifest.parts.entries()) {
      const ofPart = records.filter(({ part }) => part === name);
      if (ofPart.length === 0) continue;
      const file = `${rejects.path}/part-${String(number++).padStart(5, '0')}`;
      const hasHeader = rejects.header === 'every-part' || (rejects.header === 'first-part' && index === 0);
      await store.write(
        file,
        rejectLines(rejects, `${folder}/${name}`, store.uri(`${folder}/${name}`), {
          records: ofPart,
          hasHeader,
          delimiter: manifest.layout?.delimiter ?? ',',
        }),
      );
    }
  }
}

interface PartToSearch {
  readonly records: readonly RefusedRecord[];
  readonly hasHeader: boolean;
  readonly delimiter: string;
}

async function* rejectLines(
  { openPart, hidesData }: LoadRejects,
  path: string,
  shownPath: string,
  { records, hasHeader, delimiter }: PartToSearch,
): AsyncGenerator<Uint8Array> {
  const wanted = new Map(records.map((one) => [one.record + (hasHeader ? 1 : 0), one]));
  let lines = [REJECT_COLUMNS.join(',')];
  let record = 0;
  let line = 1;
  const take = (bytes: Buffer) => {
    const refused = wanted.get(record++);
    if (refused !== undefined) {
      const shown = hidesData ? HIDDEN : bytes.toString('latin1').replace(/\n$/, '');
      const fields = [
        latin1(shownPath),
        String(line),
        latin1(refused.column),
        'load',
        '',
        latin1(refused.reason),
        shown,
      ];
      lines.push(fields.map(quoted).join(','));
    }
    line += countLineFeeds(bytes);
  };
  const framer = new RecordFramer(
    {
      dialect: plainDialect(delimiter),
      lineBreaks: 'yes',
      maxRecordBytes: MAX_RECORD_BYTES,
      dropBom: false,
    },
    {
      lines(bytes) {
        let count = 0;
        for (let start = 0; start < bytes.length; count++) {
          const end = bytes.indexOf('\n', start) + 1 || bytes.length;
          take(bytes.subarray(start, end));
          start = end;
        }
        return count;
      },
      spanningRecord: take,
      malformedLine: (bytes) => take(bytes),
      lineBreakInQuotes: notWritten,
      lineTooLong: notWritten,
    },
  );
  for await (const chunk of openPart(path)) {
    framer.push(Buffer.from(chunk));
    yield* flush();
  }
  framer.end();
  yield* flush();

  function* flush(): Generator<Uint8Array> {
    if (lines.length === 0) return;
    yield Buffer.from(`${lines.join('\n')}\n`, 'latin1');
    lines = [];
  }
}

/** Records of parts span lines, and have been read before. */
function notWritten(lineNumber: number): never {
  throw new RangeError(`Line ${lineNumber} of a part is not as hadoop-elt writes it`);
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function quoted(field: string): string {
  return /[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
