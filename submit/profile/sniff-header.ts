type Fields = readonly string[];

/** What a field is written as: a number, or what stands between its digits and words, such as `9/9/9`. */
function kindOf(field: string): string {
  const bare = field.replaceAll(/[\p{Sc}%()+\p{Z}-]/gu, '');
  return /^[\d.,'’]+$/.test(bare) ? 'number' : bare.replaceAll(/\d+/g, '9').replaceAll(/\p{L}+/gu, 'a');
}

/** Years are names of columns as often as they are values. */
const YEAR = /^(?:19|20)\d\d$/;

/** Columns of numbers, dates or codes whose first field is no such value, and those whose first field is one. */
function votesFor([first, ...rest]: readonly Fields[]): { readonly names: number; readonly values: number } {
  let names = 0;
  let values = 0;
  for (const [index, field] of (first ?? []).entries()) {
    const name = field.trim();
    const below = rest.map((row) => (row[index] ?? '').trim()).filter((value) => value !== '');
    if (name === '' || below.length === 0 || !below.every((value) => /\d/.test(value))) continue;
    if (!/\d/.test(name)) names++;
    else if (YEAR.test(name)) continue;
    else if (below.some((value) => kindOf(value) === kindOf(name))) values++;
    else names++;
  }
  return { names, values };
}

/** Whether the first record is a header: names, each once, that are not written as the values below. Yes when in doubt. */
export function isHeader(rows: readonly Fields[]): boolean {
  const [first, ...rest] = rows;
  if (first === undefined) return true;
  // The header of a joined file is one more header.
  const others = rest.filter((row) => row.some((field, index) => field !== first[index]));
  const { names, values } = votesFor([first, ...others]);
  const repeated = first.filter((field, index) => {
    const name = field.trim();
    return name !== '' && others.some((row) => (row[index] ?? '').trim() === name);
  }).length;
  return names > values || (values === 0 && repeated <= first.length / 2);
}

/** A preamble has so many lines at most. */
const MAX_PREAMBLE = 50;

/**
 * The index of the header among records of one width: 0, but for a preamble that was filled up with empty fields, as
 * spreadsheets do.
 */
export function headerAmong(rows: readonly Fields[]): number {
  const [first] = rows;
  if (first === undefined || first.length < 3 || !isSparse(first)) return 0;
  const at = rows.slice(0, MAX_PREAMBLE).findIndex((row) => !isSparse(row) && !row.some(isValue));
  const names = rows[at]?.map((name) => name.trim()) ?? [];
  // Records of data may be sparse too: only rows of names end a preamble.
  if (at < 1 || new Set(names).size < names.length) return 0;
  return votesFor(rows.slice(at)).names > 0 ? at : 0;
}

/** Whether a field has digits, and no letters: no name, but for years. */
function isValue(field: string): boolean {
  return /\d/.test(field) && !/\p{L}/u.test(field) && !YEAR.test(field.trim());
}

function isSparse(row: Fields): boolean {
  return row.filter((field) => field.trim() !== '').length * 2 <= row.length;
}
