/**
 * Turns data records into output. Reference and kernel are the two ways to do it, with the same bytes and counts. Both
 * take well-formed records whose lines end by LF, find the headers among them, and hand what becomes of each record to a
 * RecordOutput. They throw a MapperFailure where the job says `fail`, or a user's function throws.
 */
export interface Mapping {
  /** Where to read the next bytes. Bytes that stand elsewhere are copied before they are mapped. */
  readonly room: Uint8Array;
  /** Takes records of one line each, the first of them the line of that number; returns how many they are. */
  mapLines(lines: Buffer, firstLineNumber: number): number;
  /** Takes one record of several lines. */
  mapSpanningRecord(record: Buffer, firstLineNumber: number): void;
}
