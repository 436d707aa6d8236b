/** What a run waits for. It imports nothing, so that settings, events and failures can share it. */

/** When inputs are complete. Times in milliseconds. JSON. */
export interface WaitFor {
  readonly files: number;
  readonly bytes: number;
  /** Null: none is waited for. */
  readonly flag: string | null;
  readonly quietForMs: number;
  readonly upToMs: number;
}

/** What is there of the inputs that a run waits for. JSON. */
export interface Arrived {
  readonly files: number;
  readonly bytes: number;
  /** The patterns whose folder lacks the flag. */
  readonly withoutFlag: readonly string[];
  /** Whether nothing has changed for `quietFor`. */
  readonly isQuiet: boolean;
  /** For how many milliseconds nothing may change yet; missing in journals of earlier versions. */
  readonly quietInMs?: number;
}
