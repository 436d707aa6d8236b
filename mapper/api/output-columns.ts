import type { InvalidAction } from '../contract.js';
import type { OutputColumnDefinition } from '../definition.js';
import { parseExpression } from '../rules/compute-expression.js';
import { invalidActionOf } from '../rules/invalid-choice.js';
import type { RuleCatalogue } from '../rules/rule-catalogue.js';
import { MapperDefinitionError, quoteOption } from './definition-error.js';
import type { ColumnRule } from './rule-makers.js';

/** Rules as an option gives them → the column's rules. */
export type ReadRules = (where: string, given: unknown) => ColumnRule[];

/** `[2]` → 2 (0-based); any other text is a column name. */
export function columnOf(key: string): string | number {
  const index = /^\[\s*(\d+)\s*\]$/.exec(key)?.[1];
  return index === undefined ? key : Number(index);
}

/** The columns of the output as `output.columns` gives them. Throws a MapperDefinitionError for what is not accepted. */
export function outputColumns(
  given: unknown,
  catalogue: RuleCatalogue,
  read: ReadRules,
  locale: string | undefined,
): OutputColumnDefinition[] {
  if (!Array.isArray(given) || given.length === 0) {
    throw new MapperDefinitionError(`output.columns is ${quoteOption(given)}; give a list of columns`);
  }
  const shown = new Set(given.flatMap((item: unknown) => shownSource(item)));
  const columns = given
    .map((item: unknown) => outputColumn(item, catalogue, read, shown))
    .map((column) => computedIn(column, locale));
  const names = columns.map(({ name, from }) => name ?? from);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new MapperDefinitionError(
      `output.columns has ${quoteOption(twice)} twice; give one of them another name`,
    );
  }
  return columns;
}

function computedIn(column: OutputColumnDefinition, locale: string | undefined): OutputColumnDefinition {
  const { compute } = column;
  return compute === undefined || locale === undefined
    ? column
    : { ...column, compute: { ...compute, locale } };
}

/** The column of the data that an item writes as it is. */
function shownSource(item: unknown): unknown[] {
  return typeof item === 'string'
    ? [item]
    : Object.values(Object(item)).filter((source) => typeof source === 'string');
}

function outputColumn(
  item: unknown,
  catalogue: RuleCatalogue,
  read: ReadRules,
  shown: ReadonlySet<unknown>,
): OutputColumnDefinition {
  if (typeof item === 'string') return { name: null, from: columnOf(item), rules: [] };
  const entries: [string, unknown][] = Object.entries(Object(item));
  const [[name, source] = ['', null], ...others] = entries;
  if (entries.length === 0 || others.length > 0) {
    throw new MapperDefinitionError(
      `output.columns has ${quoteOption(item)}; give a name, or an object of one name: { Total: 'Total Revenue' }`,
    );
  }
  if (typeof source === 'string') return { name, from: columnOf(source), rules: [] };
  const { from, compute, rules, ...rest } = Object(source) as Readonly<Record<string, unknown>>;
  const where = `output.columns, ${quoteOption(name)}`;
  if ((typeof from === 'string') === (typeof compute === 'string')) {
    throw new MapperDefinitionError(`${where}: give from (a column of the data) or compute (an expression)`);
  }
  const hasRule = Object.keys(rest).some((key) => catalogue.find(key) !== undefined);
  const written = rules !== undefined ? rules : hasRule ? rest : [];
  const mayKeep = typeof from === 'string' && shown.has(from);
  const own = read(where, written).map((rule) => (mayKeep ? rule : withoutKeeping(rule, where)));
  if (typeof from === 'string') return { name, from: columnOf(from), rules: own };
  const expression = String(compute);
  const parsed = parseExpression(expression);
  if (!parsed.ok)
    throw new MapperDefinitionError(`${where}: ${parsed.flaw.message}; give ${parsed.flaw.accepted}`);
  return { name, from: null, compute: { expression, onInvalid: actionOfComputed(rest, where) }, rules: own };
}

function actionOfComputed(
  { invalid, onInvalid }: Readonly<Record<string, unknown>>,
  where: string,
): InvalidAction {
  if (invalid === undefined && onInvalid === undefined) return { action: 'reject' };
  const action = typeof invalid === 'string' ? { invalid } : { onInvalid: onInvalid as 'reject' };
  if (onInvalid === 'keep')
    throw new MapperDefinitionError(`${where}: a computed column has no text to keep`);
  return invalidActionOf(action);
}

/** The rule where a value must not get out as it is: by default its record is rejected. */
export function withoutKeeping(rule: ColumnRule, where: string): ColumnRule {
  if (rule.onInvalid.action !== 'keep') return rule;
  if (rule.keepsByDefault === true) return { ...rule, onInvalid: { action: 'reject' } };
  throw new MapperDefinitionError(
    `${where}: onInvalid: 'keep' would write a value that must not get out; give invalid, or onInvalid: 'blank', 'reject' or 'fail'`,
  );
}
