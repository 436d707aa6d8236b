import type { WhereDefinition } from '../definition.js';
import type { RuleCatalogue } from '../rules/rule-catalogue.js';
import { MapperDefinitionError, quoteOption } from './definition-error.js';
import { columnOf } from './output-columns.js';
import { columnRule } from './rule-makers.js';

/** A test of a column, as a job file writes it: `'required'`, `{ oneOf: ['a', 'b'] }`, `{ not: … }`; several must all hold. */
export type WhereTest = string | { readonly [rule: string]: unknown };

/** Which records stay: tests by column, and `not`; all must hold. */
export type WhereOption =
  | { readonly [column: string]: WhereTest | readonly WhereTest[] | WhereOption }
  | readonly WhereOption[];

/** `where` as a job file writes it → the test of a record. Throws a MapperDefinitionError for what is not accepted. */
export function whereOption(given: unknown, catalogue: RuleCatalogue, locale?: string): WhereDefinition {
  if (Array.isArray(given)) return allOf(given.map((part: unknown) => whereOption(part, catalogue, locale)));
  return allOf(
    entriesOf(given, 'where').map(([key, tests]) =>
      key === 'not'
        ? { not: whereOption(tests, catalogue, locale) }
        : columnTests(tests, columnOf(key), `where, ${quoteOption(key)}`, catalogue, locale),
    ),
  );
}

function columnTests(
  given: unknown,
  column: string | number,
  place: string,
  catalogue: RuleCatalogue,
  locale: string | undefined,
): WhereDefinition {
  if (Array.isArray(given)) {
    return allOf(given.map((test: unknown) => columnTests(test, column, place, catalogue, locale)));
  }
  const written = typeof given === 'string' ? { [given]: {} } : given;
  return allOf(
    entriesOf(written, place).map(([name, value]) => {
      if (name === 'not') return { not: columnTests(value, column, place, catalogue, locale) };
      const rule = catalogue.find(name);
      if (rule?.onlyJudges === true) return { column, rule: columnRule(rule, value, {}, locale).rule };
      const known = catalogue.rules.filter(({ onlyJudges }) => onlyJudges).map((judging) => judging.name);
      throw new MapperDefinitionError(
        `${place}: ${quoteOption(name)} is no test; known: ${known.join(', ')}, not`,
      );
    }),
  );
}

function entriesOf(given: unknown, place: string): [string, unknown][] {
  if (typeof given === 'object' && given !== null && !Array.isArray(given) && Object.keys(given).length > 0) {
    return Object.entries(given);
  }
  throw new MapperDefinitionError(
    `${place} is ${quoteOption(given)}; give tests: { Region: { oneOf: ['Asia'] } }`,
  );
}

function allOf(parts: readonly WhereDefinition[]): WhereDefinition {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : { allOf: parts };
}
