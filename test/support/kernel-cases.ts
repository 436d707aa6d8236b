import fc from 'fast-check';
import {
  type ColumnPlan,
  type CsvDialect,
  type FieldCountAction,
  HEADER_CHOICES,
  type InvalidAction,
  type MapperPlan,
  type OutputColumnPlan,
  type OutputStyle,
  type RecordAction,
  type RulePlan,
} from '../../mapper/contract.js';
import type { TaskContext } from '../../mapper/hadoop/task-environment.js';
import { ROUNDING_MODES } from '../../mapper/rules/rounding-mode.js';
import { fieldFor } from './kernel-fields.js';
import { mapperPlan, runMapperOn, taskAt } from './mapper-harness.js';
import { hostileCsv } from './mapper-inputs.js';

/** One comparison of kernel and reference. */
export interface KernelCase {
  readonly plan: MapperPlan;
  readonly task: TaskContext | null;
  /** One char per byte. */
  readonly input: string;
  readonly chunkBytes: number;
}

const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

const NAMES = ['Region', 'Order Date', 'n', 'Größe', 'a "b"', 'x,y', '', 'Units'];

const onInvalid: fc.Arbitrary<InvalidAction> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<InvalidAction>({ action: 'keep' }, { action: 'blank' }) },
  {
    weight: 8,
    arbitrary: fc
      .constantFrom('bad', '', 'a,b', 'say "no"', 'é', 'two\nlines', 'x;y|z\tw', 'more than sixteen bytes')
      .map((text) => ({ action: 'marker' as const, text })),
  },
  { weight: 4, arbitrary: fc.constant<InvalidAction>({ action: 'reject' }) },
  { weight: 1, arbitrary: fc.constant<InvalidAction>({ action: 'fail' }) },
);

/** Patterns that the kernel supports, and others. */
const FROM_PATTERNS = [
  'M/d/yyyy',
  'M/d/yyyy',
  'yyyy-MM-dd',
  'd.M.y',
  'dd MM yy',
  'yyyyMMdd',
  'M/d/yyyy H:mm',
  "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
  "yyyy-MM-dd'T'HH:mm:ssX",
  'EEE, dd MMM yyyy HH:mm:ss Z',
  'd MMM. yyyy h:mm a',
  'MMMM-yy',
  'yyyy-MM',
];
const OTHER_FROM_PATTERNS = [
  'd, M, yyyy',
  'd MMM yyyy',
  "yyyy'x'MM'é'dd",
  'hh:mm a d/M/yyyy',
  'yyyy-MM-dd HH:mm:ss',
  'epoch',
  'excel',
  'yyyy-MM-dd HH:mm z',
];
const TO_PATTERNS = [
  'yyyy-MM-dd',
  'yyyy-MM-dd',
  'd.M.yy',
  'M/d/y H:m:s',
  'yyyyMMddHHmmss',
  'dd/MM/yyyy',
  'yy',
  'EEE d MMM yyyy h:mm:ss a SSS',
];
/** Patterns that write an offset, for rules with a zone. */
const TO_WITH_OFFSET = ["yyyy-MM-dd'T'HH:mm:ssXXX", 'd.M.yyyy H:mm x', 'yyyyMMddHHmmssSSSZ'];
const OTHER_TO_PATTERNS = ['MMMM d, yyyy', "d 'of' M"];

