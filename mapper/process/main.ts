import {
  MAPPER_EXIT,
  type MapperDescription,
  type MapperDigests,
  type MapperExitCode,
  REJECTS_COUNTER_GROUP,
} from '../contract.js';
import type { MapperDefinition } from '../definition.js';
import { exitCodeOf } from '../exit-codes.js';
import { type AnyMapperFailure, isMapperFailure, MapperFailure } from '../failure.js';
import { isAllWell } from '../findings.js';
import { formatCounters, formatDigests } from '../hadoop/counters.js';
import { formatExamples } from '../hadoop/examples.js';
import {
  hasSections,
  readInputPlaces,
  recordSourceOf,
  refusedOf,
  sectionsOf,
} from '../hadoop/input-places.js';
import { readsFrames } from '../hadoop/input-ranges.js';
import { rejectsDescriptorOf, sourcesOfRejects } from '../hadoop/rejects-of-task.js';
import {
  formatSplitStatus,
  parseTaskEnvironment,
  placeOf,
  type TaskContext,
} from '../hadoop/task-environment.js';
import { hidesData } from '../mapping/hidden-columns.js';
import { createPipeline, type Pipeline, type RejectsReport } from '../pipeline.js';
import { formatFailure } from '../report/failure-text.js';
import { formatProblems } from '../report/problems.js';
import { formatSummary } from '../report/summary.js';
import { secretReader, secretsOf, withSecrets } from '../secrets.js';
import { mapperHelp, parseMapperArguments } from './arguments.js';
import { inputReaderOf } from './read-inputs.js';
import { OutputBuffer } from './standard-io.js';

/** The value `reference` turns the kernel off, to compare the two or to work around a bug in the kernel. */
const PATH_VARIABLE = 'HADOOP_ELT_MAPPER_PATH';

/** The process around the mapper. */
export interface MapperHost {
  /** Arguments after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values of secrets by their references, where the host knows them. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly stdinFd: number;
  readonly stdoutFd: number;
  readonly stdinIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Writes text to stderr; must not throw. */
  stderr(text: string): void;
}

/**
 * Runs the mapper from stdin to stdout and returns the exit code. Synchronous: when it returns, everything is written.
 * `define` is called in here, so that errors of a definition are reported like all others.
 */
export function mapperMain(define: () => MapperDefinition, host: MapperHost): MapperExitCode {
  let task: TaskContext | null = null;
  try {
    let definition = define();
    const args = parseMapperArguments(host.argv);
    const output = new OutputBuffer(host.stdoutFd);
    if (args.kind !== 'run') {
      output.write(
        Buffer.from(args.kind === 'help' ? mapperHelp(definition.name) : describeMapper(definition)),
      );
      output.flush();
      return MAPPER_EXIT.done;
    }
    definition = withSecrets(definition, secretReader(host.env, host.secrets));
    task = parseTaskEnvironment(host.env);
    if (task !== null) host.stderr(formatSplitStatus(host.env));
    if (task === null && host.stdinIsTerminal) {
      host.stderr('Reading CSV from the terminal; end it with Ctrl-D (on Windows Ctrl-Z and Enter)\n');
    }
    const path = host.env[PATH_VARIABLE] === 'reference' ? 'reference' : 'kernel';
    const { emit, quiet, noHeader } = args;
    const isCombined = hasSections(host.env);
    const places = task !== null && (emit === 'rejects' || isCombined) ? readInputPlaces(host.env) : {};
    const expectsHeader = task === null && !noHeader && mustHaveHeader(definition);
    const sections = isCombined && task !== null ? sectionsOf(task, places.places) : null;
    const reader = inputReaderOf(task, host, sections);
    const rejectsFd = task === null || emit === 'rejects' ? null : rejectsDescriptorOf(host.env);
    const rejectsOutput = rejectsFd === null ? null : new OutputBuffer(rejectsFd);
    // The kernel finds the rejects, if the records are made too; they go nowhere.
    const dropsRecords = task !== null && emit === 'rejects';
    const beside = rejectsOutput && {
      source: sourcesOfRejects(host.env, () => reader.open),
      sink: (bytes: Buffer) => rejectsOutput.write(bytes),
    };
    const alone = dropsRecords && {
      source: (of: TaskContext) => recordSourceOf(of, places.places ?? null, places.origins),
      sink: (bytes: Buffer) => output.write(bytes),
    };
    const rejects = alone || beside;
    const emitted = dropsRecords ? 'records' : emit;
    const refused = task === null ? [] : refusedOf(task, places.places);
    const context = { task, emit: emitted, rejects, refused, path, expectsHeader, ...places } as const;
    const write = dropsRecords ? () => undefined : (bytes: Buffer) => output.write(bytes);
    const pipeline = createPipeline(definition, context, write);
    reader.readInto(pipeline);
    const taken = pipeline.end();
    output.flush();
    rejectsOutput?.flush();
    const { counts, digests } = (dropsRecords ? pipeline.rejects : null) ?? {
      counts: pipeline.counts,
      digests: taken,
    };
    if (digests !== null) host.stderr(formatDigests(digests));
    if (pipeline.rejects !== null && !dropsRecords) host.stderr(formatRejects(pipeline.rejects));
    report(definition, { counts, findings: pipeline.findings }, { task, digests, quiet }, host);
    if (task === null) requireColumnsThatFit(definition, pipeline);
    return MAPPER_EXIT.done;
  } catch (error) {
    if (isMapperFailure(error)) return fail(error, task, host);
    host.stderr(`hadoop-elt mapper: Unexpected error, this is a bug\n${stackOf(error)}\n`);
    return MAPPER_EXIT.bug;
  }
}

