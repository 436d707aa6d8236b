import { Faults } from './faults.mjs';

/** What tests switch, and what they look at afterwards. */
export class State {
  safeMode = false;
  standby = false;
  /**
   * `fileId`: "real", "missing" as HttpFS leaves it out, or "zero" as servers before it had one; `listLimit` is
   * dfs.ls.limit; `capacityRemaining` is what FSNamesystemState tells, in bytes, where it is not null; `refusals`
   * says what becomes of a body that is refused before its end: "reset" as a datanode does it, or "read" as it looks
   * through a proxy that goes on reading (docker's).
   */
  options = { fileId: 'real', listLimit: 1000, capacityRemaining: null, refusals: 'reset' };
  /** Every WebHDFS request, in the order of their beginnings. */
  log = [];
  faults = new Faults();
  #count = 0;

  /** A new line of the log; what is not known yet is filled in when the answer is given. */
  logged(entry) {
    const line = { n: ++this.#count, ...entry, status: null, bytesIn: 0, bytesOut: 0 };
    this.log.push(line);
    return line;
  }
}