/** Rules that the kernel supports if `isKnown`, otherwise rules that may have options for the reference only. */
function ruleOf(isKnown: boolean): fc.Arbitrary<RulePlan> {
  const from = isKnown ? FROM_PATTERNS : [...FROM_PATTERNS, ...OTHER_FROM_PATTERNS];
  const to = isKnown ? TO_PATTERNS : [...TO_PATTERNS, ...OTHER_TO_PATTERNS];
  const modes = ROUNDING_MODES.filter((mode) => !isKnown || mode !== 'unnecessary');
  const options = fc.oneof(
    fc.constantFrom('upper' as const, 'lower' as const, 'trim' as const).map((rule) => ({ rule })),
    fc.record({
      rule: fc.constant('date' as const),
      from: fc.array(fc.constantFrom(...from), { minLength: 1, maxLength: 3 }),
      to: fc.constantFrom(...to),
      century: fc.constantFrom(1920, 2000, 1955),
    }),
    fc.record(
      {
        rule: fc.constant('date' as const),
        from: fc.array(fc.constantFrom(...from), { minLength: 1, maxLength: 3 }),
        to: fc.constantFrom(...to, ...TO_WITH_OFFSET),
        century: fc.constantFrom(1920, 2000, 1955),
        zone: fc.constantFrom<Record<string, string>>(
          { read: 'UTC', write: 'UTC' },
          { read: 'Europe/Berlin', write: 'Europe/Berlin' },
          { read: '+05:30', write: 'America/New_York' },
          { read: 'Australia/Lord_Howe' },
        ),
        locale: fc.constantFrom('en', 'en-GB', 'es', 'de'),
      },
      { requiredKeys: ['rule', 'from', 'to', 'century', 'zone'] },
    ),
    fc.record({
      rule: fc.constant('type' as const),
      name: fc.constantFrom(
        'integer',
        'decimal',
        'decimal(3,1)',
        'decimal(20,0)',
        'decimal(5,5)',
        'boolean',
        'date',
      ),
    }),
    fc.record({
      rule: fc.constant('round' as const),
      places: fc.constantFrom(0, 0, 1, 2, 3, 14, 15, 16, 20),
      mode: fc.constantFrom('half-even' as const, ...modes),
    }),
    fc.record(
      {
        rule: fc.constant('round' as const),
        places: fc.constantFrom(0, 2, 2, 3, 14, 20),
        mode: fc.constantFrom('half-even' as const, ...modes),
        locale: fc.constantFrom(
          'en',
          'en',
          'de',
          'fr',
          'de-CH',
          'de-AT',
          'fr-CH',
          'en-IN',
          'sv',
          'ar-EG',
          'ja',
        ),
        currency: fc.constantFrom(true, true, false),
        percent: fc.constantFrom('divide' as const, 'drop' as const),
      },
      { requiredKeys: ['rule', 'places', 'mode'] },
    ),
  );
  return fc.tuple(onInvalid, options).map(([action, rule]) => ({ ...rule, onInvalid: action }));
}

/** Columns by index, and some by name if `isNamed`. */
function columnsOf(width: number, isKnown: boolean, isNamed: boolean): fc.Arbitrary<ColumnPlan[]> {
  const rules = fc.oneof(
    { weight: 4, arbitrary: ruleOf(isKnown).map((rule) => [rule]) },
    { weight: 1, arbitrary: fc.array(ruleOf(isKnown), { minLength: 2, maxLength: 3 }) },
  );
  return fc.uniqueArray(fc.nat({ max: width - 1 }), { maxLength: width }).chain((indexes) =>
    fc.tuple(
      ...indexes.map((index) =>
        fc.record({
          column: fc.constantFrom(index, isNamed ? (NAMES[index] ?? index) : index),
          rules,
        }),
      ),
    ),
  );
}

type CsvPlan = MapperPlan['csv'];
type Written = Pick<CsvPlan, 'delimiter' | 'quote' | 'nulls' | 'escape'>;

/** Columns of the output: any of the data's in any order, some with rules of their own; mostly none are named. */
function outputColumnsOf(
  width: number,
  isKnown: boolean,
  isNamed: boolean,
): fc.Arbitrary<readonly OutputColumnPlan[] | null> {
  const column = fc.nat({ max: width - 1 }).chain((index) =>
    fc.record({
      name: fc.constantFrom(null, null, 'total', 'a "b"', 'x,y'),
      from: fc.constantFrom(index, isNamed ? (NAMES[index] ?? index) : index),
      rules: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(ruleOf(isKnown), { minLength: 1, maxLength: 2 }) },
      ),
    }),
  );
  return fc.option(fc.array(column, { minLength: 1, maxLength: width + 1 }), { freq: 2 });
}

