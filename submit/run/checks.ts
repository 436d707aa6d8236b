import type { MapperCounts } from '../../mapper/contract.js';
import type { CheckFacts, CheckFinding, Duplicates, Limit, VolumeRule } from '../check-finding.js';
import type { CheckedColumns } from '../job/check-columns.js';
import type { JobSettings } from '../job/settings.js';

/** An input's size, as a check sees it. */
export interface CheckedInput {
  readonly sizeBytes: number;
  /** Null when the input was not scanned. */
  readonly records: number | null;
}

/**
 * The checks that the scan decides, before any upload. `canDropRecords`: whether the output may have fewer records than
 * the inputs. Only findings that are certain: the others wait for the output. Pure.
 */
export function checkInputs(
  settings: JobSettings,
  inputs: readonly CheckedInput[],
  canDropRecords: boolean,
): CheckFinding[] {
  const findings: CheckFinding[] = [];
  const maxBytes = settings['checks.maxBytes'].value;
  if (maxBytes !== null) {
    const found = inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    findings.push(judged({ check: 'maxBytes', found, allowed: maxBytes }, found <= maxBytes));
  }
  if (inputs.some(({ records }) => records === null)) return findings;
  const found = inputs.reduce((sum, { records }) => sum + (records ?? 0), 0);
  const { min, max } = recordLimits(settings);
  if (min !== null && found < min) {
    findings.push({ check: 'minRecords', found, allowed: min, in: 'inputs', verdict: 'fail' });
  }
  if (max !== null && found > max && !canDropRecords) {
    findings.push({ check: 'maxRecords', found, allowed: max, in: 'inputs', verdict: 'fail' });
  }
  return findings;
}

/** What the finished job and earlier runs tell. */
export interface OutputFacts {
  readonly counts: MapperCounts;
  readonly columns: CheckedColumns;
  /** Null when no key is asked for. */
  readonly duplicates: Duplicates | null;
  /** Records of the output of each earlier run, latest first. Runs beyond the number asked for are ignored. */
  readonly earlierRecords: readonly number[];
  /** Present if the output is that of one input: how many inputs each of these runs had. */
  readonly earlierInputs?: readonly number[];
  /** What limits in percent are of; by default the records read. */
  readonly ofRecords?: number;
}

/** The checks of a finished job. The check that not all records are rejected is always among them. Pure. */
export function checkOutput(settings: JobSettings, facts: OutputFacts): CheckFinding[] {
  const { counts, columns, duplicates } = facts;
  const { recordsWritten } = counts;
  const { ofRecords: recordsRead = counts.recordsRead } = facts;
  const { min, max } = recordLimits(settings);
  const findings: CheckFinding[] = [
    rejectedFinding(settings['checks.maxRejected'].value, counts, recordsRead),
  ];
  if (min !== null) {
    const records = { found: recordsWritten, allowed: min, in: 'output' } as const;
    findings.push(judged({ check: 'minRecords', ...records }, recordsWritten >= min));
  }
  if (max !== null) {
    const records = { found: recordsWritten, allowed: max, in: 'output' } as const;
    findings.push(judged({ check: 'maxRecords', ...records }, recordsWritten <= max));
  }
  for (const { column, label, sharesCount, limit } of columns.invalid) {
    const found = (counts.invalid[label] ?? 0) + (sharesCount ? (counts.invalid[OTHER_COLUMNS] ?? 0) : 0);
    const invalid = { column, found, of: recordsRead, allowed: limit };
    findings.push(judged({ check: 'maxInvalid', ...invalid }, isWithin(limit, found, recordsRead)));
  }
  if (columns.unique !== null && duplicates !== null) {
    const isUnique = duplicates.duplicateKeys === 0;
    findings.push(judged({ check: 'unique', columns: columns.unique.columns, ...duplicates }, isUnique));
  }
  const volume = settings['checks.volume'].value;
  if (volume !== null) findings.push(volumeFinding(volume, recordsWritten, facts));
  return findings;
}

/** Under this name the counts have the invalid values of columns that share a counter. */
const OTHER_COLUMNS = 'other columns';

function recordLimits(settings: JobSettings): { readonly min: number | null; readonly max: number | null } {
  return { min: settings['checks.minRecords'].value, max: settings['checks.maxRecords'].value };
}

/** Whatever number is allowed: an output without any record because all were rejected must be allowed by 100%. */
function rejectedFinding(limit: Limit | null, counts: MapperCounts, recordsRead: number): CheckFinding {
  const { recordsRejected, recordsWritten } = counts;
  const allRejected = recordsRejected > 0 && recordsWritten === 0;
  const allowsAll = limit !== null && 'percent' in limit && limit.percent >= 100;
  const holds =
    (!allRejected || allowsAll) && (limit === null || isWithin(limit, recordsRejected, recordsRead));
  // The number would be allowed, so that the message has to tell of "all".
  const allowed =
    limit !== null && allRejected && isWithin(limit, recordsRejected, recordsRead) ? null : limit;
  return judged({ check: 'maxRejected', found: recordsRejected, of: recordsRead, allowed }, holds);
}

function isWithin(limit: Limit, found: number, of: number): boolean {
  return 'count' in limit ? found <= limit.count : isWithinPercent(found, limit.percent, of);
}

/** Exact: `percent` has at most six decimals, and binary fractions would make 57 more than 0.57% of 10,000. */
function isWithinPercent(found: number, percent: number, of: number): boolean {
  return BigInt(found) * 100_000_000n <= BigInt(Math.round(percent * 1_000_000)) * BigInt(of);
}

function volumeFinding(
  allowed: VolumeRule,
  found: number,
  { earlierRecords, earlierInputs }: Pick<OutputFacts, 'earlierRecords' | 'earlierInputs'>,
): CheckFinding {
  const sumOf = (amounts: readonly number[]) =>
    amounts.slice(0, allowed.ofLast).reduce((sum, amount) => sum + amount, 0);
  const runs = Math.min(earlierRecords.length, allowed.ofLast);
  const inputs = earlierInputs === undefined ? undefined : sumOf(earlierInputs);
  const total = sumOf(earlierRecords);
  const parts = inputs ?? runs;
  const average = parts === 0 ? null : total / parts;
  const facts = {
    ...({ check: 'volume', found, average, runs, allowed } as const),
    ...(inputs !== undefined && { inputs }),
  };
  // Nothing is a percentage of nothing.
  if (total === 0) return { ...facts, verdict: 'pass' };
  const isNear = isWithinPercent(Math.abs(found * parts - total), allowed.within, total);
  return { ...facts, verdict: isNear ? 'pass' : allowed.level };
}

function judged(facts: CheckFacts, holds: boolean): CheckFinding {
  return { ...facts, verdict: holds ? 'pass' : 'fail' };
}
