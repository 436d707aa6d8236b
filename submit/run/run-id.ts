import { randomBytes } from 'node:crypto';

/** `20261121T101502123Z-3f9a2c`: sorts by time, safe in any path. `nowMs`: milliseconds since 1970. */
export function newRunId(nowMs: number): string {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:.]/g, '');
  return `${time}-${randomBytes(3).toString('hex')}`;
}