/** A field in CSV: quoted if needed, always quoted, never quoted, null, or with escapes. */
function writeField(
  text: string,
  how: number,
  { delimiter, quote, nulls, escape: escapes }: Written,
): string {
  const mark = quote ?? '"';
  const needsQuotes = text.includes(delimiter) || text.includes(mark) || text.includes('\n');
  if (how === 3 && nulls !== undefined) return latin1(nulls[text.length % nulls.length] ?? '');
  if (how === 4 && escapes !== undefined) return text.replaceAll(/[^a-z0-9]|n/g, '\\$&');
  return how === 0 || (how > 0 && how !== 2 && !needsQuotes)
    ? text
    : mark + text.replaceAll(mark, mark + mark) + mark;
}

/** What is unusual about the data, and about the output. */
const forms: fc.Arbitrary<{ readonly csv: CsvDialect; readonly output: OutputStyle }> = fc.record({
  csv: fc
    .record({
      quote: fc.constantFrom<string | null>('"', '"', '"', "'", '|', null),
      escape: fc.constantFrom<'backslash' | null>(null, null, 'backslash'),
      lenientQuotes: fc.constantFrom(false, false, false, true),
      nulls: fc.constantFrom<readonly string[] | null>(
        null,
        ['\\N'],
        ['\\N', 'NULL', 'ä'],
        [''],
        ['n/a', '1'],
        ['more than sixteen bytes'],
      ),
      headerMatch: fc.constantFrom('exact' as const, 'exact' as const, 'loose' as const),
      comment: fc.constantFrom<string | null>(null, null, '#', '1', 'b'),
    })
    .map(
      ({ quote, escape: escapes, lenientQuotes, nulls, headerMatch, comment }): CsvDialect => ({
        ...(quote === '"' ? {} : { quote }),
        ...(escapes === null ? {} : { escape: escapes }),
        ...(lenientQuotes ? { lenientQuotes } : {}),
        ...(nulls === null ? {} : { nulls }),
        ...(headerMatch === 'loose' ? { headerMatch } : {}),
        ...(comment === null ? {} : { comment }),
      }),
    ),
  output: fc
    .record({
      delimiter: fc.constantFrom<string | null>(null, null, ';', '\t', '7', '||'),
      quote: fc.constantFrom<'all' | null>(null, null, 'all'),
      null: fc.constantFrom('', '', '\\N', 'NULL', '1'),
    })
    .map(
      ({ delimiter, quote, null: nullText }): OutputStyle => ({
        ...(delimiter === null ? {} : { delimiter }),
        ...(quote === null ? {} : { quote }),
        ...(nullText === '' ? {} : { null: nullText }),
      }),
    ),
});

/** Input for a plan: mostly as the plan expects it, sometimes hostile. */
function inputFor(columns: readonly ColumnPlan[], width: number, csv: CsvPlan): fc.Arbitrary<string> {
  const delimiter = latin1(csv.delimiter);
  const fields = Array.from({ length: width }, (_, index) => {
    const plan = columns.find(({ column }) => column === index || column === NAMES[index]);
    return fc
      .tuple(fieldFor(plan?.rules[0]), fc.constantFrom(0, 1, 1, 1, 1, 1, 1, 3, 3, 4, 2))
      .map(([text, how]) => writeField(text, how, csv));
  });
  const join = (written: readonly string[]) => written.join(delimiter);
  const shaped = fc.tuple(...fields).map(join);
  const ragged = fc.array(fc.oneof(...fields), { maxLength: width + 2 }).map(join);
  const headers = fc
    .tuple(
      ...NAMES.slice(0, width).map((name) => fc.constantFrom(0, 1, 2).map((how) => [name, how] as const)),
    )
    .map((names) =>
      join(
        names.map(([name, how]) =>
          writeField(
            latin1(csv.headerMatch === 'loose' && how === 1 ? ` ${name.toUpperCase()}` : name),
            how,
            csv,
          ),
        ),
      ),
    );
  const record = fc.oneof(
    { weight: 40, arbitrary: shaped },
    { weight: 1, arbitrary: ragged },
    {
      weight: 1,
      arbitrary: fc
        .tuple(shaped, fc.integer({ min: 1, max: 3 }))
        .map(([text, more]) => text + delimiter.repeat(more)),
    },
    { weight: 1, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: headers },
    { weight: 1, arbitrary: hostileCsv },
  );
  const lineEnds = fc.constantFrom(['\n'], ['\n'], ['\r\n'], ['\n', '\r\n', '\r']);
  return lineEnds.chain((ends) =>
    fc
      .tuple(
        fc.option(headers),
        fc.array(fc.tuple(record, fc.constantFrom(...ends)), { maxLength: 80, size: 'max' }),
        fc.boolean(),
        fc.constantFrom('', '', '', '\xef\xbb\xbf'),
      )
      .map(([header, records, endsWithLineEnd, bom]) => {
        const text = (header === null ? '' : `${header}\n`) + records.flat().join('');
        return bom + (endsWithLineEnd ? text : text.replace(/[\r\n]+$/, ''));
      }),
  );
}

