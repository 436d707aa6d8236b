import type { WorkbookFlaw as Flaw } from '../../errors.js';

/** What is wrong with a workbook. `what`: the part or place that it is about. */
export class WorkbookFlaw extends Error {
  override readonly name = 'WorkbookFlaw';
  readonly flaw: Flaw;
  readonly what: string;

  constructor(flaw: Flaw, what: string) {
    super(`${flaw}: ${what}`);
    this.flaw = flaw;
    this.what = what;
  }
}
