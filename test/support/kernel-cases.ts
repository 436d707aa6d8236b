import fc from 'fast-check';
import type { ColumnPlan, InvalidAction, MapperPlan, RecordAction, RulePlan } from '../../mapper/contract.js';
import { ROUNDING_MODES } from '../../mapper/contract.js';
import type { TaskContext } from '../../mapper/hadoop/task-environment.js';
import { mapperPlan, runMapperOn, taskAt } from './mapper-harness.js';
import { hostileCsv } from './mapper-inputs.js';

/** One comparison of kernel and reference. */
export interface KernelCase {
  readonly plan: MapperPlan;
  readonly task: TaskContext | null;
  /** One char a byte. */
  readonly input: string;
  readonly chunkBytes: number;
}

const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

const NAMES = ['Region', 'Order Date', 'n', 'Größe', 'a "b"', 'x,y', '', 'Units'].map((name) => name);

const onInvalid: fc.Arbitrary<InvalidAction> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<InvalidAction>({ action: 'keep' }, { action: 'blank' }) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('bad', '', 'a,b', 'say "no"', 'é', 'two\nlines', 'x;y|z\tw', 'more than sixteen bytes')
      .map((text) => ({ action: 'marker' as const, text })),
  },
  { weight: 1, arbitrary: fc.constant<InvalidAction>({ action: 'reject' }) },
  { weight: 1, arbitrary: fc.constant<InvalidAction>({ action: 'fail' }) },
);

const FROM_PATTERNS = [
  'M/d/yyyy',
  'yyyy-MM-dd',
  'd.M.y',
  'dd MM yy',
  'yyyyMMdd',
  'M/d/yyyy H:mm',
  'yyyy-MM-dd HH:mm:ss',
  'd, M, yyyy',
  'd MMM yyyy',
  "yyyy'x'MM'é'dd",
  'hh:mm a d/M/yyyy',
];
const TO_PATTERNS = [
  'yyyy-MM-dd',
  'd.M.yy',
  'M/d/y H:m:s',
  'yyyyMMddHHmmss',
  'MMMM d, yyyy',
  "d 'of' M",
  'yy',
];

const rule: fc.Arbitrary<RulePlan> = fc
  .tuple(
    onInvalid,
    fc.oneof(
      fc.constantFrom('upper' as const, 'lower' as const, 'trim' as const).map((name) => ({ rule: name })),
      fc.record({
        rule: fc.constant('date' as const),
        from: fc.array(fc.constantFrom(...FROM_PATTERNS), { minLength: 1, maxLength: 3 }),
        to: fc.constantFrom(...TO_PATTERNS),
      }),
      fc.record({
        rule: fc.constant('round' as const),
        places: fc.constantFrom(0, 0, 1, 2, 3, 14, 15, 16, 20),
        mode: fc.constantFrom(...ROUNDING_MODES),
      }),
    ),
  )
  .map(([action, options]) => ({ ...options, onInvalid: action }));

const actions = fc.constantFrom<RecordAction>('pass', 'pass', 'reject', 'fail');

const field: fc.Arbitrary<string> = fc.oneof(
  fc
    .constantFrom(
      ...[
        '',
        'a',
        'Asia',
        'Middle East and North Africa',
        'x y',
        'ß',
        'Ünïcödé'.normalize('NFC'),
        'ΑΣ',
        'ǆ',
        'İ',
      ],
      ...['日本語', 'ﬀ', '🙂', '\ufeffx', '\u00a0x\u00a0', 'ŉ', 'é'.repeat(20), `${'a'.repeat(15)}é`, 'ﾊ'],
    )
    .map(latin1),
  fc.constantFrom(
    '\xff',
    'a\xc3',
    '\xc3\x28',
    '\xed\xa0\x80',
    '\xe9',
    'A\xc0\x80',
    '\xe3\x81',
    '\0',
    '\x0b x\x0c',
    '\x7f',
  ),
  fc
    .tuple(
      fc.constantFrom('', '', '-', '+', ' ', '\t', '--'),
      fc.constantFrom(
        '',
        '0',
        '7',
        '00',
        '0012',
        '999',
        '1368',
        '99999999999999',
        '123456789012345678',
        '9'.repeat(40),
      ),
      fc.constantFrom(
        '',
        '',
        '.',
        '.5',
        '.50',
        '.49',
        '.51',
        '.05',
        '.995',
        '.000000000000000000005',
        '.25',
        '.0',
        ',5',
      ),
      fc.constantFrom('', '', '', 'e3', 'E-2', 'e99999', ' ', '\t', 'x', '%', 'e'),
    )
    .map((parts) => parts.join('')),
  fc
    .tuple(
      fc.constantFrom('', '', ' ', '\t '),
      fc.constantFrom('1', '2', '02', '12', '13', '0', '2015', '31', '9'),
      fc.constantFrom('/', '/', '-', '.', ', ', ' ', ''),
      fc.constantFrom('29', '30', '31', '1', '01', '02', '00', '7'),
      fc.constantFrom('/', '/', '-', '.', ', ', ' ', ''),
      fc.constantFrom('2015', '2016', '1900', '2000', '15', '0000', '1', '29', '20155', '0001'),
      fc.constantFrom('', '', '', ' ', ' 7:30', ' 23:59:59', ' 24:00', ' 07:30:00', 'T', ' 9:5'),
    )
    .map((parts) => parts.join('')),
  fc.constantFrom(
    '12/21/2015',
    '7/26/2010',
    '2010-07-26',
    '20100726',
    '1 Jan 2015',
    '255.28',
    '-0.4',
    '-0',
    '75951.5',
  ),
  fc.constantFrom(
    '5" pipe',
    'a,b',
    'a""b',
    'a;b',
    ' "x"',
    'a\tb',
    'a|b',
    'North Africa, the Middle East',
    '"',
    '""',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, '')),
);

