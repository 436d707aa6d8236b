/** A path of keys into the job file: `['columns', 'Region', 0]`. */
export type KeyPath = readonly (string | number)[];

/** `columns.Order Date.date.from`, for messages. */
export function formatKeyPath(path: KeyPath): string {
  return path.map(String).join('.');
}
