import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import type * as z from 'zod';
import { Failure, type InvalidFile, type JobFileProblem } from '../errors.js';
import { explainIssues } from './explain-issues.js';
import { formatKeyPath, type KeyPath } from './key-path.js';
import { blockTrap, keyTrap, remedyForYaml } from './yaml-traps.js';

/** 1-based position in a file's text. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A valid YAML file, with the positions of its keys. */
export interface ParsedYaml<Content> {
  readonly path: string;
  readonly content: Content;
  /** Position of a key, or of its nearest parent that exists. */
  positionOf(path: KeyPath): Position;
}

/** The schema of a kind of YAML file, and the failure code for an invalid one. */
export interface YamlKind<Content> {
  readonly schema: () => z.ZodType<Content>;
  /** A schema that is made faster, and accepts this content only if `schema` does. Its issues are not told. */
  readonly schemaFor?: (content: unknown) => z.ZodType<Content>;
  /** JSON Schema of `schema`; lists the known keys for messages. */
  readonly jsonSchema: () => Record<string, unknown>;
  readonly invalid: 'job-file-invalid' | 'cluster-file-invalid';
  /** Where words such as `NULL` are text, and where a key `null` is one. */
  readonly texts?: { readonly values: readonly KeyPath[]; readonly keys: readonly KeyPath[] };
}

/**
 * YAML text → validated content. Throws the kind's failure with all problems, each with line, key, given and accepted
 * value. `path` is used only in messages.
 */
export function parseYaml<Content>(kind: YamlKind<Content>, path: string, text: string): ParsedYaml<Content> {
  const lines = new LineCounter();
  const invalid = (problems: readonly JobFileProblem[]) =>
    new Failure(kind.invalid, invalidFile(path, problems));
  const whole = (message: string) => invalid([{ line: 1, column: 1, key: '', message }]);
  const notYaml = (message: string) => whole(`not valid YAML: ${message}`);
  if (isTooMuch(text)) throw whole(TOO_MUCH);
  // The package compares each key with all others; `keysTwice` does not.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false };
  const document = shallow(() => parseDocument(text, options), notYaml);
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  // yaml 2.9 reports an error for a key like `[2]` that is not the first of its mapping, but parses it correctly.
  const errors = firstOfTraps(
    document.errors
      .filter(({ code }) => code !== 'IMPOSSIBLE')
      .map(({ code, pos, message }): YamlFlaw => {
        const accepted = remedyForYaml(code, message, text, pos[0]);
        return {
          offset: pos[0],
          message: firstLine(message),
          ...(accepted === undefined ? {} : { accepted }),
        };
      }),
  );
  if (errors.length === 0) takeTexts(document, kind.texts);
  const flaws = errors.length > 0 ? errors : shallow(() => flawsOf(document), notYaml);
  if (flaws.length > 0) {
    throw invalid(
      flaws.map(({ offset, message, accepted, isTrap }) => ({
        ...at(offset),
        key: '',
        message: isTrap === true ? message : `not valid YAML: ${message}`,
        ...(accepted === undefined ? {} : { accepted }),
      })),
    );
  }
  nameIndexKeys(document.contents);

  const positionOf = (keys: KeyPath): Position => {
    for (let length = keys.length; length > 0; length -= 1) {
      const offset = keyOffset(document.contents, keys.slice(0, length));
      if (offset !== undefined) return at(offset);
    }
    return { line: 1, column: 1 };
  };

  let content: unknown;
  try {
    content = document.toJS() ?? {};
  } catch (error) {
    throw notYaml((error as Error).message);
  }
  const result = validated(kind, content);
  if (!result.success) {
    const explained = explainIssues(result.error.issues, content, kind.jsonSchema(), (keys) => {
      const node = document.getIn(keys, true);
      return isScalar(node) ? node.source : undefined;
    });
    throw invalid(
      explained
        .map(({ keys, ...problem }) => ({ ...problem, ...positionOf(keys), key: formatKeyPath(keys) }))
        .sort((one, other) => one.line - other.line || one.column - other.column),
    );
  }
  return { path, content: result.data, positionOf };
}

function validated<Content>({ schema, schemaFor }: YamlKind<Content>, content: unknown) {
  // A file is parsed once: to compile code for it takes longer.
  const once = { jitless: true };
  const result = schemaFor?.(content).safeParse(content, once);
  return result?.success === true ? result : schema().safeParse(content, once);
}

/** More than anybody reads at once. */
const MAX_PROBLEMS = 50;

/** The details of a file with these problems: the first of them, and the number of the others. */
export function invalidFile(path: string, problems: readonly JobFileProblem[]): InvalidFile {
  const unnamed = problems.length - MAX_PROBLEMS;
  return unnamed <= 0 ? { path, problems } : { path, problems: problems.slice(0, MAX_PROBLEMS), unnamed };
}

/** A job file of two thousand columns, each with a rule of several options, has less. */
const MAX_TOKENS = 100_000;
/** A word has a mark in front; both may stand for nothing. Shorter files need not be counted. */
const MAX_TOKENS_PER_CHARACTER = 4;
/** Each may be an error of its own. */
const MAX_ESCAPES = 10_000;
const TOO_MUCH = `it has more than ${MAX_TOKENS} words and signs, far more than anybody writes: name the right file, or divide it`;

