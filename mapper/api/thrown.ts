import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { escapeLine } from '../failure.js';
import { fileOfStack, mapStack, parseSourceMap } from '../stack-trace.js';

/** With more, the submitter would not see the first line: it reads the last 4 KiB of a task's stderr. */
const MAX_LINES = 24;
const MAX_CHARS = 2400;
const MAX_CAUSES = 3;

/**
 * What a user's function threw, line by line, safe on a terminal: message, stack with the lines of the user's own files,
 * and the causes. Long ones are cut.
 */
export function describeThrown(thrown: unknown): string[] {
  const lines: string[] = [];
  let error = thrown;
  for (let depth = 0; depth < MAX_CAUSES; depth++) {
    const [first = '', ...rest] = stackOf(error).split('\n');
    lines.push(depth === 0 ? first : `Caused by: ${first}`, ...rest);
    if (!(error instanceof Error) || error.cause === undefined) break;
    error = error.cause;
  }
  let left = MAX_CHARS;
  const shown: string[] = [];
  for (const line of lines.slice(0, MAX_LINES)) {
    if (left <= 0) break;
    const escaped = escapeLine(line);
    shown.push(escaped.length > left ? `${escaped.slice(0, left)}…` : escaped);
    left -= escaped.length;
  }
  if (shown.length < lines.length) shown.push('…');
  return shown;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return `It threw ${typeof error}: ${String(error)}`;
  const stack = error.stack ?? String(error);
  const bundleFile = fileOfStack(new Error().stack ?? '');
  if (bundleFile === null) return stack;
  try {
    // The bundle is read when its map is needed and not before: to keep the map would cost every task.
    const path = bundleFile.startsWith('file:') ? fileURLToPath(bundleFile) : bundleFile;
    const map = parseSourceMap(readFileSync(path, 'utf8'));
    return map === null ? stack : mapStack(stack, bundleFile, map);
  } catch {
    return stack;
  }
}
