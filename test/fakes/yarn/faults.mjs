/**
 * @typedef {object} Fault one way in which the cluster goes wrong, from when it is asked for until it is taken back
 * @property {'submit' | 'running' | 'task' | 'counters' | 'history' | 'apps' | 'resourcemanager'} at
 * @property {string} do
 *   submit: "error" (then `like` is the name of a recorded job), "hang", "die" or "slow";
 *   running: "hang", "slow", or "die" (then `who` is "master" or "command");
 *   task: "exit" (with `code`), "corrupt-output", "drop-line" or "double-line", `task` and `attempt` say of which;
 *   counters: "lie"; history: "missing", "hang", "die" or "slow"; apps: "hang", "die" or "slow"; resourcemanager: "down"
 * @property {string} [like]
 * @property {'master' | 'command'} [who]
 * @property {number} [ms] how long "slow" takes
 * @property {number} [code]
 * @property {number} [task] number of a task; any where it is left out
 * @property {number} [attempt] number of an attempt; any where it is left out
 * @property {Record<string, Record<string, number>>} [counters] by group and name, what "lie" says instead
 * @property {number} [times] how often it happens; for good where it is left out
 */

/** The faults that tests have asked for. */
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
   * The fault that happens now at a place, or undefined. Counts it.
   *
   * @param {Record<string, unknown>} where values that it must have where it has one; of an array, one of them
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
