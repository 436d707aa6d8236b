import { INVALID_COUNT } from './layout';

/** Steps with an invalid field in the record at hand, which count only when the kernel writes that record. */
let pending: usize = 0;
let pendingEnd: usize = 0;

/** A record begins; `room` is for one u32 for each step. */
export function forgetInvalid(room: usize): void {
  pending = room;
  pendingEnd = room;
}

export function noteInvalid(ruled: usize): void {
  store<u32>(pendingEnd, <u32>ruled);
  pendingEnd += 4;
}

/** The record is written. */
export function countInvalid(): void {
  for (let at = pending; at < pendingEnd; at += 4) {
    const ruled: usize = load<u32>(at);
    store<u32>(ruled, load<u32>(ruled, INVALID_COUNT) + 1, INVALID_COUNT);
  }
}
