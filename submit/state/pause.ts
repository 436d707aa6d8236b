import { setTimeout as sleep } from 'node:timers/promises';

/** Waits; ends early, without an error, when the signal is aborted. In the background it keeps no process alive. */
export async function pause(
  ms: number,
  signal: AbortSignal,
  where: 'background' | 'foreground',
): Promise<void> {
  await sleep(ms, undefined, { signal, ref: where === 'foreground' }).catch(() => undefined);
}
