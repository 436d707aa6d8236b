/** How the text that a workbook becomes is written, so that the job reads it as its other inputs. JSON. */
export interface FieldForm {
  readonly delimiter: string;
  /** Null: no field is quoted. */
  readonly quote: string | null;
  /** Whether a backslash escapes what follows it; otherwise quotes are doubled. */
  readonly hasBackslashEscapes: boolean;
  /** A line that starts so would be a comment. */
  readonly comment: string | null;
}

/** Which cells of a workbook are read, and how they are written. JSON. */
export interface WorkbookReading extends FieldForm {
  /** Name of the sheet, or its number from 1; null: the first one that is not hidden. */
  readonly sheet: string | number | null;
  /** 1-based row of the header, or of the first record; null: the first row with a value. */
  readonly headerRow: number | null;
  /** Lines that the job skips before the records: they are written empty. */
  readonly skippedLines: number;
  /** Number of columns where no header tells; null: as many as the first record has. */
  readonly width: number | null;
  /** Decimal signs that the job reads: by name of the column or its index, `[2]`; under the empty text those of the others. */
  readonly decimalSigns: Readonly<Record<string, string>>;
}

/** What a sheet has that its text does not show. */
export interface SheetFacts {
  readonly records: number;
  /** Rows without a value, before or between others; they are no records. */
  readonly blankRows: number;
  /** Formulas that no program has computed: they are written as empty fields. */
  readonly uncomputed: number;
  /** In which rows the records stand, as `SheetRows` of the mapper reads it; left out if each line is the row of its number. */
  readonly rows?: string;
}

/** The sheet that was read, and what its text does not show. JSON. */
export interface SheetRead extends SheetFacts {
  readonly sheet: string;
}
