import type { MapperCounts } from '../contract.js';

/** One line for a terminal: what went in and what came out. `formatProblems` says what was wrong. Compiled when first called (bin/later-modules.mjs). */
export function formatSummary(name: string, counts: MapperCounts): string {
  const parts = [
    `${counts.recordsRead} records in`,
    `${counts.recordsWritten} out`,
    `${counts.recordsRejected} rejected`,
  ];
  const { recordsLeftOut, blankLines } = counts;
  if (recordsLeftOut > blankLines) {
    parts.push(`${recordsLeftOut - blankLines} left out by where${notJudged(counts)}`);
  }
  if (blankLines > 0) parts.push(`${blankLines} blank lines left out`);
  parts.push(formatHeaders(counts));
  return `${name}: ${parts.join(', ')}\n`;
}

function notJudged({ recordsNotJudged }: MapperCounts): string {
  return recordsNotJudged === 0 ? '' : ` (${recordsNotJudged} of them could not be judged)`;
}

function formatHeaders({ headers, headersDropped, headersAdded }: MapperCounts): string {
  const written = headers - headersDropped + headersAdded;
  const all = headers === 1 ? '1 header' : `${headers} headers`;
  return written === headers ? all : `${all} (${written} written)`;
}
