import { FIRST_INVALID, INVALID_COUNT, ON_INVALID, REJECT } from './layout';

/** The steps with an invalid field in the current record. They are counted when the kernel has written the record. */
let pending: usize = 0;
let pendingEnd: usize = 0;

/** Starts a record. `room` has space for one u32 per step. */
export function forgetInvalid(room: usize): void {
  pending = room;
  pendingEnd = room;
}

export function noteInvalid(ruled: usize): void {
  store<u32>(pendingEnd, <u32>ruled);
  pendingEnd += 4;
}

/**
 * Counts the invalid fields of the record just written, which starts at `line` in the input. False, and nothing is counted,
 * if one of them rejects the record.
 */
export function countUnlessRejected(line: usize): bool {
  for (let at = pending; at < pendingEnd; at += 4) {
    if (<u32>load<u8>(<usize>load<u32>(at), ON_INVALID) === REJECT) return false;
  }
  for (let at = pending; at < pendingEnd; at += 4) {
    const ruled: usize = load<u32>(at);
    const count = load<u32>(ruled, INVALID_COUNT);
    if (count === 0) store<u32>(ruled, <u32>line, FIRST_INVALID);
    store<u32>(ruled, count + 1, INVALID_COUNT);
  }
  return true;
}
