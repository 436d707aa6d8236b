/** How well-known programs write CSV. The README has the table. */
export const CSV_PRESETS = {
  /** "CSV UTF-8" of Excel; its other one has the list separator and the encoding of the country, to be given beside it. */
  excel: { delimiter: ',', quote: '"', escape: 'double', nulls: [] },
  /** `SELECT … INTO OUTFILE` and `mysqldump --tab` with MySQL's defaults. */
  mysql: { delimiter: '\t', quote: 'none', escape: 'backslash', nulls: ['\\N'] },
  /** Text files of Hive with its defaults, `ROW FORMAT DELIMITED`, and what `INSERT OVERWRITE DIRECTORY` writes. */
  hive: { delimiter: '\u0001', quote: 'none', escape: 'backslash', nulls: ['\\N'] },
  /** `COPY … TO … (FORMAT csv)` and psql's `\copy … csv`. */
  postgres: { delimiter: ',', quote: '"', escape: 'double', nulls: [''] },
} as const satisfies Record<string, CsvPreset>;

interface CsvPreset {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: 'double' | 'backslash';
  readonly nulls: readonly string[];
}

export type CsvPresetName = keyof typeof CSV_PRESETS;
export const CSV_PRESET_NAMES = [
  'excel',
  'mysql',
  'hive',
  'postgres',
] as const satisfies readonly CsvPresetName[];
