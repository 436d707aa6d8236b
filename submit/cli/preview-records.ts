import { type HeaderChoice, HIDDEN, type MapperPlan } from '../../mapper/contract.js';
import { readableText } from '../../mapper/records/byte-string.js';
import { readRecords } from '../../mapper/records/csv-reader.js';
import { type Dialect, plainDialect, withoutNulls } from '../../mapper/records/dialect.js';
import { recordReaderOf } from '../../mapper/records/record-reader.js';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { agreeOnHeader, type JobPlan, mapperPlanOf } from '../job/plan.js';
import { escapeControls } from '../report/escape.js';
import { formatPreview, type PreviewedRecord } from '../report/preview-text.js';
import { findInputs, requireInputs } from '../run/find-inputs.js';
import { yearAt } from '../run/run-id.js';
import { readingOptionsOf } from '../run/steps/scan.js';
import { openFiles } from './connections.js';
import { defineCommand } from './define-command.js';
import { type FileRecord, readFirstRecords } from './first-records.js';
import { readHeaders } from './headers.js';
import { loadJob, OVERRIDE_OPTIONS } from './job-options.js';
import { readSecrets } from './read-secrets.js';
import { whyNotWritten } from './why-not-written.js';

const DEFAULT_RECORDS = 5;
const MAX_RECORDS = 10_000;

export const previewCommand = defineCommand({
  name: 'preview',
  positional: { name: 'job', describe: 'job file', required: true },
  describe:
    "Show the first records of a job's inputs on this machine before and after, with what changes, is invalid or is rejected; writes nothing",
  options: {
    input: OVERRIDE_OPTIONS.input,
    date: OVERRIDE_OPTIONS.date,
    records: {
      type: 'text',
      value: 'COUNT',
      group: 'Output',
      describe: `Records to show, at most ${MAX_RECORDS}`,
      default: String(DEFAULT_RECORDS),
    },
    changed: { type: 'flag', group: 'Output', describe: 'Show only the fields that change or are invalid' },
    json: { type: 'flag', group: 'Output', describe: 'One JSON object per record on stdout' },
  },
  examples: [
    ['hadoop-elt preview sales.elt.yaml', 'see what the rules do'],
    [
      'hadoop-elt preview sales.elt.yaml --records 100 --changed | less',
      'and what they change in more records',
    ],
  ],
  onlyAnswers: () => true,
  async run(context, args) {
    const count = readCount(args.records);
    const { plan } = await loadJob(context, args.job, args);
    if (plan.ownMapper !== null) {
      throw new Failure('usage', {
        problem: `preview shows the rules of a job file, but this job has a mapper of its own\n  Try it in a pipe: head -n 5 FILE | hadoop-elt map ${args.job}`,
        command: 'preview',
      });
    }
    const records = await previewRecords(context, plan, count);
    const { stdout } = context;
    if (args.json === true) for (const record of records) stdout.write(`${JSON.stringify(record)}\n`);
    else {
      const text = escapeControls(formatPreview(records, args.changed === true));
      stdout.write(stdout.isTerminal ? inColour(text) : text);
    }
    return EXIT.done;
  },
});

function readCount(text: string | undefined): number {
  if (text === undefined) return DEFAULT_RECORDS;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MAX_RECORDS) return count;
  throw new Failure('usage', {
    problem: `--records is ${JSON.stringify(text)}; accepted: a whole number from 1 to ${MAX_RECORDS}`,
    command: 'preview',
  });
}

/** Changed fields green, what is invalid or rejected red. */
function inColour(text: string): string {
  return text
    .replaceAll(/^ {2}~.*$/gm, (line) => `\u001b[32m${line}\u001b[0m`)
    .replaceAll(/^ {2}!.*$/gm, (line) => `\u001b[31m${line}\u001b[0m`);
}

async function previewRecords(
  context: Context,
  plan: JobPlan,
  count: number,
): Promise<readonly PreviewedRecord[]> {
  const { settings } = plan;
  const source = openFiles(context);
  const found = await findInputs(settings['input.files'].value, source, {
    recursive: settings['input.recursive'].value,
  });
  const [broken] = found.broken;
  if (broken !== undefined) throw broken.failure;
  requireInputs(plan, source, found);
  const options = readingOptionsOf(settings, plan.columns);
  const agreed = agreeOnHeader(plan, await readHeaders(context, found.items, options));
  const mapperPlan = mapperPlanOf(plan, {
    ...agreed,
    quotedLineBreaks: settings['csv.quotedLineBreaks'].value,
    firstYear: yearAt(context.machine.clock.now()),
  });
  const secrets = await readSecrets(context, plan.secrets);
  const preview = { context, plan: mapperPlan, secrets };
  const names = namesAfter(preview);
  const shown: PreviewedRecord[] = [];
  for (const { path } of found.items) {
    if (shown.length >= count) break;
    const { header, records } = await readFirstRecords(context, path, options, count - shown.length);
    for (const record of records) {
      shown.push({ file: path, names, ...previewOne(preview, header, record) });
    }
  }
  return shown;
}

