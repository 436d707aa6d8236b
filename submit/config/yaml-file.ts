import { isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { Failure, type JobFileProblem } from '../errors.js';
import { explainIssues } from './explain-issues.js';
import { formatKeyPath, type KeyPath } from './key-path.js';

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
  readonly schema: z.ZodType<Content>;
  /** JSON Schema of `schema`; lists the known keys for messages. */
  readonly jsonSchema: () => Record<string, unknown>;
  readonly invalid: 'job-file-invalid' | 'cluster-file-invalid';
}

/**
 * YAML text → validated content. Throws the kind's failure with all problems, each with line, key, given and accepted
 * value. `path` is used only in messages.
 */
export function parseYaml<Content>(kind: YamlKind<Content>, path: string, text: string): ParsedYaml<Content> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  // yaml 2.9 reports an error for a key like `[2]` that is not the first of its mapping, but parses it correctly.
  const errors = document.errors.filter(({ code }) => code !== 'IMPOSSIBLE');
  if (errors.length > 0) {
    const problems = errors.map(
      (error): JobFileProblem => ({
        ...at(error.pos[0]),
        key: '',
        message: `not valid YAML: ${firstLine(error.message)}`,
      }),
    );
    throw new Failure(kind.invalid, { path, problems });
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
    const problem = { line: 1, column: 1, key: '', message: `not valid YAML: ${(error as Error).message}` };
    throw new Failure(kind.invalid, { path, problems: [problem] });
  }
  const result = kind.schema.safeParse(content);
  if (!result.success) {
    const problems = explainIssues(result.error.issues, content, kind.jsonSchema())
      .map(({ keys, ...problem }) => ({ ...problem, ...positionOf(keys), key: formatKeyPath(keys) }))
      .sort((one, other) => one.line - other.line || one.column - other.column);
    throw new Failure(kind.invalid, { path, problems });
  }
  return { path, content: result.data, positionOf };
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

/** Offset of the key or list item at a path; undefined when the document has none. */
function keyOffset(root: unknown, keys: KeyPath): number | undefined {
  let node: unknown = root;
  let offset: number | undefined;
  for (const key of keys) {
    if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = (node as Node | undefined)?.range?.[0];
    } else {
      const items = (node as { items?: readonly unknown[] } | null)?.items ?? [];
      const pair = items.find(
        (item) => isPair(item) && String(isScalar(item.key) ? item.key.value : item.key) === String(key),
      );
      if (!isPair(pair)) return undefined;
      offset = (pair.key as Node).range?.[0];
      node = pair.value;
    }
    if (offset === undefined) return undefined;
  }
  return offset;
}
