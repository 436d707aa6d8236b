/** What people write in YAML that means something else there, and how to write it. */
import { isScalar, type Scalar } from 'yaml';

/** A pattern of files with braces or brackets, which YAML takes for mappings and lists. */
const PATTERN = /[^\s,:'"[\]{}]+[{[][^\s'"{}[\]]*[}\]][^\s,'"[\]{}]*|\{[^\s'"{}]*\}[^\s,'"[\]{}]+/;

/** What to write instead where the YAML is not valid; undefined if the mistake is not a known one. `offset` is where. */
export function remedyForYaml(
  code: string,
  message: string,
  text: string,
  offset: number,
): string | undefined {
  const line = lineAt(text, offset);
  if (code === 'BAD_SCALAR_START' || code === 'BAD_ALIAS') {
    return `the text in quotes: "${text.slice(offset).match(/^[^\s,}\]]+/)?.[0] ?? ''}"`;
  }
  const pattern = PATTERN.exec(line)?.[0];
  if ((code === 'MISSING_CHAR' || code === 'UNEXPECTED_TOKEN') && pattern !== undefined) {
    return `a pattern with braces or brackets in quotes: "${pattern}"`;
  }
  if (message.startsWith('Missing closing')) return `a quote as a text in the other quotes: "'" or '"'`;
  const above = lineAt(text, Math.max(0, offset - line.length - 1));
  if (code === 'BAD_INDENT' && /\s#/.test(line + above))
    return 'the text in quotes: "#" alone starts a comment';
  return undefined;
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? undefined : end);
}

/** A key that YAML reads as something else than its text: `007`, `null`, `1.0`. Undefined for any other one. */
export function keyTrap(key: unknown): { readonly message: string; readonly accepted: string } | undefined {
  if (!isScalar(key) || typeof key.value === 'string' || key.type !== 'PLAIN') return undefined;
  const source = key.source ?? '';
  if (source === '' || (key.value !== null && source === String(key.value))) return undefined;
  const read = key.value === null ? 'nothing' : `${typeof key.value} ${String(key.value)}`;
  return { message: `the key ${source} is read as ${read}`, accepted: `the key in quotes: "${source}"` };
}

/** A bare `|` or `>`, which starts a text of several lines, of which there is none. */
export function blockTrap(
  scalar: Scalar,
): { readonly message: string; readonly accepted: string } | undefined {
  const isBlock = scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED';
  if (!isBlock || scalar.value !== '') return undefined;
  const sign = scalar.type === 'BLOCK_LITERAL' ? '|' : '>';
  return {
    message: `a bare ${sign} starts a text of several lines, and there is none`,
    accepted: `the text in quotes: "${sign}"`,
  };
}
