import type * as z from 'zod';
import type { JobFileProblem } from '../errors.js';
import type { KeyPath } from './key-path.js';
import { nearest } from './nearest.js';

type Issue = z.core.$ZodIssue;

/** To look for the nearest key takes time, and nobody reads so many. */
const MAX_EXPLAINED = 1000;

/** A problem located by its key path, not yet by line and column. */
export type UnplacedProblem = Omit<JobFileProblem, 'line' | 'column' | 'key'> & { readonly keys: KeyPath };

/**
 * zod's validation issues → problems that speak of keys and YAML values. `content` is what was validated; `jsonSchema`
 * is its JSON Schema and lists the known keys.
 */
export function explainIssues(
  issues: readonly Issue[],
  content: unknown,
  jsonSchema: Record<string, unknown>,
  sourceOf: SourceOf = () => undefined,
): UnplacedProblem[] {
  const flat = issues.flatMap((issue) => flatten(issue, [], content));
  const withUnknownKey = new Set(
    flat.filter(({ issue }) => issue.code === 'unrecognized_keys').map(({ path }) => path.join('\0')),
  );
  return flat
    .filter(({ issue, path }) => issue.code !== 'custom' || !withUnknownKey.has(path.join('\0')))
    .flatMap(({ issue, path }) =>
      explain(issue, path, content, { schema: jsonSchema as SchemaNode, sourceOf }),
    );
}

/** Replaces the issue of a union by those of the branch that fits the kind of value: text, mapping or list. */
function flatten(issue: Issue, prefix: KeyPath, content: unknown): { issue: Issue; path: KeyPath }[] {
  const path = [...prefix, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))];
  if (issue.code !== 'invalid_union') return [{ issue, path }];
  const value = valueAt(content, path);
  const wrongKind = (branch: readonly Issue[]) =>
    branch.some(
      ({ path: within, code }) =>
        within.length === 0 &&
        (code === 'invalid_type' || (code === 'invalid_value' && typeof value !== 'string')),
    );
  const branch = issue.errors.find((candidate) => !wrongKind(candidate)) ?? issue.errors[0] ?? [];
  if (wrongKind(branch) || branch.length === 0) return [{ issue, path }];
  return branch.flatMap((inner) => flatten(inner, path, content));
}

/** The text of the file that stands for a value. */
type SourceOf = (keys: KeyPath) => string | undefined;

function explain(
  issue: Issue,
  path: KeyPath,
  content: unknown,
  { schema, sourceOf }: { readonly schema: SchemaNode; readonly sourceOf: SourceOf },
): UnplacedProblem[] {
  const value = valueAt(content, path);
  const given = value === undefined ? {} : { given: shorten(JSON.stringify(value)) };
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(schema, path);
      return issue.keys.map((key, index) => {
        if (index >= MAX_EXPLAINED) return { keys: [...path, key], message: 'unknown key' };
        const near = nearest(key, known);
        const what = isRulePlace(path) ? 'rule' : 'key';
        return {
          keys: [...path, key],
          message: `unknown ${what} ${JSON.stringify(key)}`,
          accepted: known.join(', '),
          ...(near === undefined ? {} : { nearest: near }),
        };
      });
    }
    case 'invalid_value': {
      const words = issue.values.map(String);
      // A rule that needs options is not in the enum, but it is a key of the mapping that is also accepted here.
      const accepted = isRulePlace(path) ? knownKeys(schema, path) : words;
      const near = typeof value === 'string' ? nearest(value, accepted) : undefined;
      const isRule = isRulePlace(path) && typeof value === 'string';
      return [
        {
          keys: path,
          message:
            value === undefined
              ? 'missing'
              : isRule && !accepted.includes(value)
                ? 'unknown rule'
                : isRule
                  ? `the rule ${value} needs options: { ${value}: … }`
                  : 'not one of the accepted values',
          ...given,
          accepted: accepted.join(', '),
          ...(near === undefined || near === value ? {} : { nearest: near }),
        },
      ];
    }
    case 'invalid_type':
      if (value === undefined)
        return [{ keys: path, message: 'missing', accepted: nameOfType(issue.expected) }];
      return [
        {
          keys: path,
          message: `${kindOf(value)} where ${nameOfType(issue.expected)} is expected`,
          ...given,
          accepted: hintForText(issue.expected, value, sourceOf(path)) ?? nameOfType(issue.expected),
        },
      ];
    case 'too_small':
    case 'too_big': {
      const limit = issue.code === 'too_small' ? leastOf(issue) : `at most ${issue.maximum}`;
      const unit = issue.origin === 'array' ? ' items' : issue.origin === 'string' ? ' characters' : '';
      return [{ keys: path, message: 'out of range', ...given, accepted: `${limit}${unit}` }];
    }
    case 'invalid_key':
      return [
        {
          keys: path,
          message: 'not acceptable as a key',
          accepted: issue.issues.map(({ message }) => message).join(' or '),
        },
      ];
    case 'invalid_format':
    case 'custom':
      return [{ keys: path, message: 'not acceptable', ...given, accepted: issue.message }];
    case 'invalid_union':
      return [
        {
          keys: path,
          message: `${kindOf(value)} where another kind of value is expected`,
          ...given,
          accepted: isRulePlace(path)
            ? `a rule (${knownKeys(schema, path).join(', ')}) or a list of rules`
            : issue.errors
                .flat()
                .map((inner) => ('expected' in inner ? nameOfType(String(inner.expected)) : inner.message))
                .join(' or '),
        },
      ];
    default:
      return [{ keys: path, message: issue.message, ...given }];
  }
}

