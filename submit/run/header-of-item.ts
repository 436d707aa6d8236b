import { SheetRows } from '../../mapper/records/sheet-rows.js';
import type { InputHeader } from '../job/plan.js';
import type { ScannedItem } from '../sources/source.js';

/** The header of a scanned input, as far as it has one. */
export function headerOfItem({ path, header, headerBytes, converted }: ScannedItem): InputHeader[] {
  if (header === null) return [];
  const { workbook, sheet } = converted ?? {};
  return [
    {
      input: path,
      names: header,
      ...(headerBytes === undefined ? {} : { nameBytes: headerBytes }),
      ...(workbook && sheet
        ? { sheetRow: new SheetRows(sheet.rows ?? '').rowOf(workbook.skippedLines + 1) }
        : {}),
    },
  ];
}