interface Preview {
  readonly context: Context;
  readonly plan: MapperPlan;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Between the fields of what is shown. */
const DELIMITER = ',';

/** The plan for records that are decoded, written so that their fields can be told apart. */
function planToShow(plan: MapperPlan, delimiter: string, header: HeaderChoice): MapperPlan {
  const {
    encoding: _decoded,
    skipLines: _none,
    comment: _neither,
    delimiterIsOpen: _known,
    ...csv
  } = plan.csv;
  const { null: nullText } = plan.output.csv ?? {};
  const style = { delimiter: DELIMITER, ...(nullText === undefined ? {} : { null: nullText }) };
  return { ...plan, csv: { ...csv, delimiter }, output: { ...plan.output, header, csv: style } };
}

/** The names of the output's columns; null where they are not known. */
function namesAfter({ context: { mapper }, plan, secrets }: Preview): readonly string[] | null {
  if (plan.csv.names === null) return null;
  const shown = planToShow(plan, plan.csv.delimiter, 'every-part');
  const { output } = mapper.map(shown, 'records', Buffer.alloc(0), secrets);
  return output.length === 0 ? null : fieldsOf(output, plainDialect(DELIMITER));
}

/** Maps one record as a pipe of its file's header and itself. */
function previewOne(
  { context: { mapper }, plan, secrets }: Preview,
  header: FileRecord | null,
  record: FileRecord,
): Omit<PreviewedRecord, 'file' | 'names'> {
  const { dialect } = record;
  const input = Buffer.concat([header?.bytes ?? Buffer.alloc(0), record.bytes]);
  const shown = planToShow(plan, readableText(dialect.delimiter), 'drop');
  const { output, counts, stopped } = mapper.map(shown, 'records', input, secrets);
  const before =
    record.malformed === null
      ? fieldsOf(record.bytes, dialect)
      : [readableText(record.bytes.toString('latin1').trimEnd())];
  const namesBefore = header === null ? plan.csv.names : fieldsOf(header.bytes, header.dialect);
  // A line that can't be told apart into fields may hold any of them.
  const hidden = mapper.hiddenFields(plan, namesBefore, before.length);
  const why = () => {
    if (output.length > 0) return counts.wrongFieldCount > 0 ? passedWidth(before, namesBefore) : null;
    if (counts.recordsRejected > 0) return reasonOf(mapper.map(shown, 'rejects', input, secrets).output);
    return whyNotWritten(shown, counts, (other) => mapper.map(other, 'records', input, secrets).counts);
  };
  return {
    lineNumber: record.lineNumber,
    namesBefore,
    before: before.map((field, index) => (hidden?.[index] === true ? HIDDEN : field)),
    after: output.length === 0 ? null : fieldsOf(output, plainDialect(DELIMITER)),
    invalid: Object.entries(counts.invalid).flatMap(([label, amount]) => (amount > 0 ? [label] : [])),
    problem: record.malformed ?? stopped ?? why(),
  };
}

/** A record that passes as it is, in a width in which no rule can be applied. */
function passedWidth({ length }: readonly string[], names: readonly string[] | null): string {
  const wanted = names === null ? '' : ` instead of ${names.length}`;
  return `${length} fields${wanted}: passes as it is, no rule is applied (records.wrongFieldCount: pass)`;
}

/** Column, rule and reason of a reject: `Amount: not a number (round)`. */
function reasonOf(rejects: Uint8Array): string {
  const [, reject = []] = readRecords(Buffer.from(rejects), DELIMITER);
  const [, , column = '', rule = '', , reason = ''] = reject.map(readableText);
  return `${column === '' ? '' : `${column}: `}${reason}${rule === '' ? '' : ` (${rule})`}`;
}

function fieldsOf(record: Uint8Array, dialect: Dialect): readonly string[] {
  const [fields = []] = recordReaderOf(dialect)(Buffer.from(record));
  return withoutNulls(fields).map(readableText);
}
