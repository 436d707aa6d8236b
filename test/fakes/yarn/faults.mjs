/**
 * @typedef {object} Fault one way in which the cluster fails, from when a test adds it until the test clears it
 * @property {'submit' | 'running' | 'task' | 'counters' | 'history' | 'apps' | 'resourcemanager'} at
 * @property {string} do
 *   submit: "error" (then `like` is the name of a recorded job), "hang", "die", "slow" (before all checks) or "late"
 *   (after them, before the submission);
 *   running: "hang", "slow", or "die" (then `who` is "master" or "command");
 *   task: "exit" (with `code`), "corrupt-input", "corrupt-output", "swap-lines", "drop-line" or
 *   "double-line", of `task` and `attempt`;
 *   counters: "lie"; history: "missing", "hang", "die" or "slow"; apps: "hang", "die" or "slow"; resourcemanager: "down"
 * @property {string} [like]
 * @property {'master' | 'command'} [who]
 * @property {number} [ms] how long "slow" and "late" take
 * @property {number} [code]
 * @property {string} [job] name of a job; any by default
 * @property {number} [task] number of a task; any by default
 * @property {number} [attempt] number of an attempt; any by default
 * @property {Record<string, Record<string, number>>} [counters] by group and name, the false values of "lie"
 * @property {number} [times] how often it happens; always by default
 */

/** The faults that tests have added. */
export class Faults {
  #faults = [];

  /** @param {Fault} fault */
  add(fault) {
    this.#faults.push({ ...fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }

  clear() {
    this.#faults = [];
  }

  /**
   * The fault to show now at this place, or undefined. Counts it.
   *
   * @param {Record<string, unknown>} where values that a fault's own properties must have; for an array, one of them
   */
  next(at, where = {}) {
    const fault = this.#faults.find(
      (one) =>
        one.at === at &&
        one.left > 0 &&
        Object.entries(where).every(
          ([key, value]) => one[key] === undefined || [value].flat().includes(one[key]),
        ),
    );
    if (fault !== undefined) fault.left -= 1;
    return fault;
  }
}
