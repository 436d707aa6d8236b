import { randomBytes } from 'node:crypto';

/** `20261121T101502123Z-3f9a2c`: sorts by time, safe in any path. `nowMs`: milliseconds since 1970. */
export function newRunId(nowMs: number): string {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:.]/g, '');
  return `${time}-${randomBytes(3).toString('hex')}`;
}

/** Whether a text has the form of a run id. Ids from files are checked before they become part of a path. */
export function isRunId(text: unknown): text is string {
  return typeof text === 'string' && /^\d{8}T\d{9}Z-[0-9a-f]{6}$/.test(text);
}

/** The year of a moment in UTC, in milliseconds since 1970; runs are named by it too. */
export function yearAt(nowMs: number): number {
  return new Date(nowMs).getUTCFullYear();
}
