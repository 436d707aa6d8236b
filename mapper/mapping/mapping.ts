/**
 * Maps data records to output. Reference and kernel are the two implementations; they give the same bytes and counts. Both
 * take well-formed records whose lines end with LF, recognise headers among them, and pass each result to a RecordOutput.
 * Both throw a MapperFailure if the job says `fail` or a user's function throws.
 */
export interface Mapping {
  /** Buffer to read the next bytes into. Bytes in other buffers are copied before they are mapped. */
  readonly room: Uint8Array;
  /**
   * Copies the start of a line to right before the room, where it goes on with the next bytes that are read; null if there is
   * no place for it.
   */
  keepStart?(start: Buffer): Buffer | null;
  /** Takes records of one line each, starting at the given line number; returns their number. */
  mapLines(lines: Buffer, firstLineNumber: number): number;
  /** Takes one record of several lines. */
  mapSpanningRecord(record: Buffer, firstLineNumber: number): void;
}
