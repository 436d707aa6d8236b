import { Faults } from './faults.mjs';

/** The settings that tests change, and the log that they read. */
export class State {
  safeMode = false;
  standby = false;
  /**
   * `fileId`: "real", "missing" as from HttpFS, or "zero" as from old servers. `listLimit` is dfs.ls.limit.
   * `capacityRemaining`, if not null, is the value of FSNamesystemState, in bytes. `refusals` is what happens when a
   * body is refused before its end: "reset" of the connection, as by a datanode, or "read" to its end, as by a proxy
   * (docker's).
   */
  options = { fileId: 'real', listLimit: 1000, capacityRemaining: null, refusals: 'reset' };
  /** All WebHDFS requests, in the order in which they started. */
  log = [];
  faults = new Faults();
  #count = 0;

  /** Adds a line to the log; missing values are filled in with the answer. */
  logged(entry) {
    const line = { n: ++this.#count, ...entry, status: null, bytesIn: 0, bytesOut: 0 };
    this.log.push(line);
    return line;
  }
}
