import {
  COUNTER_GROUP,
  COUNTERS,
  type CounterName,
  DIGEST_COUNTERS,
  INVALID_COUNTER_PREFIX,
  INVALID_OTHER_COUNTER,
  MAX_INVALID_COUNTERS,
  type MapperCounts,
  type MapperDigests,
} from '../contract.js';
import { halvesOf } from '../digest/digest.js';

/** The counts of a mapper that has read nothing yet. */
export function newMapperCounts(): MapperCounts {
  return {
    linesRead: 0,
    linesWritten: 0,
    recordsRead: 0,
    recordsWritten: 0,
    recordsRejected: 0,
    recordsLeftOut: 0,
    recordsNotJudged: 0,
    blankLines: 0,
    headersDropped: 0,
    headers: 0,
    headersAdded: 0,
    wrongFieldCount: 0,
    recordsPadded: 0,
    malformed: 0,
    // No prototype, because a column may have any name, such as "constructor".
    invalid: Object.create(null) as Record<string, number>,
  };
}

/**
 * The lines that Hadoop Streaming reads from stderr as counters (HadoopStreaming.md, "How do I update counters"): all
 * fixed counters, and one for each column that had invalid fields. Columns beyond MAX_INVALID_COUNTERS share one. Each
 * line ends with LF.
 */
export function formatCounters(counts: MapperCounts, group = COUNTER_GROUP): string {
  const lines = (Object.keys(COUNTERS) as CounterName[]).map((name) =>
    counterLine(group, COUNTERS[name], counts[name]),
  );
  const invalid = Object.entries(counts.invalid).filter(([, amount]) => amount > 0);
  for (const [label, amount] of invalid.slice(0, MAX_INVALID_COUNTERS)) {
    lines.push(counterLine(group, `${INVALID_COUNTER_PREFIX}${label}`, amount));
  }
  const others = invalid.slice(MAX_INVALID_COUNTERS).reduce((sum, [, amount]) => sum + amount, 0);
  if (others > 0) lines.push(counterLine(group, INVALID_OTHER_COUNTER, others));
  return lines.join('');
}

/** The lines for the digests, as `formatCounters` makes them. */
export function formatDigests({ read, written }: MapperDigests, group = COUNTER_GROUP): string {
  const [ofLines, ofOutput] = [halvesOf(read), halvesOf(written)];
  return [
    counterLine(group, DIGEST_COUNTERS.readHigh, ofLines.high),
    counterLine(group, DIGEST_COUNTERS.readLow, ofLines.low),
    counterLine(group, DIGEST_COUNTERS.writtenHigh, ofOutput.high),
    counterLine(group, DIGEST_COUNTERS.writtenLow, ofOutput.low),
  ].join('');
}

function counterLine(group: string, name: string, amount: number): string {
  return `reporter:counter:${group},${counterName(name)},${amount}\n`;
}

/** Replaces commas, because Streaming splits the line at commas and needs exactly three parts. */
function counterName(name: string): string {
  return name.replace(/,/g, ';').replace(/\p{Cc}/gu, ' ');
}
