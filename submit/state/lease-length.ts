import { parseDuration } from '../config/durations.js';
import { Failure } from '../errors.js';
import { LONGEST_LEASE_SECONDS } from './lease-record.js';

const DEFAULT_SECONDS = 60;

/** Value of HADOOP_ELT_LEASE → seconds of a lease; unset or empty: 60. Throws `usage`. */
export function leaseSecondsOf(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_SECONDS;
  const seconds = (parseDuration(text) ?? 0) / 1000;
  if (seconds >= 1 && seconds <= LONGEST_LEASE_SECONDS) return seconds;
  throw new Failure('usage', {
    problem: `HADOOP_ELT_LEASE is ${JSON.stringify(text)}; accepted: from 1s to 1h`,
  });
}
