import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { THROWN_LIMITS } from '../failure.js';
import { fileOfStack, mapStack, parseSourceMap } from '../stack-trace.js';

const MAX_CAUSES = 3;

/**
 * The lines of an error that a user's function threw: message, stack in the user's files, and causes. Cut to slightly more
 * than a message shows, so that the message can mark the cut.
 */
export function linesOfThrown(thrown: unknown): string[] {
  const lines: string[] = [];
  let error = thrown;
  for (let depth = 0; depth < MAX_CAUSES; depth++) {
    const [first = '', ...rest] = stackOf(error).split('\n');
    lines.push(depth === 0 ? first : `Caused by: ${first}`, ...rest);
    if (!(error instanceof Error) || error.cause === undefined) break;
    error = error.cause;
  }
  const { lines: maxLines, chars: maxChars } = THROWN_LIMITS;
  const kept: string[] = [];
  let charsBefore = 0;
  for (const line of lines) {
    kept.push(line.slice(0, maxChars + 1));
    if (kept.length > maxLines || charsBefore >= maxChars) break;
    charsBefore += line.length;
  }
  return kept;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return `It threw ${typeof error}: ${String(error)}`;
  const stack = error.stack ?? String(error);
  const bundleFile = fileOfStack(new Error().stack ?? '');
  if (bundleFile === null) return stack;
  try {
    // Read the map from the bundle only now, because keeping it would cost every task memory.
    const path = bundleFile.startsWith('file:') ? fileURLToPath(bundleFile) : bundleFile;
    const map = parseSourceMap(readFileSync(path, 'utf8'));
    return map === null ? stack : mapStack(stack, bundleFile, map);
  } catch {
    return stack;
  }
}
