import type { MapperCounts } from '../contract.js';
import { escapeLine } from './escape.js';

/** One or a few lines for a terminal: what went in and what came out. */
export function formatSummary(name: string, counts: MapperCounts): string {
  const parts = [
    `${counts.recordsRead} records in`,
    `${counts.recordsWritten} out`,
    `${counts.recordsRejected} rejected`,
  ];
  if (counts.recordsLeftOut > 0) parts.push(`${counts.recordsLeftOut} left out by where${notJudged(counts)}`);
  parts.push(formatHeaders(counts));
  if (counts.wrongFieldCount > 0) parts.push(`${counts.wrongFieldCount} with a wrong field count`);
  if (counts.malformed > 0) parts.push(`${counts.malformed} malformed`);
  const invalid = Object.entries(counts.invalid).filter(([, amount]) => amount > 0);
  const invalidLines = invalid.map(([label, amount]) => `  invalid ${escapeLine(label)}: ${amount}\n`);
  return `${name}: ${parts.join(', ')}\n${invalidLines.join('')}`;
}

function notJudged({ recordsNotJudged }: MapperCounts): string {
  return recordsNotJudged === 0 ? '' : ` (${recordsNotJudged} of them could not be judged)`;
}

function formatHeaders({ headers, headersDropped, headersAdded }: MapperCounts): string {
  const written = headers - headersDropped + headersAdded;
  const all = headers === 1 ? '1 header' : `${headers} headers`;
  return written === headers ? all : `${all} (${written} written)`;
}
