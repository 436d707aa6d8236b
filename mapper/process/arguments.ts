import { parseArgs } from 'node:util';
import { excerptOf, MapperFailure } from '../failure.js';
import { quoteExcerpt } from '../report/escape.js';

/** What the command line asks for. */
export type MapperArguments =
  | {
      readonly kind: 'run';
      readonly emit: 'records' | 'rejects';
      /** Whether nothing is said at the end. */
      readonly quiet: boolean;
      /** Whether the first record is data although the mapper knows a header. */
      readonly noHeader: boolean;
    }
  | { readonly kind: 'help' }
  /** Asked by the submitter before it uses a mapper. */
  | { readonly kind: 'describe' };

const OPTIONS = {
  emit: { type: 'string' },
  quiet: { type: 'boolean' },
  'no-header': { type: 'boolean' },
  describe: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Parses the arguments after the program's name. Throws a MapperFailure for one that is not known. */
export function parseMapperArguments(argv: readonly string[]): MapperArguments {
  // The first call of parseArgs takes half a millisecond of each start.
  if (argv.length === 0) return { kind: 'run', emit: 'records', quiet: false, noHeader: false };
  let emit: 'records' | 'rejects' = 'records';
  let quiet = false;
  let noHeader = false;
  // Not strict, so that errors have our own words.
  const { tokens } = parseArgs({ args: [...argv], options: OPTIONS, strict: false, tokens: true });
  for (const token of tokens) {
    const written = argv[token.index] ?? '';
    if (written === '--help' || written === '-h') return { kind: 'help' };
    if (written === '--describe') return { kind: 'describe' };
    if (written === '--quiet') quiet = true;
    if (written === '--no-header') noHeader = true;
    if (written === '--quiet' || written === '--no-header') continue;
    if (token.kind !== 'option' || token.name !== 'emit') {
      throw new MapperFailure('argument-unknown', { argument: excerptOf(written) });
    }
    const { value } = token;
    if (value !== 'records' && value !== 'rejects') {
      throw new MapperFailure('emit-unknown', { given: value === undefined ? null : excerptOf(value) });
    }
    emit = value;
  }
  return { kind: 'run', emit, quiet, noHeader };
}

/** The help text; `name` is the job's. */
export function mapperHelp(name: string): string {
  return `Mapper ${quoteExcerpt(name)}: CSV from stdin, mapped CSV to stdout

  node mapper.mjs < in.csv > out.csv
  node mapper.mjs --emit rejects < in.csv > rejects.csv
  hadoop jar hadoop-streaming.jar -D mapreduce.job.reduces=0 -D stream.map.output=keyonlytext \\
    -files mapper.mjs -mapper 'node mapper.mjs' -input in -output out

Options
  --emit records|rejects  rejects: write only the rejected records, as CSV: file, line, column, rule, value,
                          reason, record as it was read
  --quiet                 say nothing at the end of what was invalid, odd or rejected
  --no-header             the data have no header, though those that the mapper was built from had one
  --describe              print the mapper's settings and ruled columns as JSON; stdin is not read
  --help                  this text
`;
}
