import type { WorkFolder } from './work-folder.js';

/** What a row of the published records has, in the order of the columns. */
export type Row = readonly string[];

const HEADER = 'City,Amount,Note\n';
/** One file has line breaks in quotes, one has no record, and the largest, which is the last, splits into several parts. */
const INPUTS: Readonly<Record<string, string>> = {
  'a.csv': `${HEADER}rome,1.005,"two\r\nlines, and a comma"\nbonn,2.5,"say ""no"""\nbern,7,\n"City",3,"Amount"\n`,
  'b-no-records.csv': HEADER,
  'c.csv': `${HEADER}${Array.from({ length: 40 }, (_, at) => `oslo,${at}.25,note ${at}\n`).join('')}`,
};

export const COLUMNS: Row = ['City', 'Amount', 'Note'];
/** What every reader should find. */
export const ROWS: readonly Row[] = [
  ['ROME', '1.0', 'two\nlines, and a comma'],
  ['BONN', '2.5', 'say "no"'],
  ['BERN', '7.0', ''],
  ['CITY', '3.0', 'Amount'],
  ...Array.from({ length: 40 }, (_, at): Row => ['OSLO', `${at}.2`, `note ${at}`]),
];

/** Writes inputs and the job file, whose output gets the header so. */
export async function prepareToBeRead(folder: WorkFolder, header: 'every-part' | 'first-part', more = '') {
  for (const [name, content] of Object.entries(INPUTS)) await folder.write(`in/${name}`, content);
  await folder.write(
    'job.yaml',
    `name: read
input: { files: [in/*.csv]${more} }
columns: { City: upper, Amount: { round: { places: 1, invalid: bad } } }
output: { path: out, header: ${header} }
run: { splitSize: 200 }
`,
  );
}

/** Rows in an order of their own: a reader may read the parts in any. */
export function sorted(rows: readonly Row[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
