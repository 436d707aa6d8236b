import type { CheckResult } from '../doctor/check.js';
import { escapeControls } from './escape.js';
import { explainFailure } from './words/failure-text.js';

const NAME_WIDTH = 16;

/** A check as text: ok, warn, FAIL or –, its name and finding; below them the cause and what to do. */
export function formatCheck(result: CheckResult): string {
  const line = (word: string, what: string) => `${word.padEnd(5)} ${result.name.padEnd(NAME_WIDTH)} ${what}`;
  const below = (text: string) =>
    text
      .split('\n')
      .map((part) => `${' '.repeat(6 + NAME_WIDTH + 1)}${part.trim()}`)
      .join('\n');
  switch (result.status) {
    case 'ok':
      return escapeControls(line('ok', result.what));
    case 'warn':
      return escapeControls([line('warn', result.what), below(result.why), below(result.fix)].join('\n'));
    case 'skipped':
      return escapeControls(line('–', `not checked: ${result.why}`));
    case 'fail': {
      const { lines, hint } = explainFailure(result.failure);
      const [first = '', ...rest] = lines;
      const more = hint === undefined ? rest : [...rest, hint];
      return escapeControls([line('FAIL', first), ...more.map(below)].join('\n'));
    }
  }
}

/** A check as one JSON line. */
export function checkJson(result: CheckResult): string {
  if (result.status !== 'fail') return JSON.stringify(result);
  const { name, status, failure } = result;
  const { lines, hint } = explainFailure(failure);
  const [what = '', ...why] = lines;
  return JSON.stringify({
    name,
    status,
    code: failure.code,
    what,
    why: why.map((text) => text.trim()),
    fix: hint,
  });
}
