import type { CheckFacts, Limit } from '../../check-finding.js';
import { formatSize } from '../../config/sizes.js';
import { count, formatNumber, quote } from '../escape.js';

/** What a check found and what it allows: one line, and lines of examples. */
export function checkLines(facts: CheckFacts): string[] {
  switch (facts.check) {
    case 'minRecords':
    case 'maxRecords': {
      const limit = facts.check === 'minRecords' ? 'at least' : 'at most';
      const found = count(facts.found, 'record');
      return [
        `${facts.check}: ${found} in the ${facts.in}; allowed: ${limit} ${formatNumber(facts.allowed)}`,
      ];
    }
    case 'maxBytes':
      return [`maxBytes: the inputs have ${sizeOf(facts.found)}; allowed: at most ${sizeOf(facts.allowed)}`];
    case 'maxRejected':
      if (facts.allowed === null && facts.found < facts.of) {
        return [
          `maxRejected: ${shareOf(facts.found, facts.of)} records ${facts.found === 1 ? 'was' : 'were'} rejected; allowed: fewer than all`,
        ];
      }
      return facts.allowed === null
        ? [
            `maxRejected: ${facts.found === 1 ? 'the only record was' : `all ${formatNumber(facts.found)} records were`} rejected; allowed: fewer than all, unless maxRejected is 100%`,
          ]
        : [
            `maxRejected: ${shareOf(facts.found, facts.of)} records ${facts.found === 1 ? 'was' : 'were'} rejected; allowed: ${limitOf(facts.allowed)}`,
          ];
    case 'maxInvalid':
      return [
        `maxInvalid: ${shareOf(facts.found, facts.of)} values of ${quote(facts.column)} ${facts.found === 1 ? 'is' : 'are'} invalid; allowed: ${limitOf(facts.allowed)}`,
      ];
    case 'unique':
      return [
        `unique: ${count(facts.duplicateKeys, 'value')} of ${facts.columns.map(quote).join(' with ')} ${facts.duplicateKeys === 1 ? 'is' : 'are'} in more than one record; allowed: none`,
        ...facts.examples.map(
          ({ key, count: times }) => `  ${key.map(shortQuote).join(', ')} ${times} times`,
        ),
        ...(facts.duplicateKeys > facts.examples.length ? ['  …'] : []),
      ];
    case 'volume':
      return [volumeLine(facts)];
  }
}

function volumeLine(facts: Extract<CheckFacts, { check: 'volume' }>): string {
  const { found, average, runs, inputs, allowed } = facts;
  const mean = average ?? 0;
  const distance = (mean * allowed.within) / 100;
  const from = Math.ceil(Math.max(0, mean - distance));
  const to = Math.floor(mean + distance);
  const inRuns = runs === 1 ? 'in the last run' : `in the last ${formatNumber(runs)} runs`;
  const ofRuns =
    inputs === undefined
      ? `${runs === 1 ? '' : 'on average '}${inRuns}`
      : `${inputs === 1 ? 'in the input that was' : `on average in the ${formatNumber(inputs)} inputs that were`} loaded ${inRuns}`;
  return `volume: ${count(found, 'record')} in the ${inputs === undefined ? 'output' : 'input'}, and ${formatNumber(Math.round(mean))} ${ofRuns}; allowed: ${formatNumber(from)} to ${formatNumber(to)} (within ${allowed.within}%)`;
}

/** `1.2 KiB (1,234 bytes)`: rounded sizes of found and allowed may look equal. */
function sizeOf(bytes: number): string {
  return `${formatSize(bytes)} (${count(bytes, 'byte')})`;
}

function shareOf(found: number, of: number): string {
  return `${formatNumber(found)} of ${formatNumber(of)}`;
}

/** `at most 10`, `at most 1%`. */
function limitOf(limit: Limit): string {
  return 'count' in limit ? `at most ${formatNumber(limit.count)}` : `at most ${limit.percent}%`;
}

const MAX_VALUE_CHARS = 80;

function shortQuote(text: string): string {
  return quote(text.length > MAX_VALUE_CHARS ? `${text.slice(0, MAX_VALUE_CHARS - 1)}…` : text);
}
