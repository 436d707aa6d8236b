import fc from 'fast-check';

/** The parts of hostile CSV; each char is one byte. */
const PIECES = [
  'a',
  'B',
  '7',
  ' ',
  ',',
  ',',
  ',',
  '"',
  '"',
  '""',
  '\n',
  '\n',
  '\r\n',
  '\r',
  '\xe9',
  '\xc3\xa9',
  '\xff',
  '\0',
  'x,y\n',
  '"x",',
  ',"y"\n',
  '\n"',
  '"\n',
] as const;

/** Any text of those parts: broken quoting, rows of different width, blank lines, bytes of no valid encoding. */
export const hostileCsv: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 60 })
  .map((pieces) => pieces.join(''));

const field = fc
  .array(
    fc.constantFrom('a', 'B', '7', ' ', '\xe9', '\xc3\xa9', '', ',', '"', '\n', '\r\n', '\r', '.', '-'),
    {
      maxLength: 6,
    },
  )
  .map((pieces) => pieces.join(''));

const plainField = field.map((text) => text.replace(/[\r\n]/g, ''));

/** Well-formed CSV with line ends of any kind. Fields may contain line ends if `lineBreaks`. */
export function wellFormedCsv(lineBreaks: boolean): fc.Arbitrary<string> {
  const anyField = lineBreaks ? field : plainField;
  const written = fc
    .tuple(anyField, fc.boolean())
    .map(([text, quoted]) => (quoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text));
  const record = fc.array(written, { minLength: 1, maxLength: 5 }).map((fields) => fields.join(','));
  return fc
    .tuple(fc.array(fc.tuple(record, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 12 }), fc.boolean())
    .map(([records, endsWithLineEnd]) => {
      const text = records.map(([fields, lineEnd]) => fields + lineEnd).join('');
      return endsWithLineEnd ? text : text.replace(/\r?\n$|\r$/, '');
    });
}

/** The physical lines as Hadoop splits them, each with its line end. The last may have none. */
export function physicalLines(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
}

/** The text as Hadoop Streaming gives it to a mapper: each line ends with LF. */
export function asHadoopGives(text: string): string {
  return physicalLines(text)
    .map((line) => line.replace(/[\r\n]+$/, '\n').replace(/([^\n])$/, '$1\n'))
    .join('');
}
