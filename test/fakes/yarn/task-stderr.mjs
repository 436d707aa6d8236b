/**
 * Reads a mapper's stderr like PipeMapRed's MRErrorThread (3.3.5): lines with the reporter prefix are counters and
 * statuses, all others go to the task's log.
 */
export class TaskStderr {
  /** @param {{ prefix: string, maxStatusChars: number }} options */
  constructor({ prefix, maxStatusChars }) {
    this.prefix = prefix;
    this.maxStatusChars = maxStatusChars;
    /** Null until the mapper sets one. */
    this.status = null;
    /** Amounts by group and name. */
    this.counters = new Map();
    this.log = '';
    this.syslog = '';
  }

  /** Takes one line without its end. */
  push(line) {
    if (!line.startsWith(this.prefix)) this.log += `${line}\n`;
    else if (line.startsWith(`${this.prefix}counter:`)) this.#counter(line);
    else if (line.startsWith(`${this.prefix}status:`)) {
      this.status = line
        .slice(this.prefix.length + 'status:'.length)
        .trim()
        .slice(0, this.maxStatusChars);
    } else this.#warn(`Cannot parse reporter line: ${line}`);
  }

  #counter(line) {
    // Java's split drops empty parts at the end.
    const parts = line
      .trim()
      .slice(this.prefix.length + 'counter:'.length)
      .replace(/,+$/, '')
      .split(',');
    if (parts.length !== 3) return this.#warn(`Cannot parse counter line: ${line}`);
    const [group, name, amount] = parts;
    if (!/^[+-]?\d+$/.test(amount)) {
      return this.#warn(`Cannot parse counter increment '${amount}' from line: ${line}`);
    }
    const counters = this.counters.get(group) ?? new Map();
    this.counters.set(group, counters.set(name, (counters.get(name) ?? 0) + Number(amount)));
  }

  #warn(text) {
    this.syslog += `WARN [Thread-13] org.apache.hadoop.streaming.PipeMapRed: ${text}\n`;
  }
}
