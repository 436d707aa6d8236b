import {
  type AnyFailure,
  Failure,
  factsOf,
  isAnyFailure,
  type LeftInput,
  type StoreProblem,
} from '../errors.js';
import { agreeOnHeader, type JobPlan } from '../job/plan.js';
import type { ScannedItem } from '../sources/source.js';
import { headerOfItem } from './header-of-item.js';

/** What the scan found. JSON. */
export interface Scanned {
  readonly items: readonly ScannedItem[];
  /** The inputs that the scan left out. */
  readonly left: readonly LeftInput[];
}

/** Problems of one file. Others, such as a namenode that does not answer, are the run's own. */
const OF_ONE_FILE: readonly StoreProblem[] = [
  'not-found',
  'no-permission',
  'not-a-directory',
  'is-a-directory',
  'corrupt',
  'not-supported',
];
/** System errors that are about one file. Others, such as EMFILE, are about the machine. */
const SYSTEM_ERROR_OF_ONE_FILE = /\b(?:EIO|ELOOP|ENXIO|ENAMETOOLONG|EOVERFLOW)\b/;

/** Whether an error means that this input can't be read or parsed, as opposed to a failure of the whole run. */
export function isBrokenInput(error: unknown): error is AnyFailure {
  if (!isAnyFailure(error)) return false;
  switch (error.code) {
    case 'malformed-record':
    case 'line-too-long':
    case 'separator-differs':
    case 'input-unreadable':
      return true;
    case 'store': {
      const { problem, cause = '' } = error.details;
      if (problem === 'other') return SYSTEM_ERROR_OF_ONE_FILE.test(cause);
      return OF_ONE_FILE.includes(problem);
    }
    default:
      return false;
  }
}

/**
 * Leaves out the inputs whose header does not fit: those without a column that the job asks for, and then those whose
 * header is not that of most inputs. Leaves out none where no header has the column, for then the job file is wrong;
 * and none for being different where two headers are equally frequent, for nobody knows which one is right. Both are
 * thrown later. Pure.
 */
export function leaveOutHeaders(plan: JobPlan, scanned: readonly ScannedItem[]): Scanned {
  const left: LeftInput[] = [];
  const fitting = scanned.filter((item) => {
    const failure = failureOf(plan, [item]);
    if (failure !== null) left.push({ path: item.path, why: factsOf(failure) });
    return failure === null;
  });
  if (left.length > 0 && fitting.every(({ header }) => header === null)) return { items: scanned, left: [] };
  const usual = mostFrequentHeader(fitting);
  if (usual === null) return { items: fitting, left };
  const items = fitting.filter((item) => {
    const failure = failureOf(plan, [usual, item]);
    if (failure !== null) left.push({ path: item.path, why: factsOf(failure) });
    return failure === null;
  });
  return { items, left };
}

/** The first input with the header that most have; null if there is none, or several are equally frequent. */
function mostFrequentHeader(items: readonly ScannedItem[]): ScannedItem | null {
  const byHeader = new Map<string, ScannedItem[]>();
  for (const item of items) {
    if (item.header === null) continue;
    const key = JSON.stringify(item.header);
    const same = byHeader.get(key);
    if (same === undefined) byHeader.set(key, [item]);
    else same.push(item);
  }
  const [first, second] = [...byHeader.values()].sort((one, other) => other.length - one.length);
  if (first === undefined || first.length === second?.length) return null;
  return first[0] ?? null;
}

function failureOf(plan: JobPlan, items: readonly ScannedItem[]): AnyFailure | null {
  const headers = items.flatMap(headerOfItem);
  try {
    agreeOnHeader(plan, headers);
    return null;
  } catch (error) {
    if (!isAnyFailure(error)) throw error;
    return error;
  }
}

/** Throws `all-left-out` if nothing remains. */
export function requireSome(items: readonly unknown[], left: readonly LeftInput[]): void {
  if (items.length === 0 && left.length > 0) throw new Failure('all-left-out', { left });
}