/** A field as a writer might put it: quoted where needed, or anyway, or not at all. */
function writeField(text: string, how: number, delimiter: string): string {
  const needsQuotes = text.includes(delimiter) || text.includes('"') || text.includes('\n');
  return how === 0 || (how === 1 && !needsQuotes) ? text : `"${text.replaceAll('"', '""')}"`;
}

/** Any plan, any input: mostly of the shape that the plan expects, and some of it hostile. */
export const kernelCases: fc.Arbitrary<KernelCase> = fc
  .record({
    delimiter: fc.constantFrom(',', ',', ',', ',', ';', '\t', '|', ':', ' ', '.', '-'),
    width: fc.integer({ min: 1, max: 6 }),
    names: fc.constantFrom('baked', 'baked', 'first', 'none'),
    repeatFirst: fc.integer({ min: 1, max: 40 }),
    quotedLineBreaks: fc.constantFrom('auto' as const, 'auto' as const, 'yes' as const, 'no' as const),
    maxRecordBytes: fc.constantFrom(20, 1000, 64 * 1024 * 1024),
    wrongFieldCount: actions,
    malformed: actions,
    header: fc.constantFrom('keep' as const, 'drop' as const),
    task: fc.constantFrom(null, null, taskAt(0), taskAt(4096), taskAt(null)),
    chunkBytes: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(64, 1000, 1_000_000)),
  })
  .chain(({ delimiter, width, names, ...rest }) => {
    const columns = fc
      .uniqueArray(fc.nat({ max: width - 1 }), { maxLength: width })
      .chain((indexes) =>
        fc.tuple(
          ...indexes.map((column) =>
            fc
              .oneof(
                { weight: 9, arbitrary: rule.map((one) => [one]) },
                { weight: 1, arbitrary: fc.array(rule, { minLength: 2, maxLength: 3 }) },
              )
              .map((rules): ColumnPlan => ({ column, rules })),
          ),
        ),
      );
    const written = fc
      .tuple(field, fc.constantFrom(0, 1, 1, 1, 1, 1, 2))
      .map(([text, how]) => writeField(text, how, delimiter));
    const shaped = fc
      .tuple(...Array.from({ length: width }, () => written))
      .map((fields) => fields.join(delimiter));
    const ragged = fc.array(written, { maxLength: width + 2 }).map((fields) => fields.join(delimiter));
    const headers = fc
      .tuple(
        ...NAMES.slice(0, width).map((name) =>
          fc.constantFrom(0, 1, 2).map((how) => writeField(latin1(name), how, delimiter)),
        ),
      )
      .map((fields) => fields.join(delimiter));
    const record = fc.oneof(
      { weight: 20, arbitrary: shaped },
      { weight: 1, arbitrary: ragged },
      { weight: 1, arbitrary: headers },
      { weight: 1, arbitrary: hostileCsv },
    );
    const lineEnd = fc.oneof(
      { weight: 4, arbitrary: fc.constant('\n') },
      { weight: 1, arbitrary: fc.constantFrom('\r\n', '\r') },
    );
    const input = fc
      .tuple(
        fc.option(headers),
        fc.array(fc.tuple(record, lineEnd), { maxLength: 60 }),
        fc.boolean(),
        fc.constantFrom('', '', '', '\xef\xbb\xbf'),
      )
      .map(([header, records, endsWithLineEnd, bom]) => {
        const text = (header === null ? '' : `${header}\n`) + records.flat().join('');
        return bom + (endsWithLineEnd ? text : text.replace(/[\r\n]+$/, ''));
      });
    return fc.tuple(columns, input).map(([columnPlans, text]): KernelCase => {
      const { quotedLineBreaks, maxRecordBytes, wrongFieldCount, malformed, header, task, chunkBytes } = rest;
      const baked = names === 'baked' ? NAMES.slice(0, width) : null;
      return {
        plan: mapperPlan({
          csv: { delimiter, header: names !== 'none', names: baked, quotedLineBreaks, maxRecordBytes },
          columns: columnPlans,
          records: { wrongFieldCount, malformed },
          output: { header },
        }),
        task,
        input: text,
        chunkBytes,
      };
    });
  });

/** What one path makes of a case; after a failure the output is not a promise, for it comes in pieces. */
export function outcomeOf({ plan, task, input, chunkBytes }: KernelCase, path: 'kernel' | 'reference') {
  try {
    const { output, counts, failure } = runMapperOn(plan, input, { task, path, chunkBytes });
    if (failure === null) return { output, counts: { ...counts, invalid: { ...counts.invalid } } };
    const { linesRead: _read, linesWritten: _written, ...others } = counts;
    return {
      failure: { code: failure.code, message: failure.message, details: failure.details },
      counts: { ...others, invalid: { ...counts.invalid } },
    };
  } catch (error) {
    return { thrown: String(error) };
  }
}
