import { SourceMap, type SourceMapPayload } from 'node:module';

export type { SourceMapPayload };

/** A frame of V8's: `    at name (file:line:column)` or `    at file:line:column`. Line and column are 1-based. */
const FRAME = /^\s+at (?:(.*) \()?((?:file:\/\/)?.+?):(\d+):(\d+)\)?$/;

/** Where a stack frame points; line and column are 1-based. */
interface Frame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

function parseFrame(text: string): Frame | null {
  const match = FRAME.exec(text);
  if (match === null) return null;
  const [, name = '', file = '', line, column] = match;
  return { name, file, line: Number(line), column: Number(column) };
}

/** The file of the first frame of a stack: of an error that was made here, this file, or the bundle that it is in. */
export function fileOfStack(stack: string): string | null {
  for (const line of stack.split('\n')) {
    const frame = parseFrame(line);
    if (frame !== null) return frame.file;
  }
  return null;
}

/**
 * A stack with the lines of the sources in place of those of the bundle `bundleFile`. Frames of the toolkit, which has no
 * sources in the map, are left out, and so is what Node calls for it.
 */
export function mapStack(stack: string, bundleFile: string, payload: SourceMapPayload): string {
  const map = new SourceMap(payload);
  const lines = stack.split('\n');
  const firstFrame = lines.findIndex((line) => /^\s+at /.test(line));
  if (firstFrame === -1) return stack;
  const frames: string[] = [];
  // A function of Node or V8 belongs to the caller that is below it.
  let isUsers = false;
  for (const line of lines.slice(firstFrame).reverse()) {
    const frame = parseFrame(line);
    const place = frame?.file === bundleFile ? sourcePlace(map, frame) : null;
    if (frame !== null && !frame.file.startsWith('node:')) {
      // With --enable-source-maps, Node itself has put the source in the bundle's place.
      isUsers = place !== null || frame.file !== bundleFile;
    }
    if (!isUsers) continue;
    const name = frame?.name ?? '';
    frames.push(place === null ? line : name === '' ? `    at ${place}` : `    at ${name} (${place})`);
  }
  return [...lines.slice(0, firstFrame), ...frames.reverse()].join('\n');
}

function sourcePlace(map: SourceMap, { line, column }: Frame): string | null {
  const entry = map.findEntry(line - 1, column - 1);
  return 'originalSource' in entry && entry.originalSource
    ? `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
    : null;
}

const COMMENT = '//# sourceMappingURL=data:application/json;base64,';

/** The source map as the last line of a bundle. */
export function formatSourceMap(payload: SourceMapPayload): string {
  return `${COMMENT}${Buffer.from(JSON.stringify(payload)).toString('base64')}\n`;
}

/** The source map in the last line of a bundle; null where there is none. */
export function parseSourceMap(bundle: string): SourceMapPayload | null {
  const at = bundle.lastIndexOf(`\n${COMMENT}`);
  if (at === -1) return null;
  const json = Buffer.from(bundle.slice(at + 1 + COMMENT.length).trim(), 'base64').toString('utf8');
  return JSON.parse(json) as SourceMapPayload;
}
