import type { PlannedLoad, TableColumn } from '../../load-plan.js';
import { type CopiedPart, copyParts, type LoadPart } from './copy-parts.js';
import { isRefusal } from './database-failure.js';
import type { Session } from './session.js';

/** Records to copy, and how they are written. */
export interface RecordsToCopy {
  readonly planned: Pick<PlannedLoad, 'nullText'>;
  readonly columns: readonly TableColumn[];
  readonly parts: readonly LoadPart[];
  /** One ASCII character. */
  readonly delimiter: string;
}

/** Copies all records into a table. Errors come as they are. */
export function copyRecords(
  session: Session,
  { columns, parts, delimiter, planned }: RecordsToCopy,
  table: string,
  encoding: 'UTF8' | 'LATIN1',
): Promise<readonly CopiedPart[]> {
  const target = { table, columns: columns.map(({ name }) => name), encoding };
  const { nullText } = planned;
  return copyParts(session, target, parts, { delimiter, nullText, columnCount: columns.length });
}

/** How many rows were copied. */
export function rowsOf(copied: readonly CopiedPart[]): number {
  return copied.reduce((sum, { rows }) => sum + rows, 0);
}

/** Does something, or undoes it if it returns null or the database refuses a record. */
export async function orBack<T>(
  session: Session,
  action: () => Promise<T | null>,
  hear: (refusal: unknown) => void = () => undefined,
): Promise<T | null> {
  await session.tryQuery('SAVEPOINT hadoop_elt_copy');
  let result: T | null = null;
  try {
    result = await action();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    hear(error);
  }
  await session.tryQuery(`${result === null ? 'ROLLBACK TO' : 'RELEASE'} SAVEPOINT hadoop_elt_copy`);
  return result;
}
