import { readableText } from '../../mapper/records/byte-string.js';
import { type Dialect, dialectOf } from '../../mapper/records/dialect.js';
import type { ScanFacts, ScanOptions } from '../../mapper/records/scanner.js';
import type { ScannedItem } from './source.js';

/** What the byte order mark and the lines before the records tell. */
export type PreambleFacts = Pick<ScannedItem, 'separator' | 'maxPreambleBytes' | 'hasMark'>;

/** The facts of a scan; those that are usual are left out. */
export function preambleFacts({
  separator,
  maxPreambleBytes,
  hasBom,
}: Pick<ScanFacts, 'separator' | 'maxPreambleBytes' | 'hasBom'>): PreambleFacts {
  return {
    ...(hasBom ? { hasMark: true as const } : {}),
    ...(separator === null ? {} : { separator: readableText(separator) }),
    ...(maxPreambleBytes === 0 ? {} : { maxPreambleBytes }),
  };
}

/** The dialect in which a file was read. */
export function dialectRead({ delimiter, dialect }: ScanOptions, separator: string | null): Dialect {
  const given = dialectOf({ ...dialect, delimiter });
  return separator === null ? given : { ...given, delimiter: separator };
}
