import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dateRule } from '../../../../mapper/rules/date.js';
import { roundRule } from '../../../../mapper/rules/round.js';
import type { RoundingMode } from '../../../../mapper/rules/rounding-mode.js';

/** The lines of a file that test/witnesses/record.sh wrote, each as its columns. */
function recorded(name: string): string[][] {
  const text = readFileSync(new URL(`../../../witnesses/${name}`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
}

function expectNone(differences: readonly unknown[], of: number): void {
  expect(of).toBeGreaterThan(2000);
  expect(differences.slice(0, 5)).toEqual([]);
}

describe('dates', () => {
  it('are what java.time makes of them: offsets, zones, names and what is not in the calendar', () => {
    const lines = recorded('dates.tsv');
    const differences = lines.flatMap(([from = '', to = '', read = '', write = '', text = '', answer]) => {
      const zone = { ...(read === '' ? {} : { read }), ...(write === '' ? {} : { write }) };
      const options = { from: [from], to, century: 2000, ...(read + write === '' ? {} : { zone }) };
      const result = dateRule.make(options).apply(text);
      const said = result.ok ? result.text : 'INVALID';
      return said === answer ? [] : [{ from, to, read, write, text, answer, said }];
    });
    expectNone(differences, lines.length);
  });
});

describe('amounts', () => {
  it('are what java.text wrote, in many locales', () => {
    const lines = recorded('money-java.tsv');
    const differences = lines.flatMap(([locale = '', kind, places, mode = '', text = '', answer]) => {
      const said = round(text, places, mode.toLowerCase().replace('_', '-'), {
        locale,
        currency: kind === 'currency',
        ...(kind === 'percent' ? { percent: 'divide' } : {}),
      });
      return said === answer ? [] : [{ locale, kind, places, mode, text, answer, said }];
    });
    expectNone(differences, lines.length);
  });

  it("are what Python's decimal makes of them, with currencies, parentheses and percent signs", () => {
    const lines = recorded('money-python.tsv');
    const differences = lines.flatMap(([style = '', percent = '', places, mode = '', text = '', answer]) => {
      const said = round(text, places, mode, {
        currency: true,
        ...(style === 'none' ? {} : { locale: style }),
        ...(percent === 'divide' || percent === 'drop' ? { percent } : {}),
      });
      return said === answer ? [] : [{ style, percent, places, mode, text, answer, said }];
    });
    expectNone(differences, lines.length);
  });
});

interface Written {
  readonly locale?: string;
  readonly currency: boolean;
  readonly percent?: 'divide' | 'drop';
}

function round(text: string, places: string | undefined, mode: string, written: Written): string {
  const result = roundRule
    .make({ places: Number(places), mode: mode as RoundingMode, ...written })
    .apply(text);
  return result.ok ? result.text : `invalid: ${result.reason}`;
}
