import type { LockOwner } from '../errors.js';

/** What a run tells while it takes the lock. */
export type LockNews =
  /** `isLive`: the owner is known to be running; otherwise it is watched whether it still answers. */
  | {
      readonly event: 'waiting-for-lock';
      readonly owner: LockOwner | null;
      readonly isLive: boolean;
      readonly waitedMs: number;
    }
  /** The lock of a run that is gone, or did not answer for that long. */
  | { readonly event: 'lock-taken-over'; readonly owner: LockOwner | null; readonly silentMs: number | null };
