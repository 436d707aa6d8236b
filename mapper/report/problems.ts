import type { MapperCounts } from '../contract.js';
import type { Example, Findings } from '../findings.js';
import { escapeLine, quoteExcerpt } from './escape.js';

/** Columns beyond these are only counted. */
const MAX_COLUMNS = 20;

/**
 * What a pipe says at its end: one line if anything was invalid, of a wrong width, malformed, rejected or left out, then a warning for
 * each column of which no value is valid, and one if no record came through. Empty if all was well. Compiled when first called
 * (bin/later-modules.mjs).
 */
export function formatProblems(counts: MapperCounts, findings: Findings): string {
  const parts = [
    ...invalidParts(counts, findings),
    ...part('wrong field count', counts.wrongFieldCount, findings.wrongFieldCount),
    ...part('padded', counts.recordsPadded, findings.padded),
    ...part('malformed', counts.malformed, findings.malformed),
    ...(counts.recordsRejected === 0
      ? []
      : [`rejected ${counts.recordsRejected} of ${records(counts.recordsRead)}`]),
    ...leftOutPart(counts, findings),
    ...(findings.replacements === 0
      ? []
      : [`U+FFFD ${findings.replacements}: bytes that mean nothing in csv.encoding are read so`]),
  ];
  if (parts.length === 0) return '';
  const lines = [parts.join('; '), ...warnings(counts)];
  return lines.map((line) => `hadoop-elt mapper: ${escapeLine(line)}\n`).join('');
}

function invalidParts({ invalid }: MapperCounts, { ofColumns }: Findings): string[] {
  const columns = Object.entries(invalid).filter(([, amount]) => amount > 0);
  const shown = columns
    .slice(0, MAX_COLUMNS)
    .flatMap(([label, amount]) => part(`invalid ${label}`, amount, ofColumns.get(label) ?? null));
  const others = columns.slice(MAX_COLUMNS);
  if (others.length === 0) return shown;
  const sum = others.reduce((total, [, amount]) => total + amount, 0);
  return [...shown, `invalid in ${others.length} more columns ${sum}`];
}

function leftOutPart(
  { recordsLeftOut, recordsNotJudged, blankLines, recordsRead }: MapperCounts,
  { notJudgedLine }: Findings,
): string[] {
  if (recordsLeftOut === 0) return [];
  const example = notJudgedLine === null ? '' : ` (line ${notJudgedLine})`;
  const whys = [
    ...(blankLines === 0 ? [] : [`${blankLines} of them blank lines`]),
    ...(recordsNotJudged === 0
      ? []
      : [`${recordsNotJudged} of them because where could not judge them${example}`]),
  ];
  return [[`left out ${recordsLeftOut} of ${records(recordsRead)}`, ...whys].join(', ')];
}

function part(what: string, amount: number, example: Example | null): string[] {
  if (amount === 0) return [];
  if (example === null) return [`${what} ${amount}`];
  const { lineNumber, value, reason } = example;
  const found = value === null ? reason : inSentence(quoteExcerpt(value), reason);
  return [`${what} ${amount} (line ${lineNumber}: ${found})`];
}

/** A reason completes "the field is …", or has a verb of its own. */
function inSentence(quoted: string, reason: string): string {
  return /^does not /.test(reason) ? `${quoted} ${reason}` : `${quoted} is ${reason}`;
}

function warnings(counts: MapperCounts): string[] {
  const { recordsRead, recordsRejected, recordsLeftOut, wrongFieldCount, malformed, invalid } = counts;
  const { blankLines } = counts;
  const judged = recordsRead - recordsLeftOut - wrongFieldCount - malformed;
  const found: string[] = [];
  if (recordsRead > 0 && recordsRejected === recordsRead) {
    found.push('every record was rejected: nothing was written');
  }
  if (recordsRead > 0 && recordsLeftOut === recordsRead) {
    found.push(
      blankLines === recordsRead
        ? 'every record is a blank line: nothing was written'
        : 'every record was left out: nothing was written: check where',
    );
  }
  if (recordsRead > 0 && wrongFieldCount === recordsRead) {
    found.push('every record has a wrong field count, so no rule was applied: check csv.delimiter');
  }
  if (recordsRead > 0 && malformed === recordsRead) {
    found.push('every record is malformed: check csv.quote and csv.escape');
  }
  for (const [label, amount] of Object.entries(invalid)) {
    if (amount > 0 && amount === judged) {
      found.push(`every value of column ${quoteExcerpt(label)} is invalid: check its rules`);
    }
  }
  return found.map((line) => `WARNING: ${line}`);
}

function records(amount: number): string {
  return amount === 1 ? '1 record' : `${amount} records`;
}
