import type { Cron } from './cron.js';

/** A job as a scheduler is to start it. All texts are as they are, without any quoting. */
export interface ScheduledJob {
  /** Name of the job: letters, digits, dot, dash, underscore. */
  readonly name: string;
  readonly cron: Cron;
  /** IANA name. */
  readonly zone: string;
  /** The program and its arguments; paths are absolute. */
  readonly words: readonly string[];
  /** Absolute. */
  readonly folder: string;
  /** Variables that a scheduler does not have: PATH, and where Hadoop is. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names of variables that the job reads, and that whoever sets it up has to give: their values may be secret. */
  readonly needs?: readonly string[];
  /** Null: the user who sets it up. */
  readonly account: string | null;
  /** How often a failed start is tried again. */
  readonly retries: number;
  readonly retryDelayMs: number;
  /** Null: none. */
  readonly timeLimitMs: number | null;
}

/** The first line of all that is written, and how it is known again. */
export function titleOf({ name }: Pick<ScheduledJob, 'name'>): string {
  return `hadoop-elt job ${name}`;
}

/** What a job needs of the scheduler: `The job reads SALT and PING_URL from its environment`. Null: nothing. */
export function needsText({ needs = [] }: Pick<ScheduledJob, 'needs'>): string | null {
  if (needs.length === 0) return null;
  const last = needs.at(-1) ?? '';
  const names = needs.length === 1 ? last : `${needs.slice(0, -1).join(', ')} and ${last}`;
  return `The job reads ${names} from its environment`;
}
