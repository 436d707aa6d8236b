import { physicalLines } from './mapper-inputs.js';

/** One call of the framer's handler, with text of one char per byte. */
export type Framed =
  | { kind: 'record'; text: string; line: number; lines: number }
  | { kind: 'malformed'; text: string; line: number };

/** A slow second implementation of the framing rules, on whole texts, to compare the framer with. */
export function frameSlowly(
  input: string,
  options: { lineBreaks: 'yes' | 'no'; maxRecordBytes: number; dropBom?: boolean },
): Framed[] {
  const text = options.dropBom ? input.replace(/^\xef\xbb\xbf/, '') : input;
  const lines = physicalLines(text).map((line) => line.replace(/\r\n$|\r$|\n$/, ''));
  const framed: Framed[] = [];
  for (let at = 0; at < lines.length; ) {
    const rest = lines.slice(at, options.lineBreaks === 'yes' ? undefined : at + 1).join('\n');
    const length = recordLength(rest, options.maxRecordBytes);
    const line = at + 1;
    if (length === null) {
      framed.push({ kind: 'malformed', text: lines[at] as string, line });
      at++;
    } else {
      const record = rest.slice(0, length);
      const count = record.split('\n').length;
      framed.push({ kind: 'record', text: `${record}\n`, line, lines: count });
      at += count;
    }
  }
  return framed;
}

/** Length of the first record, or null if it is malformed. */
function recordLength(text: string, maxRecordBytes: number): number | null {
  for (let at = 0; ; at++) {
    if (text[at] === '"') {
      const closed = /^"(?:[^"]|"")*"(?!")/.exec(text.slice(at));
      if (closed === null || at + closed[0].length > maxRecordBytes) return null;
      at += closed[0].length;
      if (at < text.length && text[at] !== ',' && text[at] !== '\n') return null;
    } else {
      while (at < text.length && text[at] !== ',' && text[at] !== '\n') at++;
    }
    if (at >= text.length || text[at] === '\n') return at;
  }
}
