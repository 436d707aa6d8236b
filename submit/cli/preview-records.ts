import { addsHeaders, type MapperPlan } from '../../mapper/contract.js';
import { readableText } from '../../mapper/records/byte-string.js';
import { readRecords } from '../../mapper/records/csv-reader.js';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { agreeOnHeader, type JobPlan, mapperPlanOf } from '../job/plan.js';
import { escapeControls } from '../report/escape.js';
import { formatPreview, type PreviewedRecord } from '../report/preview-text.js';
import { findInputs, requireInputs } from '../run/find-inputs.js';
import { readingOptionsOf } from '../run/steps/scan.js';
import { openFiles } from './connections.js';
import { defineCommand } from './define-command.js';
import { type FileRecord, readFirstRecords } from './first-records.js';
import { readHeaders } from './headers.js';
import { loadJob, OVERRIDE_OPTIONS } from './job-options.js';

const DEFAULT_RECORDS = 5;
const MAX_RECORDS = 10_000;

export const previewCommand = defineCommand({
  name: 'preview',
  positional: { name: 'job', describe: 'job file', required: true },
  describe:
    "Show the first records of a job's inputs on this machine before and after, with what changes, is invalid or is rejected; writes nothing",
  options: {
    input: OVERRIDE_OPTIONS.input,
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
  const options = readingOptionsOf(settings);
  const agreed = agreeOnHeader(plan, await readHeaders(context, found.items, options));
  const quotedLineBreaks = settings['csv.quotedLineBreaks'].value;
  const mapperPlan = mapperPlanOf(plan, { ...agreed, quotedLineBreaks });
  const names = namesAfter(context, mapperPlan);
  const shown: PreviewedRecord[] = [];
  for (const { path } of found.items) {
    if (shown.length >= count) break;
    const { header, records } = await readFirstRecords(context, path, options, count - shown.length);
    for (const record of records) {
      shown.push({ file: path, ...previewOne(context, plan, mapperPlan, { header, record, names }) });
    }
  }
  return shown;
}

/** The names of the output's columns; null where they are not known. */
function namesAfter({ mapper }: Context, plan: MapperPlan): readonly string[] | null {
  const choice = addsHeaders(plan.output.header) ? plan.output.header : 'every-part';
  const { output } = mapper.map(
    { ...plan, output: { ...plan.output, header: choice } },
    'records',
    Buffer.alloc(0),
  );
  return output.length === 0 ? null : fieldsOf(output, plan.csv.delimiter);
}

interface OneRecord {
  readonly header: Buffer | null;
  readonly record: FileRecord;
  readonly names: readonly string[] | null;
}

/** Maps one record as a pipe of its file's header and itself. */
function previewOne(
  { mapper }: Context,
  { columns }: JobPlan,
  plan: MapperPlan,
  { header, record, names }: OneRecord,
): Omit<PreviewedRecord, 'file'> {
  const { delimiter } = plan.csv;
  const input = Buffer.concat([header ?? Buffer.alloc(0), record.bytes]);
  const headless: MapperPlan = { ...plan, output: { ...plan.output, header: 'drop' } };
  const { output, counts, stopped } = mapper.map(headless, 'records', input);
  const before =
    record.malformed === null
      ? fieldsOf(record.bytes, delimiter)
      : [readableText(record.bytes.toString('latin1').trimEnd())];
  const namesBefore = header === null ? plan.csv.names : fieldsOf(header, delimiter);
  const secret = columns.filter(({ rules }) => rules.some(({ rule }) => SECRET_RULES.includes(rule)));
  const isSecret = (index: number) =>
    secret.some(({ column }) => column === index || column === namesBefore?.[index]);
  const isRejected = output.length === 0 && stopped === null && counts.recordsRejected > 0;
  return {
    lineNumber: record.lineNumber,
    namesBefore,
    before: before.map((value, index) => (isSecret(index) ? MASKED : value)),
    names,
    after: output.length === 0 ? null : fieldsOf(output, delimiter),
    invalid: Object.entries(counts.invalid).flatMap(([label, amount]) => (amount > 0 ? [label] : [])),
    problem:
      record.malformed ??
      stopped ??
      (isRejected ? reasonOf(mapper.map(headless, 'rejects', input).output, delimiter) : null),
  };
}

/** The values of such columns are not shown. */
const SECRET_RULES: readonly string[] = ['hash', 'mask'];
const MASKED = '***';

/** Column, rule and reason of a reject: `Amount: not a number (round)`. */
function reasonOf(rejects: Uint8Array, delimiter: string): string {
  const [, reject = []] = readRecords(Buffer.from(rejects), delimiter);
  const [, , column = '', rule = '', , reason = ''] = reject.map(readableText);
  return `${column === '' ? '' : `${column}: `}${reason}${rule === '' ? '' : ` (${rule})`}`;
}

function fieldsOf(record: Uint8Array, delimiter: string): readonly string[] {
  return (readRecords(Buffer.from(record), delimiter)[0] ?? []).map(readableText);
}
