/** Prints lines, and remembers each with the moment when it came. */
export class Terminal {
  /** Lines with their milliseconds since the start. */
  lines = [];
  #print;
  #startedMs = performance.now();

  constructor(print) {
    this.#print = print;
  }

  /** Prints a text of one or more lines. */
  say(text = '') {
    const atMs = Math.round(performance.now() - this.#startedMs);
    for (const line of text.replace(/\n$/, '').split('\n')) {
      this.lines.push({ atMs, text: line });
      this.#print(`${line}\n`);
    }
  }
}
