/** How records are written. */
export interface Form {
  readonly delimiter: string;
  readonly quote: '"' | "'";
  readonly escape: 'double' | 'backslash';
  readonly lenientQuotes: boolean;
}

/** A record of a sample. */
export interface Row {
  /** 0-based line among the records' lines. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** Splits lines into records. `broken`: records with text after a closing quote, or a quote that stays open. */
export function readRows(
  lines: readonly string[],
  { delimiter, quote, escape: escaping, lenientQuotes }: Form,
): { readonly rows: readonly Row[]; readonly broken: number } {
  const text = `${lines.join('\n')}\n`;
  const rows: Row[] = [];
  let broken = 0;
  let line = 0;
  for (let at = 0; at < text.length; ) {
    const fields: string[] = [];
    const startLine = line;
    for (;;) {
      let start = at;
      if (lenientQuotes) while (text[start] === ' ') start++;
      if (text[start] === quote) {
        const read = readQuoted(text, start + 1, quote, escaping);
        if (read === null) broken++;
        else {
          let end = read.end;
          if (lenientQuotes) while (text[end] === ' ') end++;
          if (text[end] !== delimiter && text[end] !== '\n') broken++;
          line += read.lines;
          fields.push(read.value);
          at = end;
          while (text[at] !== delimiter && text[at] !== '\n') at++;
          if (text[at++] === '\n') break;
          continue;
        }
      }
      const end = endOfField(text, at, delimiter);
      fields.push(text.slice(at, end));
      at = end + 1;
      if (text[end] === '\n') break;
    }
    rows.push({ line: startLine, fields });
    line++;
  }
  return { rows, broken };
}

function endOfField(text: string, start: number, delimiter: string): number {
  let at = start;
  while (text[at] !== delimiter && text[at] !== '\n') at++;
  return at;
}

/** A quoted field may hold so many line ends in a sample. */
const MAX_QUOTED_LINES = 50;

function readQuoted(
  text: string,
  start: number,
  quote: string,
  escaping: 'double' | 'backslash',
): { readonly value: string; readonly end: number; readonly lines: number } | null {
  let value = '';
  let lines = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at] as string;
    if (escaping === 'backslash' && char === '\\') {
      value += text[++at] ?? '';
      continue;
    }
    if (char === quote) {
      if (text[at + 1] !== quote) return { value, end: at + 1, lines };
      at++;
    } else if (char === '\n' && ++lines > MAX_QUOTED_LINES) return null;
    value += char;
  }
  return null;
}
