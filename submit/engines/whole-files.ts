import { isGzip } from '../stores/compression.js';

/** Hadoop itself keeps gzip files whole; any other file that must stay whole keeps all of its job's files so. */
export function mustStayWhole(
  inputs: readonly { readonly path: string; readonly splittable: boolean }[],
): boolean {
  return inputs.some(({ path, splittable }) => !splittable && !isGzip(path));
}
