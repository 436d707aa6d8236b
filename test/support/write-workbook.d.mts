/** A cell: a text, a number, a boolean, a date, or XML of the cell's content with its attributes. Null: no cell. */
export type Cell =
  | string
  | number
  | boolean
  | Date
  | null
  | { readonly xml: string; readonly type?: string; readonly style?: number };

/** A sheet of a workbook. */
export interface SheetToWrite {
  readonly name: string;
  readonly rows: readonly (readonly Cell[])[];
  readonly state?: 'hidden' | 'veryHidden';
}

export interface WorkbookOptions {
  readonly is1904?: boolean;
  /** Format codes of the styles from number 2 on; 0 is General, 1 the date `yyyy-mm-dd`. */
  readonly formats?: readonly string[];
  /** Whether texts stand in the cells themselves. */
  readonly inline?: boolean;
}

/** The parts of a workbook: name → XML. Texts are shared strings unless they are inline. */
export function partsOfWorkbook(
  sheets: readonly SheetToWrite[],
  options?: WorkbookOptions,
): Record<string, string>;

/** A workbook, as bytes. The same input gives the same bytes. */
export function writeWorkbook(sheets: readonly SheetToWrite[], options?: WorkbookOptions): Buffer;

/** A zip archive with these entries, in this order. */
export function writeZip(
  entries: Readonly<Record<string, string | Uint8Array>>,
  options?: { readonly stored?: boolean },
): Buffer;
