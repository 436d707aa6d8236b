/** Regular expressions in job files, between slashes: /^ok/i. */
import type { RE2JS } from 're2js';
import type { TextFlaw } from './options.js';
import { patternEngine } from './pattern-engine.js';

/** A pattern, ready to use. */
export interface Pattern {
  /** Whether it is found anywhere in the text. */
  isIn(text: string): boolean;
  /** The text with the template in place of each place where the pattern is found; null if it is not. */
  replaceIn(text: string, template: string): string | null;
}

/** What a text between slashes says. */
interface WrittenPattern {
  readonly expression: string;
  readonly flags: string;
}

const SLASHED = /^\/(.*)\/([a-z]*)$/s;

/** Whether a text is written as a pattern: between slashes. */
export function isPattern(text: string): boolean {
  return SLASHED.test(text);
}

function readPattern(text: string): WrittenPattern {
  const [, expression = text, flags = ''] = SLASHED.exec(text) ?? [];
  return { expression, flags };
}

/** What is wrong with a pattern. Without slashes the whole text is the expression. */
export function flawOfPattern(text: string): TextFlaw | null {
  const { expression, flags } = readPattern(text);
  const unknown = [...flags].find((flag) => !'ims'.includes(flag));
  if (unknown !== undefined) {
    return {
      message: `The flag "${unknown}" of a pattern is not known`,
      accepted: 'i, m and s, as in /^ok/i',
    };
  }
  try {
    compile(text);
    return null;
  } catch (error) {
    return { message: `The pattern can't be read: ${reasonOf(error, expression)}`, accepted: ACCEPTED };
  }
}

const ACCEPTED =
  "RE2's syntax: that of Perl and JavaScript without look-around, (?=…) or (?<!…), and without \\1";

function reasonOf(error: unknown, expression: string): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/^error parsing regexp: /, '')
    .replace(/: `(.*)`$/s, (_, part: string) => (part === expression ? '' : ` at "${part}"`));
}

/** A checked pattern → the pattern. */
export function patternOf(text: string): Pattern {
  const compiled = compile(text);
  return {
    isIn: (given) => compiled.test(given),
    replaceIn: (given, template) => replaceAll(compiled, given, partsOf(template)),
  };
}

function compile(text: string): RE2JS {
  const { expression, flags } = readPattern(text);
  const engine = patternEngine();
  const bits: Readonly<Record<string, number>> = {
    i: engine.CASE_INSENSITIVE,
    m: engine.MULTILINE,
    s: engine.DOTALL,
  };
  return engine.compile(
    expression,
    [...flags].reduce((sum, flag) => sum | (bits[flag] ?? 0), 0),
  );
}

function replaceAll(pattern: RE2JS, text: string, template: readonly (string | number)[]): string | null {
  const matcher = pattern.matcher(text);
  let written = '';
  let end = -1;
  while (matcher.find()) {
    written += text.slice(Math.max(0, end), matcher.start());
    for (const part of template) written += typeof part === 'string' ? part : (matcher.group(part) ?? '');
    end = matcher.end();
  }
  return end < 0 ? null : written + text.slice(end);
}

/** The texts of a template, and the numbers of its groups: `$1`; `$$` is a dollar sign. */
function partsOf(template: string): (string | number)[] {
  return template.split(/(\$[0-9$])/).map((part, index) => {
    if (index % 2 === 0) return part;
    return part === '$$' ? '$' : Number(part[1]);
  });
}

/** What is wrong with a template for a pattern: a group that the pattern does not have. */
export function flawOfTemplate(text: string, template: string): TextFlaw | null {
  const groups = compile(text).groupCount();
  const missing = partsOf(template).find((part) => typeof part === 'number' && part > groups);
  if (missing === undefined) return null;
  return {
    message: `"$${missing}" stands for group ${missing}, but the pattern has ${groups}`,
    accepted: '$0 for all that is found, $1 to $9 for groups, $$ for a dollar sign',
  };
}