/** True for `columns.<name>`, and for an item of its list; for a test in `where`. */
function isRulePlace(path: KeyPath): boolean {
  if (path[0] === 'where') return path.length > 1 && path.at(-1) !== 'not';
  return path[0] === 'columns' && (path.length === 2 || (path.length === 3 && typeof path[2] === 'number'));
}

function valueAt(content: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | null | undefined)?.[key],
    content,
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'number' ? 'a number' : typeof value === 'boolean' ? 'true or false' : 'no value';
}

function nameOfType(type: string): string {
  const names: Record<string, string> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a mapping of keys',
    record: 'a mapping of keys',
  };
  return names[type] ?? type;
}

function hintForText(expected: string, value: unknown, source = String(value)): string | undefined {
  if (expected === 'string' && value === null) {
    return 'text; in quotes, if it is null, ~ or starts with #, which YAML takes for nothing or a comment';
  }
  if (expected !== 'string' || (typeof value !== 'number' && typeof value !== 'boolean')) return undefined;
  return `text: put it in quotes, "${source}"`;
}

/** `positive` is told by zod as more than 0. */
function leastOf({ minimum, inclusive, origin }: Extract<Issue, { code: 'too_small' }>): string {
  const isOpen = inclusive === false && typeof minimum === 'number';
  return isOpen && (origin === 'int' || origin === 'number')
    ? `at least ${minimum + 1}`
    : `at least ${minimum}`;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

interface SchemaNode {
  readonly properties?: Record<string, SchemaNode>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
}

/** The keys that the JSON Schema accepts at a path. */
function knownKeys(schema: SchemaNode, path: KeyPath): string[] {
  const keys = keysAt(schema, path);
  return isRulePlace(path) ? keys.filter((key) => !BESIDE_RULES.includes(key)) : keys;
}

/** Keys that may stand beside a rule, and are none. */
const BESIDE_RULES = ['invalid', 'onInvalid'];

function keysAt(schema: SchemaNode, path: KeyPath): string[] {
  const step = (nodes: readonly SchemaNode[], key: string | number): SchemaNode[] =>
    branches(nodes, schema).flatMap((node) => {
      const next =
        typeof key === 'number'
          ? node.items
          : (node.properties?.[key] ??
            (typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined));
      return next === undefined ? [] : [next];
    });
  const nodes = path.reduce<readonly SchemaNode[]>(step, [schema]);
  return [...new Set(branches(nodes, schema).flatMap((node) => Object.keys(node.properties ?? {})))];
}

/** The alternatives of nodes, with those that are defined elsewhere in the schema. */
function branches(nodes: readonly SchemaNode[], root: SchemaNode): SchemaNode[] {
  return nodes.flatMap((node) => {
    const named = node.$ref === undefined ? undefined : root.$defs?.[node.$ref.replace('#/$defs/', '')];
    if (named !== undefined) return branches([named], root);
    return node.anyOf === undefined ? [node] : branches(node.anyOf, root);
  });
}
