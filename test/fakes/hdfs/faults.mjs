/**
 * @typedef {object} Fault one way in which servers fail
 * @property {{ server?: string, op?: string, method?: string, path?: string }} match `path` is the source of a RegExp
 * @property {number} [after] how many matching requests succeed first
 * @property {number} [times] how many then fail; -1 for all
 * @property {'refuse' | 'lose-answer' | 'hang' | 'error' | 'cut' | 'lie'} do
 * @property {number} [status] of "error"
 * @property {string} [exception] of "error"
 * @property {string} [message] of "error"
 * @property {number} [bytes] of "cut": how many bytes of the body pass
 * @property {unknown} [json] of "lie"
 */

/** The faults that tests have added. */
export class Faults {
  #faults = [];

  /** @param {Fault} fault */
  add(fault) {
    this.#faults.push({ ...fault, left: fault.times ?? 1, wait: fault.after ?? 0 });
  }

  clear() {
    this.#faults = [];
  }

  /** The fault of a request, or undefined. Counts it. */
  next(request) {
    for (const fault of this.#faults) {
      if (fault.left === 0 || !matches(fault.match ?? {}, request)) continue;
      if (fault.wait > 0) {
        fault.wait -= 1;
        continue;
      }
      if (fault.left > 0) fault.left -= 1;
      return fault;
    }
    return undefined;
  }
}

function matches(match, { server, op, method, path }) {
  const isSame = (wanted, is) => wanted === undefined || wanted.toUpperCase() === is.toUpperCase();
  return (
    isSame(match.server, server) &&
    isSame(match.op, op) &&
    isSame(match.method, method) &&
    (match.path === undefined || new RegExp(match.path).test(path))
  );
}