const anyAction = fc.constantFrom<RecordAction>('pass', 'pass', 'pass', 'reject', 'fail');
const anyFieldCountAction = fc.constantFrom<FieldCountAction>('pass', 'pass', 'pad', 'pad', 'reject', 'fail');

/** Any plan, any input. In two thirds of the plans the kernel does most of the work. */
export const kernelCases: fc.Arbitrary<KernelCase> = fc
  .record({
    isKnown: fc.constantFrom(true, true, false),
    delimiter: fc.constantFrom(',', ',', ',', ',', ';', '\t', '|', ':', '/', '\u0001'),
    otherDelimiter: fc.constantFrom(',', ',', ' ', '.', '-', '7', 'a', '||', '¦'),
    form: fc.option(forms),
    width: fc.integer({ min: 1, max: 8 }),
    names: fc.constantFrom<'baked' | 'first' | 'none'>('baked', 'baked', 'baked', 'first', 'none'),
    quotedLineBreaks: fc.constantFrom<MapperPlan['csv']['quotedLineBreaks']>('auto', 'yes', 'yes', 'no'),
    maxRecordBytes: fc.constantFrom(20, 1000, 64 * 1024 * 1024),
    wrongFieldCount: anyFieldCountAction,
    malformed: anyAction,
    header: fc.constantFrom(...HEADER_CHOICES),
    task: fc.constantFrom(null, null, null, taskAt(0, true), taskAt(4096), taskAt(null)),
    chunkBytes: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(64, 1000, 1_000_000)),
  })
  .chain(({ isKnown, form, delimiter: usual, otherDelimiter, width, names, task, chunkBytes, ...rest }) => {
    const delimiter = isKnown ? usual : otherDelimiter;
    const { quotedLineBreaks, maxRecordBytes, wrongFieldCount, malformed, header } = rest;
    const baked = names === 'baked' ? NAMES.slice(0, width) : null;
    const csv = {
      delimiter,
      header: names !== 'none',
      names: baked,
      quotedLineBreaks,
      maxRecordBytes,
      ...form?.csv,
    };
    const isNamed = baked !== null;
    return fc
      .tuple(columnsOf(width, isKnown, isNamed), outputColumnsOf(width, isKnown, isNamed))
      .chain(([columns, outputColumns]) =>
        inputFor(columns, width, csv).map((input): KernelCase => {
          const records = { wrongFieldCount, malformed };
          const output = {
            header,
            ...(form === null ? {} : { csv: form.output }),
            ...(outputColumns === null ? {} : { columns: outputColumns }),
          };
          return { plan: mapperPlan({ csv, columns, records, output }), task, input, chunkBytes };
        }),
      );
  });

/** The result of one path for a case; in a task with the rejects beside it. After a failure it has no output, because output is written in pieces. */
export function outcomeOf({ plan, task, input, chunkBytes }: KernelCase, path: 'kernel' | 'reference') {
  try {
    const beside = task === null ? {} : { rejectsOf: { file: 'data.csv', linesBefore: 100 } };
    const run = runMapperOn(plan, input, { task, path, chunkBytes, ...beside });
    const { output, counts, failure, examples } = run;
    const rejects = run.rejects?.output ?? null;
    if (failure === null) {
      return { output, rejects, counts: { ...counts, invalid: { ...counts.invalid } }, examples };
    }
    const { linesRead: _read, linesWritten: _written, ...others } = counts;
    return {
      failure: { code: failure.code, details: failure.details },
      counts: { ...others, invalid: { ...counts.invalid } },
    };
  } catch (error) {
    return { thrown: String(error) };
  }
}
