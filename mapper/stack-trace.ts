import { SourceMap, type SourceMapPayload } from 'node:module';

export type { SourceMapPayload };

/** A stack frame of V8: `    at name (file:line:column)` or `    at file:line:column`. Line and column are 1-based. */
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

/** The file of the first frame of a stack. For an error created here, that is the bundle. */
export function fileOfStack(stack: string): string | null {
  for (const line of stack.split('\n')) {
    const frame = parseFrame(line);
    if (frame !== null) return frame.file;
  }
  return null;
}

/**
 * Maps the frames of a stack from the bundle `bundleFile` to the sources. Drops frames of the toolkit, whose sources are not
 * in the map, and the frames of Node below them.
 */
export function mapStack(stack: string, bundleFile: string, payload: SourceMapPayload): string {
  const map = new SourceMap(payload);
  const lines = stack.split('\n');
  const firstFrame = lines.findIndex((line) => /^\s+at /.test(line));
  if (firstFrame === -1) return stack;
  const frames: string[] = [];
  // A frame of Node or V8 is kept or dropped with its caller, the next line of the stack.
  let isUsers = false;
  for (const line of lines.slice(firstFrame).reverse()) {
    const frame = parseFrame(line);
    const place = frame?.file === bundleFile ? sourcePlace(map, frame) : null;
    if (frame !== null && !frame.file.startsWith('node:')) {
      // With --enable-source-maps, Node has mapped the frame already.
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

/** The source map in the last line of a bundle; null if there is none. */
export function parseSourceMap(bundle: string): SourceMapPayload | null {
  const at = bundle.lastIndexOf(`\n${COMMENT}`);
  if (at === -1) return null;
  const json = Buffer.from(bundle.slice(at + 1 + COMMENT.length).trim(), 'base64').toString('utf8');
  return JSON.parse(json) as SourceMapPayload;
}
