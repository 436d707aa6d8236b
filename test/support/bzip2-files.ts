import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Node has no compressor for bzip2, so these files are kept, made by Python's bz2; see their names in `test/contracts/bzip2`. */
export const BZIP2_FILES = {
  /** Blocks of 100,000 bytes. */
  blocks: 'blocks.csv.bz2',
  /** The same text in several streams, one of them empty, as pbzip2 writes them. */
  streams: 'streams.csv.bz2',
  /** The first lines, in one block. */
  small: 'small.csv.bz2',
  /** A record in it has a line break. */
  quoted: 'quoted.csv.bz2',
} as const;

/** The bytes of one of them. */
export function bzip2File(name: keyof typeof BZIP2_FILES): Buffer {
  return readFileSync(fileURLToPath(new URL(`../contracts/bzip2/${BZIP2_FILES[name]}`, import.meta.url)));
}

export const BZIP2_HEADER = 'City,Amount,Note\n';
/** Records of the large files. */
export const BZIP2_RECORDS = 25_000;

/** A record of the files, by its number; each 4999th has no amount. */
export function bzip2Record(at: number): string {
  return `city ${at % 50},${at % 4999 === 4998 ? 'n/a' : `${at}.25`},note ${at % 7}\n`;
}

/** Records of the files, from the first on. */
export function bzip2Records(count: number): string {
  return Array.from({ length: count }, (_, at) => bzip2Record(at)).join('');
}
