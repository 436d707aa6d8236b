import { looseName } from './header-matcher.js';

/**
 * The name of the header that a name of the job file means where neither case nor spaces around matter. The name itself
 * where the header has it, or has none or several like it.
 */
export function nameInHeader(name: string, names: readonly string[]): string {
  if (names.includes(name)) return name;
  const wanted = looseName(name);
  const [found, another] = names.filter((candidate) => looseName(candidate) === wanted);
  return found === undefined || another !== undefined ? name : found;
}

/** Columns by the names that the header has for them. */
export function columnsInHeader<Column extends { readonly column: string | number }>(
  columns: readonly Column[],
  names: readonly string[],
): readonly Column[] {
  return columns.map((one) =>
    typeof one.column === 'string' ? { ...one, column: nameInHeader(one.column, names) } : one,
  );
}