function describeMapper(definition: MapperDefinition): string {
  const { name, csv, columns, records, output } = definition;
  const { columns: written, ...form } = output;
  const described: MapperDescription = {
    job: name,
    csv,
    columns: columns.map(({ column }) => column),
    records,
    output: {
      ...form,
      ...(written === undefined
        ? {}
        : { columns: written.map(({ name: own, from }) => ({ name: own, from })) }),
    },
    hidesData: hidesData(definition),
    secrets: secretsOf(definition),
  };
  return `${JSON.stringify(described)}\n`;
}

function formatRejects({ counts, digests }: RejectsReport): string {
  return formatDigests(digests, REJECTS_COUNTER_GROUP) + formatCounters(counts, REJECTS_COUNTER_GROUP);
}

/** What is reported besides the counts. */
interface ReportedRun {
  readonly task: TaskContext | null;
  readonly digests: MapperDigests | null;
  readonly quiet: boolean;
}

function report(
  definition: MapperDefinition,
  { counts, findings }: Pick<Pipeline, 'counts' | 'findings'>,
  { task, digests, quiet }: ReportedRun,
  host: MapperHost,
): void {
  if (task !== null) {
    const { linesRead: lines, recordsRejected: rejected } = counts;
    const read = digests === null ? null : { lines, digest: digests.read, rejected };
    if (!readsFrames(host.env)) host.stderr(formatSplitStatus(host.env, read));
    host.stderr(formatCounters(counts));
    if (findings !== null) host.stderr(formatExamples(findings));
    return;
  }
  if (quiet) return;
  const { skipLines = 0 } = definition.csv;
  const onlyHeader = counts.headersAdded > 0 ? 'only a header was written' : null;
  if (counts.linesRead === 0) {
    host.stderr(`hadoop-elt mapper: stdin was empty: ${onlyHeader ?? 'nothing to do'}\n`);
  } else if (counts.linesRead <= skipLines) {
    host.stderr(
      `hadoop-elt mapper: WARNING: stdin has no line after the ${skipLines} that csv.skipLines skips: ${onlyHeader ?? 'nothing was written'}\n`,
    );
  } else if (host.stderrIsTerminal) {
    host.stderr(formatSummary(definition.name, counts));
    if (definition.csv.header && counts.headers === 0) {
      host.stderr('  No header was seen: every record was taken for data\n');
    }
  }
  if (findings !== null && !isAllWell(counts, findings)) host.stderr(formatProblems(counts, findings));
}

/** Whether the data that a mapper was built from had a header, and those that it is given must have it too. */
function mustHaveHeader({ csv }: MapperDefinition): boolean {
  return csv.header && csv.names !== null && csv.headerIsOptional !== true;
}

/** Throws `columns-never-fit` if `csv.columns` named the columns and no record has as many fields. */
function requireColumnsThatFit({ csv }: MapperDefinition, { counts, findings }: Pipeline): void {
  const { recordsRead, wrongFieldCount, malformed, blankLines } = counts;
  const example = findings?.wrongFieldCount ?? null;
  if (csv.header || csv.names === null || example === null) return;
  if (wrongFieldCount < recordsRead - malformed - blankLines) return;
  throw new MapperFailure('columns-never-fit', {
    records: wrongFieldCount,
    reason: example.reason,
    place: placeOf(null, example.lineNumber),
  });
}

function fail(failure: AnyMapperFailure, task: TaskContext | null, host: MapperHost): MapperExitCode {
  if (failure.code !== 'broken-pipe') {
    host.stderr(formatFailure(failure));
    return exitCodeOf(failure);
  }
  // In a pipe, `| head` closes stdout early, which is fine. Hadoop reads to the end, so in a task it is an error.
  if (task === null) return MAPPER_EXIT.brokenPipe;
  host.stderr(formatFailure(failure));
  return MAPPER_EXIT.io;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}