/** Whether parsing would take more than a second or two, during which no signal is handled. */
function isTooMuch(text: string): boolean {
  if (text.split('\\', MAX_ESCAPES + 1).length > MAX_ESCAPES) return true;
  if (text.length < MAX_TOKENS / MAX_TOKENS_PER_CHARACTER) return false;
  let tokens = 0;
  for (const _ of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > MAX_TOKENS) return true;
  }
  return false;
}

/** Runs what calls itself for each level of a file. A stack overflow is the failure of the file. */
function shallow<T>(action: () => T, failure: (message: string) => Error): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof RangeError) throw failure('nested too deeply');
    throw error;
  }
}

/** The package searches the whole document for each alias. */
const MAX_ALIASES = 1000;

interface YamlFlaw {
  readonly offset: number;
  readonly message: string;
  readonly accepted?: string;
  /** True for valid YAML that means something else than it seems to. */
  readonly isTrap?: true;
}

/** Errors behind one whose cause is known come of it. */
function firstOfTraps(errors: readonly YamlFlaw[]): YamlFlaw[] {
  const known = errors.find(({ accepted }) => accepted !== undefined);
  return known === undefined ? [...errors] : [known];
}

/** Keys that a mapping has twice, and aliases that stand for something around themselves. */
function flawsOf(document: Document): YamlFlaw[] {
  const flaws: YamlFlaw[] = [];
  // Alias.resolve searches the whole document each time.
  const anchors = new Map<string, Node>();
  let aliases = 0;
  const note = (node: Node & { anchor?: string | undefined }) => {
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
  };
  visit(document, {
    Seq: (_key, list) => note(list),
    Scalar(_key, scalar) {
      const trap = blockTrap(scalar);
      if (trap !== undefined) flaws.push({ offset: offsetOf(scalar), ...trap, isTrap: true });
    },
    Map(_key, map) {
      note(map);
      const known = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const trap = keyTrap(key);
        if (trap !== undefined) flaws.push({ offset: offsetOf(key), ...trap, isTrap: true });
        const name = `${typeof key.value} ${String(key.value)}`;
        if (known.has(name)) flaws.push({ offset: offsetOf(key), message: 'Map keys must be unique' });
        known.add(name);
      }
    },
    Alias(_key, alias, ancestors) {
      aliases++;
      if (aliases > MAX_ALIASES) {
        flaws.push({ offset: offsetOf(alias), message: `more than ${MAX_ALIASES} aliases` });
        return visit.BREAK;
      }
      const target = anchors.get(alias.source);
      if (target === undefined) {
        flaws.push({
          offset: offsetOf(alias),
          message: `*${alias.source} means the part with the anchor &${alias.source}, and there is none`,
          accepted: `a text that starts with * in quotes: "*${alias.source}"`,
          isTrap: true,
        });
      }
      if (target !== undefined && ancestors.includes(target)) {
        flaws.push({
          offset: offsetOf(alias),
          message: `*${alias.source} stands for a part that it lies in`,
        });
      }
      return undefined;
    },
  });
  return flaws;
}

function offsetOf(node: Pick<Node, 'range'>): number {
  return node.range?.[0] ?? 0;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** Turns keys such as an unquoted `[2]`, which YAML parses as lists, into text: they name a column by its index. */
function nameIndexKeys(contents: Node | null): void {
  visit(contents, {
    Pair(_key, pair) {
      if (!isSeq(pair.key) || pair.key.items.length !== 1) return;
      const [item] = pair.key.items;
      if (!isScalar(item) || typeof item.value !== 'number') return;
      const { range } = pair.key;
      item.value = `[${item.value}]`;
      if (range) item.range = range;
      pair.key = item;
    },
  });
}

/** Takes words that YAML reads as nothing, a number or true for the text that they are written as. */
function takeTexts(document: Document, texts: YamlKind<unknown>['texts']): void {
  for (const path of texts?.keys ?? []) {
    const map: unknown = document.getIn(path, true);
    if (!isMap(map)) continue;
    for (const { key } of map.items) {
      if (isScalar(key) && key.value === null && key.source !== undefined) key.value = key.source;
    }
  }
  for (const path of texts?.values ?? []) {
    const node: unknown = document.getIn(path, true);
    for (const item of isSeq(node) ? node.items : [node]) {
      if (isScalar(item) && item.type === 'PLAIN' && item.source !== undefined) item.value = item.source;
    }
  }
}

/** The pairs of mappings by key: to look for each key of a long one takes too long. */
const PAIRS = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = PAIRS.get(map);
  if (known !== undefined) return known;
  const pairs = new Map<string, Pair>();
  for (const pair of map.items) pairs.set(String(isScalar(pair.key) ? pair.key.value : pair.key), pair);
  PAIRS.set(map, pairs);
  return pairs;
}

/** Offset of the key or list item at a path; undefined when the document has none. */
function keyOffset(root: unknown, keys: KeyPath): number | undefined {
  let node: unknown = root;
  let offset: number | undefined;
  for (const key of keys) {
    if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = (node as Node | undefined)?.range?.[0];
    } else {
      const pair = isMap(node) ? pairsOf(node).get(String(key)) : undefined;
      if (pair === undefined) return undefined;
      offset = (pair.key as Node).range?.[0];
      node = pair.value;
    }
    if (offset === undefined) return undefined;
  }
  return offset;
}
