/** News of a running job, from one line of the `hadoop jar` log. */
export type LogNews =
  | { readonly kind: 'tracking'; readonly url: string }
  | { readonly kind: 'progress'; readonly mapPercent: number; readonly reducePercent: number };

/** The facts that a log contains. */
export interface LogFacts {
  readonly applicationId: string | null;
  readonly jobId: string | null;
  readonly trackingUrl: string | null;
  readonly splits: number | null;
  readonly state: 'succeeded' | 'failed' | 'killed' | null;
  /** The text after `failed with state … due to:`, with the lines that continue it. */
  readonly reason: string;
  /** The text after `Error Launching job :`, with the lines that continue it. */
  readonly launchError: string;
  /** Counters by group and name; display names, as in the log. */
  readonly counters: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** The last 60 warnings, errors and lines without a time stamp; no stack frames. */
  readonly problems: readonly string[];
}

const MAX_PROBLEMS = 60;
const MAX_REASON_LINES = 60;

/** A Log4j line: `2026-11-21 10:37:39,295 INFO mapreduce.Job: …`, with any time format. */
const STAMPED =
  /^(?:\S*\d\S*\s+){1,3}(?:\[[^\]]*\]\s+)?(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\s+(?:\[[^\]]*\]\s+)?\S+?:\s?(.*)$/;

/** Parses the log of `hadoop jar hadoop-streaming.jar` (Hadoop 3.3) line by line. */
export class HadoopLog {
  #applicationId: string | null = null;
  #jobId: string | null = null;
  #trackingUrl: string | null = null;
  #splits: number | null = null;
  #state: LogFacts['state'] = null;
  readonly #reason: string[] = [];
  readonly #launchError: string[] = [];
  readonly #counters = new Map<string, Map<string, number>>();
  #group: Map<string, number> | null = null;
  /** The text that lines without a time stamp continue. */
  #open: string[] | null = null;
  readonly #problems: string[] = [];

  /** Takes one line without its line end; returns its news, if any. */
  push(line: string): LogNews | null {
    const stamped = STAMPED.exec(line);
    if (stamped === null) return this.#continue(line);
    const [, level = '', message = ''] = stamped;
    this.#open = null;
    this.#group = null;
    if (level === 'WARN' || level === 'ERROR' || level === 'FATAL') this.#problem(message);
    return this.#message(message);
  }

  facts(): LogFacts {
    return {
      applicationId: this.#applicationId,
      jobId: this.#jobId,
      trackingUrl: this.#trackingUrl,
      splits: this.#splits,
      state: this.#state,
      reason: this.#reason.join('\n').trim(),
      launchError: this.#launchError.join('\n').trim(),
      counters: this.#counters,
      problems: this.#problems,
    };
  }

  #message(message: string): LogNews | null {
    const submitted = /^Submitted application (application_\d+_\d+)/.exec(message)?.[1];
    if (submitted !== undefined) {
      this.#applicationId = submitted;
      return null;
    }
    const url = /^The url to track the job: (\S+)/.exec(message)?.[1];
    if (url !== undefined) {
      this.#trackingUrl = url;
      return { kind: 'tracking', url };
    }
    const jobId = /^Running job: (job_\d+_\d+)/.exec(message)?.[1];
    if (jobId !== undefined) {
      this.#jobId = jobId;
      return null;
    }
    const percent = /^\s*map (\d+)% reduce (\d+)%/.exec(message);
    if (percent !== null) {
      return { kind: 'progress', mapPercent: Number(percent[1]), reducePercent: Number(percent[2]) };
    }
    const splits = /^number of splits:\s*(\d+)/.exec(message)?.[1];
    if (splits !== undefined) this.#splits = Number(splits);
    const ended = /^Job job_\d+_\d+ (completed successfully|failed with state (\w+) due to:\s?(.*))/.exec(
      message,
    );
    if (ended !== null) {
      this.#state = ended[2] === undefined ? 'succeeded' : ended[2] === 'KILLED' ? 'killed' : 'failed';
      if (ended[2] !== undefined) this.#begin(this.#reason, ended[3] ?? '');
    }
    const launch = /^Error Launching job : (.*)/.exec(message)?.[1];
    if (launch !== undefined) this.#begin(this.#launchError, launch);
    if (/^Counters: \d+/.test(message)) this.#group = new Map();
    return null;
  }

  #begin(block: string[], first: string): void {
    block.length = 0;
    block.push(first);
    this.#open = block;
  }

  #continue(line: string): null {
    if (this.#group !== null && line.startsWith('\t')) {
      const entry = /^\t\t(.*)=(-?\d+)$/.exec(line);
      if (entry !== null) this.#group.set(entry[1] ?? '', Number(entry[2]));
      else {
        this.#group = new Map();
        this.#counters.set(line.trim(), this.#group);
      }
      return null;
    }
    if (this.#open !== null && this.#open.length < MAX_REASON_LINES && !isStackFrame(line))
      this.#open.push(line);
    else if (this.#open === null && line.trim() !== '' && !isStackFrame(line)) this.#problem(line);
    return null;
  }

  #problem(line: string): void {
    if (/^packageJobJar:/.test(line)) return;
    this.#problems.push(line);
    if (this.#problems.length > MAX_PROBLEMS) this.#problems.shift();
  }
}

function isStackFrame(line: string): boolean {
  return /^\s+at \S|^\s+\.\.\. \d+ more$/.test(line);
}
