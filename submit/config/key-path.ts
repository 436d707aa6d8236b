/** A path of keys and list indexes (0-based) in a YAML file: `['columns', 'Region', 0]`. */
export type KeyPath = readonly (string | number)[];

/** `columns.Order Date.date.from`, for messages. */
export function formatKeyPath(path: KeyPath): string {
  return path.map(String).join('.');
}
