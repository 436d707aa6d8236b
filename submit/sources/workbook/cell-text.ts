const ESCAPED = /_x([0-9A-Fa-f]{4})_/g;

/** The text of a cell: characters that XML can't hold are written `_x000D_`, and such a text itself `_x005F_x000D_`. */
export function cellText(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replaceAll(ESCAPED, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
