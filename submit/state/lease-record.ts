import type { LockOwner } from '../errors.js';
import { isRunId } from '../run/run-id.js';
import type { ProcessIdentity } from './processes.js';

/** Content of a lock file. */
export interface LeaseRecord {
  readonly formatVersion: 1;
  /** From the creation of a lock to its release; its later files have it in their names. */
  readonly reign: string;
  /** New with each renewal. */
  readonly token: string;
  /** `left`: the run has ended, but left-overs are still to be cleared. */
  readonly state: 'held' | 'left';
  readonly runId: string;
  readonly user: string;
  readonly process: ProcessIdentity;
  /** ISO 8601. For people: clocks of different machines are never compared. */
  readonly startedAt: string;
  readonly leaseSeconds: number;
  /** Runs that were killed and are not cleared yet, latest first. */
  readonly leftOvers: readonly string[];
}

const REIGN = /^[0-9a-f]{12}$/;
/** A lock file with a longer lease, or longer texts, is not one of ours. */
export const LONGEST_LEASE_SECONDS = 3600;
const LONGEST_TEXT = 300;

/** Text of a lock file → record; null if it is damaged. Only checked parts of it are ever used in a path. */
export function parseLeaseRecord(text: string): LeaseRecord | null {
  const record = objectOf(text);
  if (record === null) return null;
  const { reign, token, state, runId, user, process, startedAt, leaseSeconds, leftOvers } = record;
  if (
    record.formatVersion !== 1 ||
    !isText(reign) ||
    !REIGN.test(reign) ||
    !isText(token) ||
    (state !== 'held' && state !== 'left') ||
    !isRunId(runId) ||
    !isText(user) ||
    !isIdentity(process) ||
    !isText(startedAt) ||
    typeof leaseSeconds !== 'number' ||
    !(leaseSeconds > 0 && leaseSeconds <= LONGEST_LEASE_SECONDS) ||
    !Array.isArray(leftOvers) ||
    !leftOvers.every(isRunId)
  ) {
    return null;
  }
  return {
    formatVersion: 1,
    reign,
    token,
    state,
    runId,
    user,
    process,
    startedAt,
    leaseSeconds,
    leftOvers,
  };
}

/** The owner, as a message names it. */
export function ownerOf({ runId, user, process: { host, pid }, startedAt }: LeaseRecord): LockOwner {
  return { runId, user, host, pid, startedAt };
}

function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_TEXT;
}

function isIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { host, pid, bootId, pidNamespace, startTime } = value as Readonly<Record<string, unknown>>;
  return (
    isText(host) &&
    typeof pid === 'number' &&
    Number.isSafeInteger(pid) &&
    pid > 0 &&
    [bootId, pidNamespace, startTime].every((part) => part === null || isText(part))
  );
}
